"""Reports: rows by dimension, cut into pages, with all that Google says about how much they are worth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from latido.testing import body_of, json
from latido_google_analytics.sandbox import _bodies as bodies
from latido_google_analytics.sandbox._metrics import DIMENSIONS, former, metrics, written
from latido_google_analytics.sandbox._switches import TOKENS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

    from latido_google_analytics.sandbox._figures import Figure, Figures
    from latido_google_analytics.sandbox._metrics import Metric
    from latido_google_analytics.sandbox._switches import GoogleAnalyticsSwitches

CURRENCY = "EUR"
MOST_ROWS = 250_000
MOST_DIMENSIONS, MOST_METRICS = 9, 10
BEFORE_THE_FIRST = date(2015, 8, 13)
FEW = 2
"""So many visits or fewer have no place of their own where there are too many combinations."""

_DAYS_AGO = re.compile(r"(\d+)daysAgo")
_OTHER = "(other)"

Row = tuple[tuple[str, ...], list[Any]]
"""Values of dimensions, and of metrics."""


class Mistaken(Exception):
    """A request that is not answered; says how it is refused."""

    def __init__(self, refusal: Response) -> None:
        super().__init__()
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for a report."""

    dimensions: Sequence[str]
    metrics: Sequence[str]
    first: date
    last: date
    order: Sequence[tuple[str, bool]]
    limit: int
    offset: int
    totals: bool
    quota: bool

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


