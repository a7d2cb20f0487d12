"""Renewing what changed comes out as building everything: whatever is written, said, merged or deleted in between."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from latido import identity
from latido.config import Schedule
from latido.errors import UsageError
from latido.metrics import EngineSettings, refresh
from latido.metrics.model import STEPS
from latido.schema import (
    Account,
    Association,
    Cart,
    Contact,
    Contract,
    Deal,
    DealStage,
    FxRate,
    MarketingSpend,
    Milestone,
    SurveyInvitation,
    SurveyResponse,
    Ticket,
    TicketEvent,
    User,
    WebSession,
)
from latido.warehouse import Batch, Warehouse, flush, put_meta
from tests.core.metrics.loading import MADRID
from tests.memory import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latido.schema import Record

    Change: TypeAlias = tuple[str, type[Record], list[dict[str, Any]], list[str], list[tuple[str, str]]]

SOURCES = ("crm", "desk")
IDS = ["1", "2", "3", "4"]
DAYS = ["2024-01-05", "2024-02-10", "2024-03-15", None]
TIMES = ["2024-01-05T10:00Z", "2024-02-10T22:30Z", "2024-03-15T23:30Z", None]
EMAILS = ["ana@a.example", "Luis@b.example", "eva@mail.c.example", " Eva@ mail.c.example ", None]
MONEY = ["-5", "10", "20.5", None]
CURRENCIES = ["EUR", "usd", "GBP", None]
EXTERNAL = ["X-1", "X-2", None, None, None]
MERGED = [None, None, None, None, "1", "2", "unknown"]
WHOM: Mapping[str, Sequence[Any]] = {"account_id": [*IDS, None, None], "contact_id": [*IDS, None, None]}
ENVELOPE: Mapping[str, Sequence[Any]] = {"is_deleted": [False, False, False, True], "merged_into": MERGED}

DESK = Schedule("desk", MADRID, dict.fromkeys(range(6), ((540, 840), (900, 1080))), frozenset())
FIGURES = EngineSettings(SOURCES, MADRID, fx="crm", schedules={"desk": DESK})

FIELDS: Mapping[type[Record], Mapping[str, Sequence[Any]]] = {
    Account: {
        "domain": ["a.example", "b.example", "c.example", None],
        "website": [None, None, "www.a.example"],
        "tax_id": ["B11111112", "B22222223", None],
        "name": ["Acme", "Bolt"],
        "country": ["ES", "FR", None],
        "owner_id": [*IDS, None],
        "is_test": [None, None, True],
        **ENVELOPE,
    },
    Contact: {"email": EMAILS, "account_id": WHOM["account_id"], **ENVELOPE},
    User: {"name": ["Ana", "Luis", None], "team": ["A", "B", None]},
    Association: {
        "from_entity": ["tickets", "deals", "contacts", "survey_responses"],
        "from_id": [*IDS, None],
        "to_entity": ["accounts", "contacts", "tickets"],
        "to_id": IDS,
        "is_primary": [True, False, None],
        **ENVELOPE,
    },
    Deal: {
        **WHOM,
        "external_id": EXTERNAL,
        "owner_id": [*IDS, None],
        "status": ["won", "won", "lost", "open"],
        "amount": MONEY,
        "currency": CURRENCIES,
        "recurring_monthly_amount": MONEY,
        "contract_start": DAYS,
        "contract_end": DAYS,
        "close_date": DAYS,
        "supersedes": [*IDS, None, None, None, None],
        "updated_at": TIMES,
        **ENVELOPE,
    },
    Contract: {
        "account_id": WHOM["account_id"],
        "external_id": EXTERNAL,
        "deal_id": [*IDS, None, None],
        "recurring_monthly_amount": ["0", *MONEY],
        "currency": CURRENCIES,
        "starts_on": DAYS,
        "ends_on": DAYS,
        "booked_on": DAYS,
        "supersedes": [*IDS, None, None, None, None],
        **ENVELOPE,
    },
    DealStage: {"deal_id": IDS, "status": ["won", "lost", "open"], "entered_at": TIMES, **ENVELOPE},
    Ticket: {
        **WHOM,
        "external_id": EXTERNAL,
        "requester_email": EMAILS,
        "assignee_id": [*IDS, None],
        "team": ["C", None],
        "status": ["open", "solved"],
        "created_at": TIMES,
        "first_reply_at": TIMES,
        "solved_at": TIMES,
        "updated_at": TIMES,
        **ENVELOPE,
    },
    TicketEvent: {
        "ticket_id": [*IDS, None],
        "kind": ["reply", "status", "sla", "first_reply"],
        "actor_role": ["agent", "requester"],
        "public": [True, False],
        "to_value": ["solved", "open", "met", "breached"],
        "occurred_at": TIMES,
        **ENVELOPE,
    },
    SurveyResponse: {
        **WHOM,
        "external_id": EXTERNAL,
        "kind": ["csat", "nps"],
        "survey_id": ["rating", "rating", "survey", None],
        "score": [1, 5, 9, None],
        "scale_min": [0, 1],
        "scale_max": [5, 10],
        "ticket_id": [*IDS, None],
        "respondent_email": EMAILS,
        "answered_at": TIMES,
        **ENVELOPE,
    },
    SurveyInvitation: {**WHOM, "respondent_email": EMAILS, "sent_at": TIMES, **ENVELOPE},
    WebSession: {**WHOM, "visitor_id": ["v", None], "started_at": TIMES, **ENVELOPE},
    Cart: {**WHOM, "created_at": TIMES, "item_count": [0, 1, None], **ENVELOPE},
    Milestone: {**WHOM, "milestone": ["signup", "login"], "occurred_at": TIMES, **ENVELOPE},
    MarketingSpend: {"spend_date": DAYS, "amount": MONEY, "currency": CURRENCIES, **ENVELOPE},
    FxRate: {
        "currency": ["USD", "GBP"],
        "base": ["EUR", None],
        "rate_date": DAYS,
        "rate": ["0.9", "1.1", "2"],
        **ENVELOPE,
    },
}


def rows_of(entity: type[Record]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: st.sampled_from(values) for name, values in FIELDS[entity].items()}
    return st.fixed_dictionaries({"source_id": st.sampled_from(IDS), **fields})


def changes_of(entity: type[Record]) -> st.SearchStrategy[Change]:
    ids = st.sampled_from(IDS)
    return st.tuples(
        st.sampled_from(SOURCES),
        st.just(entity),
        st.lists(rows_of(entity), max_size=3),
        st.lists(ids, max_size=1),
        st.lists(st.tuples(ids, ids), max_size=1),
    )


changes = st.lists(st.sampled_from(list(FIELDS)).flatmap(changes_of), max_size=5)
beginnings = st.tuples(*(st.tuples(*(st.lists(rows_of(each), max_size=4) for _ in SOURCES)) for each in FIELDS))
sayings = st.none() | st.tuples(st.sampled_from(["link", "split"]), st.sampled_from(IDS), st.sampled_from(IDS))
histories = st.lists(st.tuples(changes, sayings), min_size=1, max_size=3)


def write(warehouse: Warehouse, written: Iterable[Change]) -> None:
    with warehouse.writing() as connection:
        for source, entity, rows, deleted, merged in written:
            batch = Batch(source, entity.table)
            gone = {entity: dict.fromkeys(deleted)}
            batch.add(page(entity, *rows, deleted=gone, merged={entity: dict(merged)}))
            flush(connection, batch, run_id="run", fingerprint="one")


def begin(warehouse: Warehouse, beginning: Iterable[Iterable[list[dict[str, Any]]]]) -> None:
    """Write some rows of every table, of each source."""
    write(
        warehouse,
        (
            (source, entity, rows, [], [])
            for entity, brought in zip(FIELDS, beginning, strict=True)
            for source, rows in zip(SOURCES, brought, strict=True)
        ),
    )


def say(warehouse: Warehouse, what: str, one: str, other: str) -> None:
    """Let a user link or split accounts, if they are there."""
    with suppress(UsageError):
        if what == "link":
            identity.link(warehouse, f"crm:{one}", f"desk:{other}")
        else:
            identity.split(warehouse, f"crm:{one}")


def model(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row of the model layer, in order."""
    with warehouse.reading() as connection:
        return {
            table: connection.execute(f"SELECT CAST(t AS VARCHAR) FROM {table} AS t ORDER BY 1").fetchall()
            for step in STEPS
            for table in step
        }


