"""A promise that is broken is noticed, and no other one with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from latido.testing import connector_tests, promises
from tests.core.testing import broken, kiosk

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "testing.md").read_text(encoding="utf-8")
MODULE = """
from latido.testing import connector_tests
from {module} import {name}
TestIt = connector_tests({name}, tickets={tickets}, streams={streams}, own=("own_business",))
"""
TICKETS = 13
"""Three pages."""

TROUBLE = "survived or limits or secrets or expires"
"""What a whole connector keeps or breaks, not one of its streams."""

MISTAKES = {
    "papers": set(),
    "skipping": {"resuming_after_any_page_gives_the_same_tables"},
    "going_back": {"cursors_never_go_back"},
    "doubling": {"ids_are_unique"},
    "strict": {"records_changed_in_one_instant_all_arrive", "records_that_change_while_being_read_arrive"},
    "counting": {"records_that_change_while_being_read_arrive"},
    "hoarding": {"memory_stays_flat", "resuming_after_any_page_gives_the_same_tables"},
    "slicing": {"memory_stays_flat"},
    "fragile": {"a_malformed_record_is_put_away_and_the_rest_arrives"},
    "deaf": {"deleted_records_are_marked", "a_deletion_has_its_time", "restored_records_come_back_whole"},
    "timeless": {"a_deletion_has_its_time"},
    "halved": {"restored_records_come_back_whole"},
    "unmerged": {"merged_records_leave_the_count", "a_merged_record_names_its_survivor"},
    "vague": {"a_merged_record_names_its_survivor"},
    "lost": {"references_lead_to_stored_rows"},
    "blank": {"required_fields_are_filled"},
    "stolid": {"fields_of_the_user_are_honoured"},
    "unaccounted": {"the_receipt_adds_up"},
    "estimating": {"the_count_is_exact"},
    "forgetful": {"what_did_not_change_costs_nothing"},
    "restless": {
        "reading_again_changes_nothing",
        "records_changed_in_one_instant_all_arrive",
        "records_that_change_while_being_read_arrive",
        "restored_records_come_back_whole",
        "a_malformed_record_is_put_away_and_the_rest_arrives",
    },
}


class Ledger:
    """Writes down how each test ended."""

    def __init__(self) -> None:
        self.ended: dict[str, str] = {}
        self.said: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        name = report.nodeid.rpartition("::test_")[2]
        if report.when == "call" or report.outcome == "failed":
            self.ended[name] = "declared" if hasattr(report, "wasxfail") else report.outcome
            self.said[name] = str(report.longrepr)

    @property
    def failed(self) -> set[str]:
        return {name for name, outcome in self.ended.items() if outcome == "failed"}


def tried(folder: Path, connector: type[kiosk.Kiosk], which: str, streams: Sequence[str] | None = None) -> Ledger:
    """Return how those of the suite's tests of *connector* end *which* are chosen."""
    module = folder / f"{folder.name}_{connector.__name__}.py"  # Two of one name would be one module.
    named = {"module": connector.__module__, "name": connector.__name__}
    module.write_text(MODULE.format(**named, tickets=TICKETS, streams=streams))
    ledger = Ledger()
    quietly = ["--rootdir", str(folder), "-c", "/dev/null", "-p", "no:cacheprovider", "-p", "no:terminal"]
    pytest.main([str(module), *quietly, "--import-mode", "importlib", "-k", which], plugins=[ledger])
    return ledger


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return tried(tmp_path_factory.mktemp("mistakes"), broken.Mistakes, f"not ({TROUBLE})")


@pytest.mark.parametrize("stream", MISTAKES)
def test_a_mistake_breaks_its_promise_and_no_other(mistakes: Ledger, stream: str) -> None:
    failed = {name.partition("[")[0] for name in mistakes.failed if name.endswith(f"[{stream}]")}

    assert MISTAKES[stream] == failed, [mistakes.said[f"{name}[{stream}]"] for name in failed]


@pytest.mark.parametrize(
    ("connector", "which", "broken_ones"),
    [
        (kiosk.Sound, TROUBLE, set()),
        (
            broken.Impatient,
            "survived",
            {
                "a_429_that_tells_how_long_to_wait_is_survived", "a_429_that_tells_nothing_is_survived",
                "a_server_error_is_survived", "a_dropped_connection_is_survived", "a_truncated_answer_is_survived",
                "a_page_for_people_is_survived",
            },
        ),
        (broken.Stubborn, "survived or expires", {"a_token_that_expires_in_the_middle_is_renewed"}),
        (broken.Hasty, "limits or secrets", {"documented_limits_are_never_hit"}),
        (broken.Tells, "limits or secrets", {"secrets_never_show"}),
        (broken.Logs, "limits or secrets", {"secrets_never_show"}),
        (broken.Writes, "limits or secrets", {"secrets_never_show"}),
        (broken.Repeats, "limits or secrets", {"secrets_never_show"}),
    ],
)  # fmt: skip
def test_a_connector_that_does_not_take_care_is_noticed(
    tmp_path: Path, connector: type[kiosk.Kiosk], which: str, broken_ones: set[str]
) -> None:
    ledger = tried(tmp_path, connector, which)

    assert broken_ones == {name.partition("[")[0] for name in ledger.failed}, ledger.said
    assert 1 < len(ledger.ended)


def test_what_is_declared_may_be_broken(tmp_path: Path) -> None:
    ledger = tried(tmp_path, broken.Excused, "exact or undeliverable")

    assert {
        "the_count_is_exact[estimating]": "declared",
        "what_is_declared_undeliverable_is_not_kept[exact_count]": "passed",
    } == ledger.ended


def test_what_is_declared_and_kept_has_to_go(tmp_path: Path) -> None:
    """Nor may a promise be declared that cannot be tried or that nobody gives, but for what is the vendor's own."""
    ledger = tried(tmp_path, broken.Declaring, "exact or undeliverable")

    said = {name.rpartition("[")[2]: said for name, said in ledger.said.items() if name in ledger.failed}
    assert {"exact_count]", "spam]", "flying_saucers]"} == said.keys()
    assert "every stream keeps it" in said["exact_count]"]
    assert "cannot be tried" in said["spam]"]
    assert "There is no promise flying_saucers" in said["flying_saucers]"]


def test_without_a_sandbox_nothing_can_be_promised() -> None:
    with pytest.raises(TypeError, match="Imaginary brings no sandbox"):
        connector_tests(broken.Imaginary)


def test_streams_can_be_chosen(tmp_path: Path) -> None:
    ledger = tried(tmp_path, broken.Mistakes, "required", streams=("papers", "lost"))

    assert {"required_fields_are_filled[papers]", "required_fields_are_filled[lost]"} == ledger.ended.keys()


def test_a_promise_about_streams_that_were_not_chosen_is_tried_elsewhere(tmp_path: Path) -> None:
    ledger = tried(tmp_path, broken.Excused, "exact or undeliverable", streams=())

    assert {} == ledger.ended


def test_whoever_does_not_test_needs_no_pytest() -> None:
    alone = "import sys; sys.modules['pytest'] = None; import latido.testing"

    assert 0 == subprocess.run([sys.executable, "-c", alone], check=False).returncode


def test_every_promise_is_on_the_page() -> None:
    assert [] == [key for key, sentence in promises().items() if f"| `{key}` | {sentence} |" not in PAGE]