class Reports:
    """Answers for one property."""

    def __init__(self, figures: Figures, switches: GoogleAnalyticsSwitches) -> None:
        self._figures = figures
        self._switches = switches
        self._hour = figures.hour

    def run(self, request: Request) -> Response:
        """Answer `:runReport`."""
        try:
            asked = self._asked(orjson.loads(body_of(request) or b"{}"))
        except Mistaken as mistake:
            return mistake.refusal
        if self._switches.heavy_above is not None and asked.days > self._switches.heavy_above:
            return bodies.internal()
        return json(self._answer(asked))

    def metadata(self, request: Request) -> Response:
        """Answer `/metadata`."""
        del request
        told = [
            {
                "apiName": name,
                "uiName": name,
                "description": "",
                "type": kind,
                "category": "Session",
                **({"deprecatedApiNames": former(name)} if former(name) else {}),
            }
            for name, (kind, _) in self._known.items()
        ]
        named = [{"apiName": name, "uiName": name, "category": "Traffic source"} for name in DIMENSIONS]
        return json({"name": "properties/0/metadata", "dimensions": named, "metrics": told})

    @property
    def _known(self) -> Mapping[str, tuple[str, Metric]]:
        return metrics(old_names=self._switches.old_names)

    def _answer(self, asked: Asked) -> dict[str, Any]:
        groups = self._groups(asked)
        rows = self._ordered(asked, [row for row in self._rows(asked, groups) if any(row[1])])
        page = rows[asked.offset : asked.offset + self._switches.at_most(min(asked.limit, MOST_ROWS))]
        found: dict[str, Any] = {
            "dimensionHeaders": [{"name": name} for name in asked.dimensions],
            "metricHeaders": [{"name": name, "type": self._known[name][0]} for name in asked.metrics],
        }
        if page:
            found["rows"] = [_row(*each) for each in page]
        if asked.totals:
            found["totals"] = [self._total(asked, groups)] if rows else [{}]
        if rows:
            found["rowCount"] = len(rows) + self._shifted(asked)
        found["metadata"] = self._metadata(asked)
        if asked.quota:
            found["propertyQuota"] = self._quota()
        return found | {"kind": "analyticsData#runReport"}

    def _shifted(self, asked: Asked) -> int:
        if not asked.offset or not self._switches.shifting:
            return 0
        self._switches.shifting -= 1
        return 1

    def _groups(self, asked: Asked) -> dict[tuple[str, ...], list[Figure]]:
        if self._switches.empty_reason is not None:
            return {}
        groups: dict[tuple[str, ...], list[Figure]] = {}
        for figure in self._figures.between(asked.first, asked.last):
            groups.setdefault(tuple(DIMENSIONS[name](self._placed(figure)) for name in asked.dimensions), []).append(
                figure
            )
        return groups

    def _placed(self, figure: Figure) -> Figure:
        few = isinstance(figure.sessions, int) and figure.sessions <= FEW
        return figure._replace(source=_OTHER, medium=_OTHER) if self._switches.overflowing and few else figure

    def _rows(self, asked: Asked, groups: Mapping[tuple[str, ...], Sequence[Figure]]) -> list[Row]:
        made = [self._known[name][1] for name in asked.metrics]
        return [(place, [make(figures) for make in made]) for place, figures in groups.items()]

    def _ordered(self, asked: Asked, rows: list[Row]) -> list[Row]:
        """Return *rows* as they are to come; where nothing was said, the most visited first, and ties in any order."""
        if not asked.order:
            return sorted(rows, key=lambda row: (str(row[1][0]), hash(row[0])), reverse=True)
        for name, falling in reversed(asked.order):
            at = asked.dimensions.index(name)
            rows = sorted(rows, key=lambda row, at=at: row[0][at], reverse=falling)  # type: ignore[misc]
        return rows

    def _total(self, asked: Asked, groups: Mapping[tuple[str, ...], Sequence[Figure]]) -> dict[str, Any]:
        everything = [figure for figures in groups.values() for figure in figures]
        ((_, values),) = self._rows(asked, {(): everything})
        return _row(["RESERVED_TOTAL"] * len(asked.dimensions), values)

    def _metadata(self, asked: Asked) -> dict[str, Any]:
        switches = self._switches
        flags: dict[str, Any] = {
            "dataLossFromOtherRow": switches.overflowing or None,
            "subjectToThresholding": switches.thresholded or None,
            "emptyReason": switches.empty_reason,
        }
        if switches.sampled_above is not None and asked.days > switches.sampled_above:
            flags["samplingMetadatas"] = [{"samplesReadCount": "9874512", "samplingSpaceSize": "31240077"}]
        if switches.truncated_before is not None and asked.first < switches.truncated_before:
            flags["dataTruncationReasons"] = [_truncation(switches.truncated_before)]
        told = flags if switches.null_flags else {name: value for name, value in flags.items() if value is not None}
        return {"currencyCode": CURRENCY, "timeZone": switches.zone, **told}

    def _quota(self) -> dict[str, Any]:
        if self._hour != self._figures.hour:
            self._hour, self._switches.tokens_left = self._figures.hour, TOKENS
        left = self._switches.tokens_left = max(0, self._switches.tokens_left - 4)
        return {
            "tokensPerDay": {"consumed": 4, "remaining": 199_000},
            "tokensPerHour": {"consumed": 4, "remaining": 39_000},
            "concurrentRequests": {"consumed": 0, "remaining": 10},
            "serverErrorsPerProjectPerHour": {"consumed": 0, "remaining": 10},
            "potentiallyThresholdedRequestsPerHour": {"consumed": 0, "remaining": 120},
            "tokensPerProjectPerHour": {"consumed": 4, "remaining": left},
        }

    def _asked(self, body: Mapping[str, Any]) -> Asked:
        dimensions = [each["name"] for each in body.get("dimensions") or ()]
        wanted = [each["name"] for each in body.get("metrics") or ()]
        self._check(dimensions, wanted)
        ranges = body.get("dateRanges") or []
        if len(ranges) != 1:
            raise Mistaken(bodies.refused(400, "This sandbox answers one date range a request."))
        return Asked(
            dimensions,
            wanted,
            self._day(ranges[0].get("startDate")),
            self._day(ranges[0].get("endDate")),
            [_order(each, dimensions) for each in body.get("orderBys") or ()],
            int(body.get("limit") or 10_000),
            int(body.get("offset") or 0),
            "TOTAL" in (body.get("metricAggregations") or ()),
            bool(body.get("returnPropertyQuota")),
        )

    def _check(self, dimensions: Sequence[str], wanted: Sequence[str]) -> None:
        if len(dimensions) > MOST_DIMENSIONS or not 0 < len(wanted) <= MOST_METRICS:
            raise Mistaken(bodies.refused(400, "Requests are limited to 9 dimensions and 10 metrics."))
        for name in dimensions:
            if name not in DIMENSIONS:
                raise Mistaken(bodies.unknown_field("dimension", name))
        for name in wanted:
            if name not in self._known:
                raise Mistaken(bodies.unknown_field("metric", name))

    def _day(self, text: Any) -> date:
        """Return the day that *text* means where the property is."""
        today = self._figures.today
        if found := _DAYS_AGO.fullmatch(str(text)):
            return today - timedelta(days=int(found[1]))
        try:
            day = {"today": today, "yesterday": today - timedelta(days=1)}.get(text) or date.fromisoformat(text)
        except (TypeError, ValueError):
            raise Mistaken(bodies.refused(400, f"Invalid date: {text}.")) from None
        if day <= BEFORE_THE_FIRST:
            raise Mistaken(bodies.refused(400, "Start date must be after 2015-08-13."))
        return day


def _order(asked: Mapping[str, Any], dimensions: Sequence[str]) -> tuple[str, bool]:
    name = str((asked.get("dimension") or {}).get("dimensionName"))
    if name not in dimensions:
        raise Mistaken(bodies.unknown_field("dimension", name))
    return name, bool(asked.get("desc"))


def _row(place: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    return {
        "dimensionValues": [{"value": each} for each in place],
        "metricValues": [{"value": written(each)} for each in values],
    }


def _truncation(day: date) -> dict[str, str]:
    return {
        "dataTruncationType": "DATA_TRUNCATION_TYPE_PROPERTY",
        "dataTruncationMessage": "Data is older than the retention of the property.",
        "dataTruncationDate": day.isoformat(),
    }
