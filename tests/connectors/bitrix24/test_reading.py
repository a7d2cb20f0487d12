"""Everything once by id, then by id what changed since, by the portal's own clock."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from latido.schema import Account, Deal, DealStage
from tests.connectors.bitrix24.builders import at, deal, item, step
from tests.connectors.bitrix24.desk import shelf
from tests.desk import last_cursor, rows

if TYPE_CHECKING:
    from tests.connectors.bitrix24.desk import BitrixDesk, Office

NOON = datetime(2026, 1, 10, 12, tzinfo=UTC).timestamp()
MINUTE = 60


def keys(office: Office, stream: str = "deals", cursor: Any = None, entity: type[Any] = Deal, **more: Any) -> list[str]:
    return [each.source_id for each in rows(office.pages(stream, cursor, **more), entity)]


def filters(desk: BitrixDesk) -> list[dict[str, Any]]:
    """Return the filters of the lists that were asked for with a moment in them, but for those that only try."""
    asked = [each.get("filter") or {} for each in desk.called("crm.item.list")]
    return [each for each in asked if "<updatedTime" in each]


def test_all_is_read_by_id_and_without_a_moment(desk: BitrixDesk, office: Office) -> None:
    """What changes meanwhile is in the next run's window, whether it was passed or not."""
    desk.holds([deal(key) for key in range(1, 121)])

    pages = office.pages("deals")

    assert [str(key) for key in range(1, 121)] == [each.source_id for each in rows(pages, Deal)]
    assert {"since": NOON - MINUTE, "top": 120} == last_cursor(pages)
    assert [] == filters(desk)


def test_then_what_changed_is_read(desk: BitrixDesk, office: Office) -> None:
    """From five minutes before the last run's end to a minute before the portal's time."""
    desk.holds(
        [
            deal(1, changed=at(9)),
            deal(2, changed=at(10, 56)),
            deal(3, changed=at(11, 58)),
            deal(4, changed=at(11, 59, 30)),
        ]
    )

    pages = office.pages("deals", {"since": NOON - 60 * MINUTE, "top": 4})

    assert ["2", "3"] == [each.source_id for each in rows(pages, Deal)]
    assert {"since": NOON - MINUTE, "top": 4} == last_cursor(pages)
    assert at(10, 55) == filters(desk)[0][">=updatedTime"]
    assert at(11, 59) == filters(desk)[0]["<updatedTime"]


def test_borders_are_the_portals_wherever_this_machine_is(desk: BitrixDesk, office: Office) -> None:
    """The portal is at UTC+3 and four minutes ahead; a machine at UTC-5 tells the same instants."""
    desk.on("server.time", {"result": "2026-01-10T15:04:00+03:00"})
    desk.holds([deal(1, changed=at(12, 2))])

    pages = office.pages("deals", {"since": NOON, "top": 1})

    assert ["1"] == [each.source_id for each in rows(pages, Deal)]
    assert {"since": NOON + 3 * MINUTE, "top": 1} == last_cursor(pages)
    assert "2026-01-10T15:03:00+03:00" == filters(desk)[0]["<updatedTime"]


def test_a_change_between_two_pages_is_in_the_next_run(desk: BitrixDesk, office: Office) -> None:
    """It leaves the window that is being read; the watermark stays a minute behind the portal's time."""
    records = [deal(key, changed=at(11, 30)) for key in range(1, 101)]
    page, calls = shelf(records), iter(range(100))

    def changing(params: dict[str, Any]) -> Any:
        told = page(params)
        if "<updatedTime" in (params.get("filter") or {}) and next(calls) == 0:
            records[70] = deal(71, changed=at(12, 1), title="Changed")
        return told

    desk.on("crm.item.list", changing)

    first = office.pages("deals", {"since": NOON - 60 * MINUTE, "top": 100})
    office.clock.sleep(10 * MINUTE)
    desk.on("server.time", {"result": at(12, 10)})
    second = office.pages("deals", last_cursor(first))

    assert "71" not in [each.source_id for each in rows(first, Deal)]
    assert ["Changed"] == [each.name for each in rows(second, Deal) if each.source_id == "71"]


def test_a_run_that_was_stopped_goes_on_where_it_was(desk: BitrixDesk, office: Office) -> None:
    """Within its window, and then with what changed meanwhile."""
    desk.holds([deal(key, changed=at(11)) for key in range(1, 121)])
    (first, *_rest) = office.pages("deals")

    resumed = office.pages("deals", first.cursor)

    assert {"since": None, "until": NOON - MINUTE, "last": 50, "top": 50} == first.cursor
    assert [str(key) for key in range(51, 121)] == [each.source_id for each in rows(resumed, Deal)]
    assert {"since": NOON - MINUTE, "top": 120} == last_cursor(resumed)


def test_a_run_that_was_stopped_long_ago_reads_up_to_now(desk: BitrixDesk, office: Office) -> None:
    """Not only to where it once wanted."""
    desk.holds([deal(1, changed=at(11, 30)), deal(2, changed=at(8))])
    stopped = {"since": None, "until": NOON - 180 * MINUTE, "last": 1, "top": 1}

    pages = office.pages("deals", stopped)

    assert ["2", "1"] == [each.source_id for each in rows(pages, Deal)]
    assert {"since": NOON - MINUTE, "top": 2} == last_cursor(pages)