def built(warehouse: Warehouse) -> dict[str, list[tuple[Any, ...]]]:
    """Return the model layer, built again from all rows."""
    with warehouse.writing() as connection:
        put_meta(connection, "model_version", "")
    refresh(warehouse, FIGURES)
    return model(warehouse)


def row(entity: type[Record], source_id: str, source: str = "crm", **columns: Any) -> Change:
    return (source, entity, [{"source_id": source_id, **columns}], [], [])


AT: Mapping[str, Any] = {"answered_at": "2024-01-10T10:00Z", "kind": "csat", "score": 4, "scale_min": 1, "scale_max": 5}
WON: Mapping[str, Any] = {"status": "won", "close_date": "2024-02-10", "amount": "10", "currency": "USD"}

BEFORE = (
    row(Account, "a", domain="a.example", tax_id="B22222223"),
    row(Account, "b", domain="b.example", tax_id="B11111112"),
    row(Contact, "old", merged_into="new"),
    row(Contact, "new", account_id="a"),
    row(User, "u", name="Ana", team="A"),
    row(Ticket, "of old", contact_id="old", status="open"),
    row(Ticket, "by mail", requester_email="ana@a.example", assignee_id="u"),
    row(Ticket, "by odd mail", requester_email=" Ana@ mail.a.example "),
    row(Ticket, "by link", status="open"),
    row(Association, "l", from_entity="tickets", from_id="by link", to_entity="accounts", to_id="a"),
    row(TicketEvent, "e", ticket_id="of old", kind="reply", actor_role="agent", public=True, occurred_at=TIMES[1]),
    row(SurveyResponse, "rating", survey_id="rating", ticket_id="of old", **AT),
    row(SurveyResponse, "survey", survey_id="survey", ticket_id="of old", **AT),
    row(FxRate, "r", currency="USD", base="EUR", rate_date="2024-01-05", rate="0.9"),
    row(Deal, "1", recurring_monthly_amount="10", **WON),
    row(Deal, "2", recurring_monthly_amount="20", supersedes="1", **WON),
    row(DealStage, "s", deal_id="1", status="won", entered_at=TIMES[0]),
    row(Contract, "k", deal_id="1", recurring_monthly_amount="30", currency="USD", starts_on="2024-01-05"),
    row(Contract, "m", supersedes="k", recurring_monthly_amount="0", starts_on="2024-01-20"),
    row(Deal, "5", external_id="X-5", recurring_monthly_amount="50", **WON),
    row(Deal, "5", "desk", external_id="X-5", recurring_monthly_amount="50", updated_at=TIMES[0], **WON),
    row(Deal, "6", supersedes="5", recurring_monthly_amount="60", contract_start="2024-03-01", **WON),
    row(Contract, "of 5", deal_id="5", recurring_monthly_amount="55", starts_on="2024-01-05"),
)

