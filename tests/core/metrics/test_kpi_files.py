"""A project's own KPIs: a file of SQL with a header, checked before it is believed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest

from latido.errors import ConfigurationError
from latido.metrics import Engine, Unit, own_kpis
from latido.metrics.own._file import KEYS
from latido.metrics.own._kpi import WRITTEN
from tests.core.metrics.loading import JANUARY, SIXTY_DAYS_LATER, answer, poured, ticket, tickets
from tests.memory import FakeClock

if TYPE_CHECKING:
    from latido.metrics import Answer

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "own-kpis.md"
HEADER = """\
-- id: fast_replies
-- name: Fast first replies
-- unit: ratio
-- better: higher
-- needs: tickets
-- fold: share
"""
QUERY = """\
SELECT p.period_id, t.customer_id, 'tickets' AS entity, t.source, t.source_id, t.excluded,
       1 AS numerator
FROM m_tickets AS t
JOIN periods AS p ON t.first_reply_at >= p.starts_at AND t.first_reply_at < p.ends_at
"""
BODY = "SELECT p.period_id, 'a' AS customer_id, 'b' AS entity, 'c' AS source, 'd' AS source_id, 'e' AS excluded, {} "
FROM = "FROM m_tickets AS t JOIN periods AS p ON t.created_on >= p.starts_on"


def written(folder: Path, text: str | bytes, name: str = "own.sql") -> Path:
    """Put a KPI into the project in *folder*."""
    (folder / "kpis").mkdir(exist_ok=True)
    (folder / "kpis" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def sql_of(page: Path) -> str:
    """Return the one example of SQL on a page."""
    (text,) = re.findall(r"```sql\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return str(text)


def refusal(folder: Path, text: str | bytes) -> tuple[str, str]:
    """Return what is wrong with a KPI, and what to do."""
    with pytest.raises(ConfigurationError) as refused:
        own_kpis(written(folder, text))
    assert 3 == refused.value.exit_code
    return str(refused.value.message), str(refused.value.hint)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Return an engine over some tickets, without any KPI of the project's own."""
    folder = tmp_path_factory.mktemp("project")
    rows = tickets(
        ticket("1", first_reply_at="2024-01-02T10:30Z", team="A", url="https://desk.example/1"),
        ticket("2", first_reply_at="2024-01-02T11:00Z", team="A"),
        ticket("3", first_reply_at="2024-01-02T11:01Z", team="B"),
        ticket("4", first_reply_at="2024-01-02T09:00Z", team="B"),
        ticket("5"),
    )
    return poured(folder, rows)


def asked(bare: Engine, text: str) -> Engine:
    """Return an engine over the same tickets with the KPI in *text*."""
    own = own_kpis(written(bare.warehouse.path.parent, text))
    return Engine(bare.warehouse, bare.settings, own, clock=FakeClock(SIXTY_DAYS_LATER))


def computed(bare: Engine, text: str) -> Answer:
    return answer(asked(bare, text), "fast_replies")


@pytest.fixture(scope="module")
def how_to(bare: Engine) -> Engine:
    return asked(bare, sql_of(HOW_TO))


def test_the_kpi_of_the_how_to_is_computed_like_any_other(how_to: Engine) -> None:
    found = answer(how_to, "fast_replies")

    assert pytest.approx((2 / 3, 3, 2)) == (found.value, found.n, found.numerator)
    assert {"negative_duration": 1} == found.excluded
    assert found.lower is not None


def test_the_how_to_names_all_that_a_header_may_say() -> None:
    page = HOW_TO.read_text(encoding="utf-8")

    assert [] == [name for name in (*KEYS, *WRITTEN, *get_args(Unit)) if f"`{name}`" not in page]


def test_it_can_be_split_and_listed(how_to: Engine) -> None:
    split = {str(each.segment): each.value for each in how_to.answers(["fast_replies"], JANUARY, segment="team")}
    facts = list(how_to.facts("fast_replies", JANUARY))

    assert {"None": pytest.approx(2 / 3), "{'team': 'A'}": 1, "{'team': 'B'}": 0} == split
    assert [("1", 1), ("2", 1), ("3", 0), ("4", 1)] == [(each.source_id, each.numerator) for each in facts]
    assert "https://desk.example/1" == facts[0].url


def test_it_is_explained_and_in_the_catalogue(how_to: Engine) -> None:
    explained = how_to.explain("fast_replies", JANUARY)

    assert str(explained.definition).endswith(
        "within an hour. Tickets answered before they were created are left out, visibly."
    )
    assert "FROM m_tickets AS t" in explained.sql["fast_replies"]
    assert [True] == [entry.computable for entry in how_to.catalog() if entry.kpi.id == "fast_replies"]
    assert "Primeras respuestas rápidas" == explained.kpi.names["es"]


