"""What is asked of each day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from latido.errors import ConfigurationError
from latido.messages import marker
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_ = marker("latido_google_analytics")

DIMENSIONS = ("date", "sessionSource", "sessionMedium")
"""Those of the session: `source` and `medium` are an event's, `firstUserSource` is a person's."""

VISITS, PAGE_VIEWS, KEY_EVENTS = "sessions", "screenPageViews", "keyEvents"
OLD_NAMES = {KEY_EVENTS: "conversions"}
"""What a property may call a metric that was renamed since."""

MOST_METRICS = 10
ROWS = 250_000
"""Rows of a page: as many as Google sends. Packed, they are some 60 MB."""

Metrics = dict[str, dict[str, Any]]
"""What a property can tell, by name: the type, former names, and why it is blocked."""


@dataclass(frozen=True, slots=True)
class Query:
    """The report that is asked for. `renamed` says what the property calls a metric that we call otherwise."""

    key_events: Sequence[str]
    extra: Sequence[str]
    renamed: Mapping[str, str]

    @property
    def metrics(self) -> list[str]:
        """The metrics, as we call them."""
        return [VISITS, PAGE_VIEWS, *self.key_events, *self.extra]

    def body(self, first: str, last: str, offset: int) -> dict[str, Any]:
        """Return the request for one page of the days from *first* to *last*.

        Only one range: of several, Google repeats each combination for each of them. The order is by all dimensions,
        because ties of any other are in no order, and a page would repeat or lose them.
        """
        return {
            "dimensions": [{"name": name} for name in DIMENSIONS],
            "metrics": [{"name": self.renamed.get(name, name)} for name in self.metrics],
            "dateRanges": [{"startDate": first, "endDate": last}],
            "orderBys": [{"dimension": {"dimensionName": name}} for name in DIMENSIONS],
            "metricAggregations": ["TOTAL"],
            "limit": str(ROWS),
            "offset": str(offset),
            "keepEmptyRows": False,
            "returnPropertyQuota": True,
        }

    def ours(self, record: dict[str, str | None]) -> dict[str, str | None]:
        """Return *record* with the names that we use."""
        if not self.renamed:
            return record
        back = {theirs: ours for ours, theirs in self.renamed.items()}
        return {back.get(name, name): value for name, value in record.items()}


def query(known: Metrics, key_events: Sequence[str], extra: Sequence[str]) -> Query:
    """Return what to ask a property for that knows these metrics.

    *key_events* are names of events, *extra* further metrics. Raises ConfigurationError for what it does not know.
    """
    counted = [f"{KEY_EVENTS}:{name}" for name in key_events] or [KEY_EVENTS]
    wanted = [VISITS, PAGE_VIEWS, *counted, *extra]
    if len(wanted) > MOST_METRICS:
        raise ConfigurationError(
            _(
                "Google Analytics gives at most {most} metrics in a report, and these are {n}.",
                most=MOST_METRICS,
                n=len(wanted),
            ),
            _("Name fewer in key_events, custom or fields."),
        )
    theirs = {name: called(known, name) for name in wanted}
    return Query(counted, extra, {ours: name for ours, name in theirs.items() if ours != name})


def called(known: Metrics, name: str) -> str:
    """Return what the property calls the metric *name*; raises ConfigurationError if it has no such metric."""
    if name in known or not known:
        return name
    metric, colon, event = name.partition(":")
    old = f"{OLD_NAMES.get(metric, metric)}{colon}{event}"
    for theirs, told in known.items():
        if theirs == old or name in told.get("was", ()):
            return theirs
    raise unknown_metric(name, known)


def unknown_metric(name: str, known: Collection[str]) -> ConfigurationError:
    near = nearest(name, known) or f"{VISITS}, {PAGE_VIEWS}, {KEY_EVENTS}, engagedSessions, …"
    return ConfigurationError(
        _("This property has no metric {name}.", name=name),
        _("Did you mean {near}? Names are those of the Data API; a dimension cannot be added.", near=near),
    )
