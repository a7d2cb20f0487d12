"""An answer of the Data API: texts by position, named by the headers of the same answer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from latido.connect import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BESIDE_ROWS = ("dimensionHeaders", "metricHeaders", "rowCount", "totals", "metadata", "propertyQuota")
"""The parts of an answer, but for its rows."""

RESERVED = "RESERVED_"
"""How what stands for dimensions begins in rows that are no rows: totals and extremes."""


@dataclass(frozen=True, slots=True)
class Report:
    """One page of a report. What is absent is empty: Google leaves out rows, their count and flags that are false.

    `rows` are packed, `row_number` is how many the page has, `row_count` how many there are.
    """

    dimensions: Sequence[str]
    metrics: Sequence[str]
    rows: Sequence[Any]
    row_number: int
    row_count: int
    totals: Mapping[str, str]
    metadata: Mapping[str, Any] = field(default_factory=dict)
    quota: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Report:
        """Return what *body* says."""
        metrics = [each["name"] for each in body.get("metricHeaders") or ()]
        return cls(
            [each["name"] for each in body.get("dimensionHeaders") or ()],
            metrics,
            body.get("rows") or (),
            len(body.get("rows") or ()),
            int(body.get("rowCount") or 0),
            _totals(metrics, body.get("totals") or ()),
            body.get("metadata") or {},
            body.get("propertyQuota") or {},
        )

    def without_rows(self) -> Report:
        """Return all that is said beside the rows, which take a thousand times as much memory."""
        return replace(self, rows=())

    def records(self) -> Iterator[dict[str, str | None]]:
        """Yield each row that is one by the names of the headers."""
        yield from filter(is_row, map(self.record, self.rows))

    def record(self, packed: Any) -> dict[str, str | None]:
        """Return a row by the names of the headers; what is empty or restricted is null."""
        row, names = unpacked(packed), (*self.dimensions, *self.metrics)
        values = (*row.get("dimensionValues", ()), *row.get("metricValues", ()))
        record = {name: each.get("value") or None for name, each in zip(names, values, strict=True)}
        return {**record, **dict.fromkeys(self.restricted)} if self.restricted else record

    @property
    def zone(self) -> str | None:
        """The property's time zone, as it is today."""
        return self.metadata.get("timeZone")

    @property
    def sampling(self) -> tuple[int, int] | None:
        """How many events were read, and of how many, where not all were."""
        found = self.metadata.get("samplingMetadatas") or ()
        if not found:
            return None
        read, space = (
            sum(int(each.get(name) or 0) for each in found) for name in ("samplesReadCount", "samplingSpaceSize")
        )
        return read, space

    @property
    def overflows(self) -> bool:
        """Whether Google put rare combinations together into one row `(other)`."""
        return bool(self.metadata.get("dataLossFromOtherRow"))

    @property
    def thresholded(self) -> bool:
        """Whether Google hides small groups."""
        return bool(self.metadata.get("subjectToThresholding"))

    @property
    def reason(self) -> str | None:
        """Why there are no figures, where that does not mean that nobody came."""
        return self.metadata.get("emptyReason") or None

    @property
    def truncations(self) -> Sequence[Mapping[str, Any]]:
        """What Google cut off: dates before which there is nothing any more."""
        return self.metadata.get("dataTruncationReasons") or ()

    @property
    def restricted(self) -> Sequence[str]:
        """The metrics that the role hides; they come as zeros."""
        restrictions = (self.metadata.get("schemaRestrictionResponse") or {}).get("activeMetricRestrictions") or ()
        return [each["metricName"] for each in restrictions if each.get("metricName")]

    @property
    def is_plain(self) -> bool:
        """Whether nothing was left out or estimated, so that rows add up to the total."""
        return not (self.sampling or self.overflows or self.thresholded or self.truncations)


def is_row(record: Mapping[str, str | None]) -> bool:
    """Whether *record* is no total and no extreme."""
    return not str(record.get("date")).startswith(RESERVED)


def _totals(metrics: Sequence[str], totals: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Return the totals by metric; over nothing, Google sends one that is empty."""
    values = totals[0].get("metricValues") or () if totals else ()
    return {name: each["value"] for name, each in zip(metrics, values, strict=False) if each.get("value")}