@pytest.mark.parametrize(
    ("fold", "unit", "column", "value"),
    [
        ("count", "count", "1 AS one", 4),
        ("sum", "count", "2 AS value", 8),
        (
            "mean",
            "hours",
            "DATE_DIFF('microsecond', t.created_at, t.first_reply_at) AS value",
            pytest.approx(1.51667 / 4, abs=1e-5),
        ),
        ("median", "hours", "DATE_DIFF('microsecond', t.created_at, t.first_reply_at) AS value", 0.75),
        ("quantile(0.9)", "count", "1 AS value", 1),
        ("ratio", "ratio", "3 AS numerator, 4 AS denominator", 0.75),
        ("nps", "points", "CASE WHEN t.team = 'A' THEN 'promoters' ELSE 'detractors' END AS class", 0),
        ("classes(A, B)", "class", "t.team AS class, CAST(NULL AS BIGINT) AS value", 4),
    ],
)
def test_every_fold_can_be_asked_for(bare: Engine, fold: str, unit: str, column: str, value: float) -> None:
    header = HEADER.replace("fold: share", f"fold: {fold}").replace("unit: ratio", f"unit: {unit}")

    assert value == computed(bare, f"{header}\n{QUERY.replace('1 AS numerator', column)}").value


def test_an_empty_period_may_be_a_true_zero(bare: Engine) -> None:
    header = HEADER.replace("share", "count") + "-- on_empty: 0\n"

    assert 0 == answer(asked(bare, header + QUERY), "fast_replies", "2023-01").value