def test_what_is_imported_with_an_old_time_is_found(desk: BitrixDesk, office: Office) -> None:
    """An import may set when a record changed; that it is new its id says."""
    desk.holds([deal(1), deal(2), deal(3, changed="2019-05-01T10:00:00+03:00")])

    pages = office.pages("deals", {"since": NOON - 60 * MINUTE, "top": 2})

    assert ["3"] == [each.source_id for each in rows(pages, Deal)]
    assert 3 == last_cursor(pages)["top"]


def test_nothing_older_than_the_start_date_is_read(desk: BitrixDesk, office: Office) -> None:
    """Later runs do not go back for it."""
    desk.holds([deal(1, changed="2019-05-01T10:00:00+03:00"), deal(2, changed=at(11))])
    stream = office.stream("deals")

    pages = list(stream.pages(stream.start(datetime(2025, 1, 1, tzinfo=UTC))))

    assert ["2"] == [each.source_id for each in rows(pages, Deal)]
    assert "2025-01-01T03:00:00+03:00" == filters(desk)[0][">=updatedTime"]
    assert {"since": NOON - MINUTE, "top": 2} == last_cursor(pages)


def test_nothing_new_costs_two_requests(desk: BitrixDesk, office: Office) -> None:
    """However much there is, once it is known how the portal reads moments."""
    desk.holds([deal(key, changed=at(3)) for key in range(1, 301)])
    connector = office.connector(streams=["deals"])
    stream = next(each for each in connector.streams() if each.name == "deals")
    list(stream.pages({"since": NOON - MINUTE, "top": 300}))
    before = len(desk.asked)

    list(stream.pages({"since": NOON - MINUTE, "top": 300}))

    assert 2 == len(desk.asked) - before
    assert 2 == stream.estimate({"since": NOON, "top": 300})


def test_a_portal_that_ignores_moments_with_a_zone_is_told_its_own(desk: BitrixDesk, office: Office) -> None:
    """A filter that is not understood is passed over without a word: that is found out before it is relied on."""
    records = [deal(1, changed=at(9)), deal(2, changed=at(11))]

    def without_zones(params: dict[str, Any]) -> Any:
        filters = params.get("filter") or {}
        understood = {
            name: f"{value}+03:00" if "Time" in name else value
            for name, value in filters.items()
            if "T" not in str(value)
        }
        return shelf(records)({**params, "filter": understood})

    desk.on("crm.item.list", without_zones)

    assert ["2"] == keys(office, cursor={"since": NOON - 30 * MINUTE, "top": 2})
    assert "2026-01-10 13:25:00" == filters(desk)[-1][">=updatedTime"]


@pytest.mark.parametrize("shown", [True, False])
def test_a_portal_that_understands_no_moment_is_read_in_full(desk: BitrixDesk, office: Office, shown: bool) -> None:
    """Whether it passes over the filter, or shows nothing at all; the user is told."""
    records = [deal(1, changed=at(9)), deal(2, changed=at(11, 40))]

    def deaf(params: dict[str, Any]) -> Any:
        filters = params.get("filter") or {}
        known = {name: value for name, value in filters.items() if "Time" not in name}
        return shelf(records if shown or known == filters else [])({**params, "filter": known})

    desk.on("crm.item.list", deaf)

    assert ["2"] == keys(office, cursor={"since": NOON - 30 * MINUTE, "top": 2})
    assert ["deals: Bitrix24 understands no moments in filters, so that all is read."] == office.warnings


def test_a_type_without_records_says_nothing_of_how_moments_are_read(desk: BitrixDesk, office: Office) -> None:
    """A portal may have no companies, and show no deals for moments that it does not understand."""
    deals = shelf([deal(1, changed=at(9)), deal(2, changed=at(11, 40))])

    def deaf(params: dict[str, Any]) -> Any:
        asked = params.get("filter") or {}
        understands = not any("T" in str(value) for name, value in asked.items() if "Time" in name)
        return (
            deals({**params, "filter": spelled(asked)}) if sold(params) and understands else {"result": {"items": []}}
        )

    desk.on("crm.item.list", deaf)
    memory: dict[str, Any] = {}
    runtime = office.runtime(remembered=lambda name, read: memory.setdefault(name, memory.get(name) or read()))
    cursor = {"since": NOON - 30 * MINUTE, "top": 2}

    with closing(office.vendor(office.settings(streams=["companies", "deals"]), runtime)) as connector:
        companies, found = (list(each.pages(cursor)) for each in connector.chosen())

    assert [] == rows(companies, Account)
    assert ["2"] == [each.source_id for each in rows(found, Deal)]
    assert [] == office.warnings


def sold(params: dict[str, Any]) -> bool:
    return str(params["entityTypeId"]) == "2"


def spelled(filters: dict[str, Any]) -> dict[str, Any]:
    """Return *filters* with the zone that a portal adds to moments without one."""
    return {name: f"{value}+03:00" if "Time" in name else value for name, value in filters.items()}