AFTERWARDS = {
    "a survivor moves to another account": row(Contact, "new", account_id="b"),
    "a domain gets a second owner": row(Account, "c", domain="a.example", tax_id="B33333334"),
    "an owner of a domain is deleted": row(Account, "a", domain="a.example", is_deleted=True),
    "an account becomes a test": row(Account, "a", domain="a.example", is_test=True),
    "an agent changes teams": row(User, "u", name="Ana", team="B"),
    "a link comes to start elsewhere": row(
        Association, "l", from_entity="deals", from_id="1", to_entity="accounts", to_id="a"
    ),
    "an event comes to be of another ticket": row(TicketEvent, "e", ticket_id="by mail", kind="reply"),
    "an answer comes to be about another ticket": row(SurveyResponse, "survey", survey_id="s", ticket_id="x", **AT),
    "a rate comes in between": row(FxRate, "q", currency="USD", base="EUR", rate_date="2024-02-01", rate="0.8"),
    "a stage comes to be of another deal": row(DealStage, "s", deal_id="2", status="won", entered_at=TIMES[0]),
    "a contract comes to name another deal": row(Contract, "k", deal_id="3", recurring_monthly_amount="30"),
    "a contract ends no other any more": row(Contract, "m", recurring_monthly_amount="0", starts_on="2024-01-20"),
    "two deals are not one any more": row(Deal, "5", "desk", recurring_monthly_amount="50", updated_at=TIMES[0], **WON),
    "the other source comes to know a deal better": row(
        Deal, "5", external_id="X-5", recurring_monthly_amount="50", updated_at=TIMES[1], **WON
    ),
    "a contract no longer names what stays of two deals": row(
        Contract, "of 5", recurring_monthly_amount="55", starts_on="2024-01-05"
    ),
    "a deal that ends another begins earlier": row(
        Deal, "2", recurring_monthly_amount="20", supersedes="1", contract_start="2024-01-10", **WON
    ),
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a warehouse with the rows of `BEFORE`, its model layer built."""
    warehouse = Warehouse(tmp_path_factory.mktemp("begun") / "latido.duckdb")
    write(warehouse, BEFORE)
    refresh(warehouse, FIGURES)
    return warehouse.path


@pytest.mark.parametrize("happening", AFTERWARDS)
def test_what_happens_to_one_row_reaches_every_other_that_it_concerns(
    begun: Path, tmp_path: Path, happening: str
) -> None:
    warehouse = Warehouse(Path(shutil.copy(begun, tmp_path)))
    before = model(warehouse)

    write(warehouse, [AFTERWARDS[happening]])
    refresh(warehouse, FIGURES)
    renewed = model(warehouse)

    assert before != renewed
    assert built(warehouse) == renewed


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(beginning=beginnings, history=histories)
def test_what_is_renewed_is_as_if_it_were_built(beginning: Any, history: Any) -> None:
    with TemporaryDirectory() as folder:
        warehouse = Warehouse(Path(folder) / "latido.duckdb")
        begin(warehouse, beginning)
        refresh(warehouse, FIGURES)
        for written, said in history:
            write(warehouse, written)
            if said is not None:
                say(warehouse, *said)
            refresh(warehouse, FIGURES)
        renewed = model(warehouse)

        assert built(warehouse) == renewed