@pytest.mark.parametrize(
    ("text", "problem", "hint"),
    [
        (HEADER + "DROP TABLE m_tickets", "kpis/own.sql, line 7: DROP does more than read.", "Write one SELECT"),
        (HEADER + QUERY + ";\nDROP TABLE m_tickets", "kpis/own.sql, line 12: DROP does more", "Write one SELECT"),
        (HEADER + QUERY + ";\n" + QUERY, "kpis/own.sql, line 7: this is not one query but 2.", "Write one SELECT"),
        (HEADER + QUERY + ";", "kpis/own.sql, line 11: the query becomes part of a larger one.", "Remove the semi"),
        (HEADER + "ATTACH 'other.db'", "kpis/own.sql, line 7: ATTACH does more than read.", "Write one SELECT"),
        (HEADER + "COPY m_tickets TO 'x.csv'", "kpis/own.sql, line 7: COPY does more than read.", "Write one SELECT"),
        (HEADER + "SHOW TABLES", "kpis/own.sql, line 7: SHOW does more than read.", "Write one SELECT"),
        (HEADER + QUERY.replace("m_tickets", "tickets"), "line 9: tickets is no table that KPIs read.", "m_tickets"),
        (HEADER + QUERY.replace("m_tickets", "'a.csv'"), '"a.csv" AS t is no table', "docs/reference/kpis.md"),
        (HEADER + QUERY.replace("m_tickets", "x.m_tickets"), "x.m_tickets AS t is no table", "docs/reference"),
        (HEADER + QUERY.replace("m_tickets", "READ_CSV('a')"), "line 9: READ_CSV(", "how-to"),
        (HEADER + QUERY.replace("1 AS", "GETENV('HOME') AS"), "line 8: GETENV('HOME') does not", "how-to"),
        (HEADER + QUERY.replace("1 AS", "MEDIAN(1) AS"), "line 8: MEDIAN(1) does not mean the same", "how-to"),
        (HEADER + QUERY.replace("1 AS", "1 / t.reopens AS"), "line 8: 1 / t.reopens may divide by 0", "how-to"),
        (HEADER + QUERY.replace("1 AS numerator", "t.*"), "line 8: * stands for whatever columns", "how-to"),
        (HEADER + QUERY.replace("1 AS", "$hours AS"), "line 8: there is no value $hours.", "There is: $as_of"),
        (HEADER + QUERY.replace("1 AS", "$curency AS"), "there is no value $curency.", "Did you mean $currency?"),
        (HEADER + QUERY.replace("1 AS", "1 /* AS x */ AS"), "line 8: what stands in /*", "begin with --"),
        (HEADER + QUERY.replace("1 AS", "$a$1$a$ AS"), "line 8: what stands in $a$ is read in more", "begin with --"),
        (HEADER + QUERY.replace("numerator", "numerator, 1"), "line 7: column 8 has no name.", "Write AS"),
        (HEADER + QUERY.replace("numerator", '"the numerator"'), "the numerator cannot be the name of", "digits"),
        (HEADER + QUERY.replace("m_tickets", "survey_responses"), "line 9: survey_responses is no table", "m_answers?"),
        (HEADER + QUERY.replace("t.excluded", "t.source"), "two columns are called source.", "Rename one"),
        (HEADER + QUERY.replace("t.excluded,", ""), "line 7: the query has no column excluded", "CAST(NULL"),
        (HEADER + QUERY.replace("numerator", "value"), "line 7: the query has no column numerator.", "another fold"),
        (HEADER + QUERY.replace("FROM", "FORM"), "line 9: this is not valid SQL: syntax", "latido check"),
        (
            HEADER + "WITH periods AS (SELECT 1 AS period_id)\n" + QUERY,
            "line 7: periods is a name of the engine's own.",
            "otherwise",
        ),
        (HEADER + "WITH RECURSIVE r AS (SELECT 1 AS n)\n" + QUERY, "line 7: WITH RECURSIVE is not known", "how-to"),
        (HEADER + QUERY.replace("numerator", "counts"), "line 8: counts is a name of the engine's own.", "otherwise"),
        (HEADER, "kpis/own.sql: there is no query below the header.", "Write one SELECT"),
        (QUERY, "kpis/own.sql, line 1: the header does not say its id.", "-- id: fast_replies"),
        (HEADER.replace("share", "shares") + QUERY, "line 6: there is no fold shares.", "Did you mean share?"),
        (HEADER.replace("share", "quantile(2)") + QUERY, "line 6: there is no fold quantile(2).", "quantile(0.9)"),
        (HEADER.replace("ratio", "percent") + QUERY, "line 3: there is no unit percent.", "There is: ratio, points"),
        (HEADER.replace("higher", "up") + QUERY, "line 4: there is no better up.", "higher, lower, neither"),
        (HEADER.replace("needs: tickets", "needs: ticket") + QUERY, "line 5: there is no table ticket.", "tickets?"),
        (HEADER.replace("needs: tickets", "needs: tickets.scat") + QUERY, "line 5: tickets has no scat.", "csat?"),
        (HEADER.replace("tickets", "deals|tickets.csat") + QUERY, "line 5: deals|tickets.csat: only of", "one by one"),
        (HEADER.replace("fast_replies", "csat") + QUERY, "line 1: the id csat is taken: the catalogue", "catalog"),
        (HEADER.replace("fast_replies", "Fast!") + QUERY, "line 1: Fast! cannot be an id.", "small letters"),
        (HEADER + "-- colour: red\n" + QUERY, "line 7: a header has no colour.", "There is: id, name"),
        (HEADER + "-- unit: hours\n" + QUERY, "line 7: unit stands twice.", "Remove one"),
        (HEADER + "-- dimensions: team\n" + QUERY, "line 7: the query has no column team.", "There is: period_id"),
        ((HEADER + "-- definición\n").encode("latin-1"), "kpis/own.sql: this is not UTF-8 text.", "Save it as UTF-8"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_line_and_what_to_do(
    tmp_path: Path, text: str | bytes, problem: str, hint: str
) -> None:
    said, remedy = refusal(tmp_path, text)

    assert problem in said
    assert hint in remedy


@pytest.mark.parametrize(
    "trick",
    [
        "SELECT 1) , other AS (SELECT 2",
        "WITH m_x AS (DELETE FROM m_tickets RETURNING 1) SELECT 1",
        "SELECT 1 FROM (WITH customers AS (SELECT 1) SELECT 1) AS a, customers",
        "SELECT 1 FROM information_schema.tables",
        "SELECT 1 FROM duckdb_secrets()",
        "SELECT 1 FROM QUERY('DROP TABLE m_tickets')",
        "SELECT NEXTVAL('a')",
        "SELECT ?",
        "SELECT $1",
        "FROM m_tickets",
        "VALUES (1)",
        "CALL pragma_version()",
        "SET memory_limit = '1TB'",
        "EXPLAIN SELECT 1",
        "PIVOT m_tickets ON team USING COUNT(*)",
        f"SELECT {'(' * 3000}1{')' * 3000}",
    ],
)
def test_what_may_do_more_than_read_is_refused(tmp_path: Path, trick: str) -> None:
    said, _remedy = refusal(tmp_path, f"{HEADER}{trick}\n")

    assert said.startswith("kpis/own.sql")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        (QUERY.replace("t.excluded", "t.colour AS excluded"), r'line 7: .*column named "colour"'),
        (QUERY.replace("1 AS", "t.team AS"), "the query cannot be run"),
        (QUERY.replace("1 AS", "CAST(t.team AS BIGINT) AS"), "the query cannot be run: Could not convert"),
        (QUERY.replace("1 AS", "t.created_at AS"), "the query cannot be run: .*TIMESTAMP"),
        (QUERY.replace("p.period_id", "7 AS period_id"), "a period_id that is in no row of periods"),
        (QUERY.replace("p.period_id", "CAST(NULL AS BIGINT) AS period_id"), "a period_id that is in no row"),
    ],
)
def test_what_only_rows_show_is_named_with_the_file(bare: Engine, query: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as refused:
        computed(bare, HEADER + query)

    assert str(refused.value).startswith("kpis/own.sql")


@pytest.mark.parametrize("value", ["t.team", "t.created_at"])
def test_a_median_of_what_are_no_numbers_is_named_with_the_file(bare: Engine, value: str) -> None:
    query = QUERY.replace("1 AS numerator", f"{value} AS value")

    with pytest.raises(ConfigurationError, match=r"kpis/own\.sql.*the query cannot be run"):
        computed(bare, HEADER.replace("share", "median") + query)


def test_two_files_cannot_have_one_id(tmp_path: Path) -> None:
    written(tmp_path, HEADER + QUERY, "a.sql")

    said, _remedy = refusal(tmp_path, HEADER + QUERY)

    assert "kpis/own.sql, line 1: the id fast_replies is taken: kpis/a.sql has it." == said


def test_comments_and_blank_lines_may_stand_in_the_query(bare: Engine) -> None:
    query = QUERY.replace("1 AS", "-- all of them\n1 AS")
    text = f"\ufeff{HEADER}\n\n-- What was answered.\n{query}-- the end"

    assert 1 == computed(bare, text.replace("\n", "\r\n")).value


def test_without_own_kpis_nothing_is_read(tmp_path: Path) -> None:
    assert [] == own_kpis(tmp_path)


LOOKING = """
import sys
from pathlib import Path
from latido.metrics import own_kpis
own_kpis(Path(sys.argv[1]))
print("sqlglot" in sys.modules)
"""


def test_a_query_is_looked_into_once(tmp_path: Path) -> None:
    """It takes longer than most figures."""
    command = [sys.executable, "-c", LOOKING, str(written(tmp_path, HEADER + QUERY))]

    looked = [subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip() for _ in range(2)]

    assert ["True", "False"] == looked


def test_what_is_remembered_may_be_lost(tmp_path: Path) -> None:
    own_kpis(written(tmp_path, HEADER + QUERY))
    (tmp_path / ".latido" / "own_kpis.json").write_text("{", encoding="utf-8")

    assert ["fast_replies"] == [kpi.id for kpi in own_kpis(tmp_path)]
    assert "line 8: MEDIAN(1)" in refusal(tmp_path, HEADER + QUERY.replace("1 AS", "MEDIAN(1) AS"))[0]


@pytest.mark.parametrize(
    ("fold", "column", "excluded"),
    [
        ("share", "t.reopens AS numerator", {"no_value": 4}),
        ("share", "CASE WHEN t.team = 'A' THEN 1 ELSE 3 END AS numerator", {"out_of_range": 2}),
        ("mean", "CASE WHEN t.team = 'A' THEN 1 END AS value", {"no_value": 2}),
        ("median", "CASE WHEN t.team = 'A' THEN 1 END AS value", {"no_value": 2}),
        ("sum", "CAST(CASE WHEN t.team = 'A' THEN 'NaN' ELSE '1' END AS DOUBLE) AS value", {"no_value": 2}),
        ("median", "CAST(CASE WHEN t.team = 'A' THEN '-inf' ELSE '1' END AS DOUBLE) AS value", {"no_value": 2}),
        ("ratio", "1 AS numerator, CASE WHEN t.team = 'A' THEN 1 END AS denominator", {"no_value": 2}),
        ("classes(A, B)", "CASE WHEN t.team = 'A' THEN 'A' END AS class, 1 AS value", {"no_class": 2}),
        ("nps", "t.team AS class", {"no_class": 4}),
    ],
)
def test_what_cannot_be_counted_is_left_out_visibly(
    bare: Engine, fold: str, column: str, excluded: dict[str, int]
) -> None:
    """Unknown is never read as 0."""
    header = HEADER.replace("fold: share", f"fold: {fold}")

    found = computed(bare, header + QUERY.replace("1 AS numerator", column).replace("t.excluded", "NULL AS excluded"))

    assert excluded == found.excluded
    assert (4 - sum(excluded.values())) == (found.n or 0)


def test_what_an_editor_keeps_beside_a_file_is_no_kpi(tmp_path: Path) -> None:
    assert [] == own_kpis(written(tmp_path, "no header", ".own.sql"))


def test_a_field_that_nobody_fills_is_lacking(bare: Engine) -> None:
    header = HEADER.replace("needs: tickets", "needs: tickets, tickets.subject")

    assert "missing_field" == computed(bare, header + QUERY).reason