@pytest.mark.parametrize("told", [None, "", "soon", {}])
def test_a_record_that_does_not_tell_when_it_changed_tries_nothing(desk: BitrixDesk, office: Office, told: Any) -> None:
    """All is read then, and what does not tell is taken for changed."""
    desk.holds([item(1, changed=told)])

    assert [1] == [each.fetched for each in office.pages("companies", {"since": NOON, "top": 1})][:1]


def test_a_portal_that_takes_moments_for_others_is_found_out(desk: BitrixDesk, office: Office) -> None:
    """One that reads every moment three hours off would lose three hours of changes."""
    records = [deal(1, changed=at(9)), deal(2, changed=at(11, 40))]

    def shifted(params: dict[str, Any]) -> Any:
        filters = params.get("filter") or {}
        return shelf(records)(
            {**params, "filter": {name: str(value).replace("+03:00", "+00:00") for name, value in filters.items()}}
        )

    desk.on("crm.item.list", shifted)

    assert {"2"} <= set(keys(office, cursor={"since": NOON - 30 * MINUTE, "top": 2}))


def test_only_what_is_mapped_and_there_is_asked_for(desk: BitrixDesk, office: Office) -> None:
    """All fields of a wide table take more than a minute."""
    known = {
        name: {"type": "string", "title": name, "upperName": name.upper()}
        for name in ("id", "title", "stageId", "comments")
    }
    own = {"ufCrm3Digit": {"type": "integer", "title": "Digit", "upperName": "UF_CRM_3_DIGIT"}}
    desk.on("crm.item.fields", {"result": {"fields": {**known, **own}}})

    office.pages("deals")

    assert ["createdTime", "id", "stageId", "title", "ufCrm3Digit", "updatedTime"] == desk.called("crm.item.list")[-1][
        "select"
    ]
    assert "useOriginalUfNames" not in desk.called("crm.item.list")[-1]


def test_a_record_without_an_id_is_put_aside(desk: BitrixDesk, office: Office) -> None:
    """The others arrive."""
    desk.on("crm.item.list", {"result": {"items": [deal(1), {"title": "?"}, deal(3)]}}, {"result": {"items": []}})

    pages = office.pages("deals")

    assert ["1", "3"] == [each.source_id for each in rows(pages, Deal)]
    assert ["id: missing"] == [each.reason for page in pages for each in page.rejected]
    assert 3 == sum(page.fetched for page in pages)


def test_the_census_counts_all_that_is_there(desk: BitrixDesk, office: Office) -> None:
    """By ids alone, fifty pages at once."""
    desk.holds([item(key) for key in range(1, 1201)])
    stream = office.stream("leads")

    found = [each for ids in stream.ids() for each in ids]

    assert [f"lead:{key}" for key in range(1, 1201)] == found
    assert {"id"} == {name for each in desk.called("crm.item.list") for name in _selected(each)}
    assert 4 == len(desk.requests("batch")) + len(desk.requests("crm.item.list"))


def _selected(params: dict[str, Any]) -> list[str]:
    select = params["select"]
    return list(select.values()) if isinstance(select, dict) else select


def test_a_plan_is_made_by_the_highest_id(desk: BitrixDesk, office: Office) -> None:
    """To count takes Bitrix24 a minute, and is wrong at times."""
    desk.holds([deal(key) for key in (7, 25_000)])
    stream = office.stream("deals")

    assert 3 + 10 == stream.estimate(stream.start(None))
    assert stream.count() is None


def test_steps_are_read_by_their_ids(desk: BitrixDesk, office: Office) -> None:
    """They are only ever added. The cursor stays before the last minutes, whose ids may come late."""
    told = [step(1, at=at(9)), step(2, at=at(10)), step(3, at=at(11, 58)), step(4, at=at(11, 57))]
    desk.holds(told, "crm.stagehistory.list")

    pages = office.pages("deal_stages")

    assert ["1", "2", "3", "4"] == [each.source_id for each in rows(pages, DealStage)]
    assert {"since": None, "top": 2} == last_cursor(pages)
    assert ["3", "4"] == keys(office, "deal_stages", last_cursor(pages), DealStage)


def test_steps_before_the_start_date_are_left_out(desk: BitrixDesk, office: Office) -> None:
    """By when they were taken."""
    desk.holds([step(1, at="2019-05-01T10:00:00+03:00"), step(2, at=at(9))], "crm.stagehistory.list")
    stream = office.stream("deal_stages")

    pages = list(stream.pages(stream.start(datetime(2025, 1, 1, tzinfo=UTC))))

    assert ["2"] == [each.source_id for each in rows(pages, DealStage)]


def test_one_company_is_left_out_that_became_ones_own(desk: BitrixDesk, office: Office) -> None:
    """Legal entities in whose name one sells are no customers; what was stored of one goes."""
    desk.holds([item(1, isMyCompany="N"), item(2, isMyCompany="Y")])

    pages = office.pages("companies")

    assert ["1"] == [each.source_id for each in rows(pages, Account)]
    assert [{"2": None}] == [page.deleted[Account] for page in pages if page.deleted]
