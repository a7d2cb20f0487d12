"""How the imaginary product is used and its site visited, whoever looks."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from latido.testing import World
from latido.testing.world import LOGINS_KEPT

END = date(2026, 11, 1)
WORLD = World("acme", end=END, tickets=3_000)
MILESTONES = list(WORLD.milestones())
DAYS = [END - timedelta(days=n) for n in range(1, 730)]


def test_the_seed_and_the_end_determine_what_was_used_and_visited() -> None:
    other = World("acme", end=END, tickets=3_000)

    assert MILESTONES == list(other.milestones())
    assert [WORLD.traffic(day) for day in DAYS[:9]] == [other.traffic(day) for day in DAYS[:9]]


def test_every_customer_signs_up_once_before_it_sees_any_value() -> None:
    signed_up = {each.customer: each.at for each in MILESTONES if each.kind == "signup"}
    valued = {each.customer: each.at for each in MILESTONES if each.kind == "first_value"}

    assert set(range(WORLD.customer_count)) == set(signed_up)
    assert WORLD.customer_count > len(valued) > WORLD.customer_count / 2
    assert all(signed_up[customer] < at < WORLD.end for customer, at in valued.items())


def test_people_log_in_at_most_once_a_day_and_only_lately() -> None:
    logins = [each for each in MILESTONES if each.kind == "login"]

    assert {1} == set(Counter((each.person, each.at // 86_400) for each in logins).values())
    assert all(WORLD.end - LOGINS_KEPT <= each.at < WORLD.end for each in logins)
    assert all(each.customer == WORLD.employer(each.person or 0) for each in logins)


def test_milestones_are_numbered_without_a_gap() -> None:
    assert list(range(len(MILESTONES))) == [each.number for each in MILESTONES]


def test_the_site_is_visited_on_each_day_of_the_two_years_and_on_no_other() -> None:
    assert all(WORLD.traffic(day) for day in DAYS)
    assert () == WORLD.traffic(END) == WORLD.traffic(END - timedelta(days=740))


def test_each_source_of_a_day_is_told_once_and_with_visits() -> None:
    for day in DAYS[:60]:
        visits = WORLD.traffic(day)
        assert len(visits) == len({(each.source, each.medium) for each in visits})
        assert all(each.sessions >= each.visitors > 0 and each.pageviews >= each.sessions for each in visits)
        assert all(0 <= each.conversions <= each.sessions + 1 for each in visits)


def test_every_branch_sees_the_same_product_and_site() -> None:
    branch = WORLD.branch("second", tickets=10, territory=(1, 4))

    assert MILESTONES == list(branch.milestones())
    assert WORLD.traffic(DAYS[0]) == branch.traffic(DAYS[0])
