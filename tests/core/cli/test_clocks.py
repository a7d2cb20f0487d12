"""`latido check` on rows whose stamps lie in the future, and on sources that nobody can tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.schema import SurveyResponse, Ticket
from tests.core.cli.conftest import TOML
from tests.core.metrics.loading import poured, reply, solved, ticket

if TYPE_CHECKING:
    from tests.core.cli.conftest import Terminal

LATER = "2091-05-02T10:00Z"


def test_check_warns_of_clocks_that_run_ahead(latido: Terminal) -> None:
    """The rows count in the period that the stamp names; somebody should know before they wonder at that period."""
    latido.write(TOML.replace("sources.support", "sources.shop"))
    poured(
        latido.folder,
        {
            Ticket: [ticket("1", LATER), solved("2", LATER), solved("3"), ticket("4", LATER, is_deleted=True)],
            SurveyResponse: [reply("5", 5)],
        },
    )

    said = latido("check", "--format", "json")

    assert 0 == said.code
    assert [
        {
            "source": "shop",
            "state": "warning",
            "text": "shop: rows of tickets stamped later than now: 2 (created_at, solved_at up to 2091-05-02 12:00).",
            "fix": "They count in the period that the stamp names. Set clock or time zone right there, then run: "
            "latido sync shop --full",
        }
    ] == said.json["findings"]


def test_check_says_nothing_of_clocks_before_the_first_sync(project: Terminal) -> None:
    assert {"findings": []} == project("check", "--format", "json").json


def test_two_sources_of_one_name_are_a_mistake_in_the_settings(latido: Terminal) -> None:
    latido.write(f'{TOML}\n[sources.support]\nconnector = "desk"\n')

    said = latido("sync")

    assert (3, "") == (said.code, said.out)
    assert "latido.toml, line 8: the section [sources.support] stands twice.\n" in said.err
    assert said.err.endswith("Give one of them another name, then run: latido check\n")
