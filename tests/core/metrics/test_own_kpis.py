"""KPIs that a plugin brings, over the model layer: net promoter score and effort, as the worked examples have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.metrics import Kpi, Mean, Nps, Override, Param, Query, Share
from tests.core.metrics.loading import answer, engine, replies

if TYPE_CHECKING:
    from pathlib import Path

    from latido.metrics import Answer

NPS = Kpi(
    id="nps",
    names={"en": "Net Promoter Score"},
    unit="points",
    better="higher",
    fold=Nps(),
    facts=Query.parsed(
        """-- Share of promoters (9, 10) minus share of detractors (0 to 6), in points.
        WITH judged AS (
            SELECT p.period_id, a.customer_id, a.person_id, a.source, a.source_id, a.answered_at, a.answer_key,
                   CASE WHEN $other_scales = 'linear' AND (a.scale_max <> 10 OR a.scale_min NOT IN (0, 1))
                        THEN 10 * (a.score - a.scale_min) / (a.scale_max - a.scale_min) ELSE a.score END AS score,
                   COALESCE(a.excluded, a.invalid, CASE
                       WHEN $other_scales = 'linear' OR (a.scale_max = 10 AND a.scale_min IN (0, 1)) THEN NULL
                       ELSE 'scale_not_accepted' END) AS refused
            FROM m_answers AS a
            JOIN periods AS p ON a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
            WHERE a.kind = 'nps'
        ), ranked AS (
            SELECT period_id, customer_id, source, source_id, score, refused,
                   ROW_NUMBER() OVER (
                       PARTITION BY period_id, person_id, CASE WHEN refused IS NULL THEN 0 ELSE 1 END
                       ORDER BY answered_at DESC NULLS LAST, answer_key DESC NULLS LAST) AS from_last,
                   ROW_NUMBER() OVER (
                       PARTITION BY period_id, person_id, CASE WHEN refused IS NULL THEN 0 ELSE 1 END
                       ORDER BY answered_at NULLS LAST, answer_key NULLS LAST) AS from_first
            FROM judged
        )
        SELECT period_id, customer_id, 'survey_responses' AS entity, source, source_id,
               CASE WHEN score >= 9 THEN 'promoters' WHEN score < 7 THEN 'detractors' ELSE 'passives' END AS class,
               COALESCE(refused, CASE WHEN $dedupe = 'last' AND from_last > 1 THEN 'superseded'
                                      WHEN $dedupe = 'first' AND from_first > 1 THEN 'superseded' END) AS excluded
        FROM ranked"""
    ),
    needs=("survey_responses",),
    family="answers",
    params={"dedupe": Param(("last", "first", "none")), "other_scales": Param(("exclude", "linear"))},
)

CES = Kpi(
    id="ces",
    names={"en": "Customer effort score"},
    unit="ratio",
    better="higher",
    fold=Share(),
    facts=Query(
        """SELECT p.period_id, a.customer_id, 'survey_responses' AS entity, a.source, a.source_id,
                  COALESCE(a.excluded, a.invalid) AS excluded,
                  CASE WHEN $variant = 'high_effort_share' AND 3 * (a.score - a.scale_min) <= a.scale_max - a.scale_min
                       THEN 1
                       WHEN $variant <> 'high_effort_share'
                            AND 4 * (a.score - a.scale_min) >= 3 * (a.scale_max - a.scale_min) THEN 1
                       ELSE 0 END AS numerator,
                  CASE WHEN a.invalid IS NULL
                       THEN CAST(1 + 6 * (a.score - a.scale_min) / (a.scale_max - a.scale_min) AS DECIMAL(28,12))
                       END AS value
           FROM m_answers AS a
           JOIN periods AS p ON a.answered_at >= p.starts_at AND a.answered_at < p.ends_at
           WHERE a.kind = 'ces'"""
    ),
    needs=("survey_responses",),
    family="answers",
    params={
        "variant": Param(
            ("low_effort_share", "mean_1_7", "high_effort_share"), overrides={"mean_1_7": Override(fold=Mean())}
        )
    },
)


def said(
    source_id: str, score: float, scale: tuple[float, float] | None = (0, 10), kind: str = "nps", **columns: Any
) -> dict[str, Any]:
    low, high = scale or (None, None)
    known = {"kind": kind, "score": score, "scale_min": low, "scale_max": high, "answered_at": "2024-01-10T12:00Z"}
    return {"source_id": source_id, **known, **columns}


def computed(folder: Path, rows: list[dict[str, Any]], *asks: str) -> list[Answer]:
    figures = engine(folder, replies(*rows), kpis=[NPS, CES])
    return [answer(figures, ask) for ask in asks]


def test_e05_one_person_answers_twice(tmp_path: Path) -> None:
    rows = [
        said("1", 3, respondent_email="ana@x.example", answered_at="2024-01-05T12:00Z"),
        said("2", 9, respondent_email=" Ana@X.example", answered_at="2024-01-20T12:00Z"),
        said("3", 6, respondent_email="luis@x.example", answered_at="2024-01-08T12:00Z"),
    ]

    last, every, first = computed(tmp_path, rows, "nps", "nps(dedupe=none)", "nps(dedupe=first)")

    assert [(0.0, 2), (-100.0, 2)] == [(last.value, last.n), (first.value, first.n)]
    assert pytest.approx((-33.333333, 3), abs=1e-6) == (every.value, every.n)
    assert {"superseded": 1} == last.excluded


def test_e06_mixed_scales(tmp_path: Path) -> None:
    given = [
        (10, (0, 10)),
        (6, (0, 10)),
        (9, (1, 10)),
        (1, (1, 10)),
        (5, (1, 5)),
        (4, (1, 5)),
        (11, (0, 10)),
        (7, None),
    ]

    plain, linear = computed(
        tmp_path, [said(str(n), *each) for n, each in enumerate(given)], "nps", "nps(other_scales=linear)"
    )

    assert (0.0, 4) == (plain.value, plain.n)
    assert {"out_of_range": 1, "scale_not_accepted": 2, "unknown_scale": 1} == plain.excluded
    assert pytest.approx((16.666667, 6), abs=1e-6) == (linear.value, linear.n)


def test_e07_period_edges(tmp_path: Path) -> None:
    stamps = {"2023-12-31T23:00:00Z": 10, "2024-01-31T23:30:00Z": 0, "2024-01-31T22:59:59Z": 7}

    (found,) = computed(tmp_path, [said(at, score, answered_at=at) for at, score in stamps.items()], "nps")

    assert (50.0, 2) == (found.value, found.n)


def test_answers_at_one_instant_are_told_apart_by_their_key(tmp_path: Path) -> None:
    same: dict[str, Any] = {"respondent_email": "ana@x.example"}

    (found,) = computed(
        tmp_path, [said("1", 0, external_id="b", **same), said("2", 10, external_id="a", **same)], "nps"
    )

    assert -100.0 == found.value


def test_e10_effort_on_scales_of_both_directions(tmp_path: Path) -> None:
    rows = [said(str(n), score, (1, 7), "ces", higher_is_better=True) for n, score in enumerate((7, 6, 5, 4, 2))]
    rows.append(said("9", 1, (1, 5), "ces", higher_is_better=False))

    share, mean, high = computed(tmp_path, rows, "ces", "ces(variant=mean_1_7)", "ces(variant=high_effort_share)")

    assert pytest.approx((0.5, 0.187616, 0.812384), abs=1e-6) == (share.value, share.lower, share.upper)
    assert pytest.approx((5.166667, 0.166667), abs=1e-6) == (mean.value, high.value)
