"""`latido plugins`, `plugins new` and `plugins test`."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

from latido.plugins import plugin_manager
from tests.core.cli.conftest import TOML
from tests.distributions import described, plugins_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.core.cli.conftest import Said, Terminal

ROOT = Path(__file__).parents[3]
LONG = "avendorwith24lettersalas"
CACHE = ROOT / ".mypy_cache" / "scaffold"


LAYOUT = (tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
SILENT = {tokenize.COMMENT, tokenize.ENCODING, tokenize.ENDMARKER, *LAYOUT}

OTHER = """
from latido import hookimpl
from tests.core.cli.conftest import Desk


class Other(Desk):
    name = "other"


@hookimpl
def latido_connectors():
    return [Other]
"""


@pytest.fixture
def author(latido: Terminal, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a terminal whose commands may look for modules in further places."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    return latido


def run(folder: Path, *arguments: str) -> str:
    """Run a module in *folder* as somebody does who has installed the project that lies there; return what it says."""
    environ = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


# --- new


def test_a_scaffold_says_what_to_do_next(latido: Terminal) -> None:
    said = latido("plugins", "new", "acme-desk")

    assert (0, "") == (said.code, said.out)
    assert "A connector that works is in latido-acme-desk: 17 files." in said.err
    assert "latido plugins test latido-acme-desk" in said.err
    assert (latido.folder / "latido-acme-desk" / "latido_acme_desk" / "connector.py").is_file()


def test_a_scaffold_is_the_template_under_another_name(latido: Terminal) -> None:
    latido("plugins", "new", "acme-desk")

    folder = latido.folder / "latido-acme-desk"
    texts = [path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file()]
    assert [] == [text for text in texts if "template" in text.lower()]
    assert [] == [text for text in texts if "in_demo" in text or "# only here" in text]
    connector = (folder / "latido_acme_desk" / "connector.py").read_text(encoding="utf-8")
    assert "class AcmeDesk(Connector):" in connector
    assert '    name = "acme-desk"\n    title = "Acme Desk"\n' in connector
    assert 'dependencies = ["latido>=0.' in (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert 'token = "env:ACME_DESK_TOKEN"' in (folder / "README.md").read_text(encoding="utf-8")


def test_a_scaffold_passes_its_own_tests_and_checks(latido: Terminal) -> None:
    latido("plugins", "new", "acme")
    folder = latido.folder / "latido-acme"

    assert " passed" in run(folder, "pytest", "-q", "-p", "no:cacheprovider")
    assert "Success" in run(folder, "mypy", "--cache-dir", str(CACHE))
    assert "All checks passed!" in run(folder, "ruff", "check", "--no-cache")


@pytest.mark.parametrize("name", ["x", "acme", LONG, "latido-of-lima"])
def test_a_scaffold_is_well_formed_whatever_its_name(latido: Terminal, name: str) -> None:
    assert 0 == latido("plugins", "new", name, "--folder", "here").code

    assert "All checks passed!" in run(latido.folder / "here", "ruff", "check", "--no-cache")
    assert "already formatted" in run(latido.folder / "here", "ruff", "format", "--check", "--no-cache")


@pytest.mark.parametrize(
    ("name", "sentence", "fix"),
    [
        ("Acme Desk", "'Acme Desk' cannot be a connector's name: small letters", "latido plugins new acme-desk"),
        ("../acme", "'../acme' cannot be a connector's name", "latido plugins new acme"),
        ("3d--shop", "'3d--shop' cannot be a connector's name", "latido plugins new d-shop"),
        ("", "'' cannot be a connector's name", "latido plugins new acme"),
        (f"{LONG}s", f"'{LONG}s' cannot be a connector's name", f"latido plugins new {LONG}"),
        ("desk", "There is a connector desk already.", "latido plugins"),
        ("latido-desk", "There is a connector desk already.", "latido plugins"),
        ("stream", "Stream means something else in a connector's code.", "latido plugins new stream-crm"),
        ("none", "None means something else in a connector's code.", "latido plugins new none-crm"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(latido: Terminal, name: str, sentence: str, fix: str) -> None:
    said = latido("plugins", "new", name)

    first, second = said.err.splitlines()
    assert 2 == said.code
    assert first.startswith(sentence)
    assert second.endswith(fix)
    assert [] == list(latido.folder.iterdir())


def test_what_is_there_is_not_overwritten(latido: Terminal) -> None:
    latido("plugins", "new", "acme")
    readme = latido.folder / "latido-acme" / "README.md"
    readme.write_text("Mine.")

    again = latido("plugins", "new", "acme")

    assert (2, "Mine.") == (again.code, readme.read_text())
    assert (
        "latido-acme is there already, and not empty.\n  Choose another: latido plugins new acme --folder DIR\n"
        == again.err
    )


def test_a_folder_that_cannot_be_made_is_named(latido: Terminal) -> None:
    (latido.folder / "file").touch()

    said = latido("plugins", "new", "acme", "--folder", "file/within")

    assert 2 == said.code
    assert said.err.startswith("file/within cannot be written: ")


def test_an_empty_folder_is_filled(latido: Terminal) -> None:
    (latido.folder / "mine").mkdir()

    assert 0 == latido("plugins", "new", "acme", "--folder", "mine").code
    assert (latido.folder / "mine" / "latido_acme").is_dir()


def lines_of_code(file: Path) -> int:
    """Return how many lines of *file* hold code: no blank ones, no comments, no docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    with file.open("rb") as source:
        tokens = [each for each in tokenize.tokenize(source.readline) if each.type not in SILENT]
    return len({line for each in tokens for line in range(each.start[0], each.end[0] + 1)} - said)


def test_a_small_vendor_takes_at_most_150_lines_of_code(latido: Terminal) -> None:
    """Contacts, tickets and one survey; the sandbox and the tests come on top."""
    latido("plugins", "new", "acme", "--folder", "acme")

    assert 150 >= sum(map(lines_of_code, (latido.folder / "acme" / "latido_acme").glob("*.py")))


# --- test


def tried(author: Terminal, name: str, *edits: tuple[str, str, str], options: Sequence[str] = ()) -> Said:
    """Scaffold a plugin, change its files (file, before, after), and try it."""
    author("plugins", "new", name, "--folder", name)
    for file, before, after in edits:
        path = author.folder / name / file
        text = path.read_text(encoding="utf-8")
        assert 1 == text.count(before)
        path.write_text(text.replace(before, after), encoding="utf-8")
    return author("plugins", "test", name, "--format", "json", *options)


def test_a_scaffold_keeps_every_promise(author: Terminal) -> None:
    said = tried(author, "kept")

    promises = {each["promise"]: each for each in said.json["promises"]}
    assert 0 == said.code
    assert {"kept"} == {each["outcome"] for each in promises.values()}
    assert ["contacts", "tickets", "answers"] == promises["resuming"]["streams"]
    assert f"kept: {len(promises)} promises kept, 0 broken, 0 declared.\n" in said.err


def test_a_broken_promise_is_named_with_stream_and_reason(author: Terminal) -> None:
    """Without its overlap a stream loses what changes in a second that was read already."""
    forgetful = ("latido_hasty/streams.py", "self._overlapping(cursor), True", "cursor, True")
    said = tried(author, "hasty", forgetful, options=["--stream", "tickets", "--stream", "answers"])

    broken = [each for each in said.json["promises"] if each["outcome"] == "broken"]
    assert 1 == said.code
    assert {"moving_records"} == {each["promise"] for each in broken}
    assert {"tickets", "answers"} == {stream for each in broken for stream in each["streams"]}
    assert broken[0]["reason"].startswith("changed while being read, ")
    assert "contacts" not in said.out
    assert "1 broken, 0 declared.\n" in said.err


def test_a_stream_that_there_is_not_is_named(author: Terminal) -> None:
    said = tried(author, "streamless", options=["--stream", "tikets"])

    assert (2, "") == (said.code, said.out)
    assert "streamless has no stream tikets. Did you mean tickets?\n  It has: answers, contacts, tickets\n" in said.err


def test_a_connector_that_fails_in_a_way_of_its_own_is_told_by_its_exception(author: Terminal) -> None:
    said = tried(
        author, "frail", ("latido_frail/streams.py", "exact=True)", "exact=True / 0)"), options=["--stream", "answers"]
    )

    reasons = {each["reason"] for each in said.json["promises"] if each["outcome"] == "broken"}
    assert 1 == said.code
    assert any("ZeroDivisionError" in each for each in reasons), reasons


def test_a_mistake_in_a_stream_is_told_with_its_place(author: Terminal) -> None:
    mistake = ("latido_mistaken/streams.py", 'answer["items"]', 'answer["itens"]')
    said = tried(author, "mistaken", mistake, options=["--stream", "answers"])

    reasons = [each["reason"] for each in said.json["promises"] if each["promise"] == "unique_ids"]
    assert 1 == len(reasons)
    assert "mistaken: answers failed unexpectedly (KeyError). ; KeyError('itens') in streams.py, line " in reasons[0]


def test_a_reason_that_is_the_same_for_all_streams_is_told_once(author: Terminal) -> None:
    wrong = ("latido_stranger/sandbox/_server.py", 'f"Bearer {TOKEN}"', '"Bearer another"')
    said = tried(author, "stranger", wrong, options=["--stream", "answers", "--stream", "tickets"])

    (told,) = (each for each in said.json["promises"] if each["promise"] == "unique_ids")
    assert {"answers", "tickets"} == set(told["streams"])
    assert "then run: latido check stranger" in told["reason"]


def test_a_declared_promise_is_no_failure(author: Terminal) -> None:
    declared = '    in_demo = True\n    undeliverable = {"spam": "The vendor does not say.", "own_taste": "None."}\n'
    said = tried(
        author,
        "declaring",
        ("latido_declaring/connector.py", "    settings: DeclaringSettings\n", declared),
        ("latido_declaring/mapping.py", '    is_spam="spam",\n', ""),
        options=["--stream", "tickets"],
    )

    (spam,) = [each for each in said.json["promises"] if each["promise"] == "spam"]
    assert 0 == said.code, said
    assert ("declared", ["tickets"]) == (spam["outcome"], spam["streams"])
    assert spam["reason"].startswith("The vendor does not say.")


@pytest.mark.parametrize(
    ("name", "edit", "code", "sentence"),
    [
        ("raising", ("latido_raising/connector.py", "PER_MINUTE = 120", "PER_MINUTE = 1 / 0"), 3, "ZeroDivisionError"),
        ("newer", ("pyproject.toml", '"latido>=0.', '"latido>=99.'), 3, "Plugin newer cannot be used: it needs latido"),
        ("silent", ("pyproject.toml", "[project.entry-points.latido]", "[tool.latido]"), 3, "names no plugin."),
        ("garbled", ("pyproject.toml", "[project]", "[project"), 3, "pyproject.toml cannot be understood: "),
        ("unhooked", ("latido_unhooked/__init__.py", "@hookimpl\n", ""), 3, "it implements no hook."),
        ("nothing", ("latido_nothing/__init__.py", "return [Nothing]", "return []"), 2, "offers no connector"),
        (
            "boxless",
            ("latido_boxless/connector.py", "return BoxlessSandbox(world, clock)", "return None  # type: ignore"),
            3,
            "boxless cannot be tried: TypeError: Boxless brings no sandbox.",
        ),
    ],
)  # fmt: skip
def test_a_project_that_cannot_be_tried_says_why(
    author: Terminal, name: str, edit: tuple[str, str, str], code: int, sentence: str
) -> None:
    said = tried(author, name, edit)

    assert (code, "") == (said.code, said.out)
    assert sentence in said.err
    assert "Traceback" not in said.err


def test_a_file_about_no_project_is_named(author: Terminal) -> None:
    (author.folder / "pyproject.toml").write_text("[tool.ruff]")

    said = author("plugins", "test")

    assert 3 == said.code
    assert "pyproject.toml cannot be understood: [project]\n" in said.err


def test_a_folder_without_a_project_says_how_to_start(author: Terminal) -> None:
    said = author("plugins", "test", "nowhere")

    assert 2 == said.code
    assert "There is no pyproject.toml in " in said.err
    assert "latido plugins new NAME" in said.err


def test_without_pytest_it_says_what_to_install(author: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pytest", None)

    said = tried(author, "untested")

    assert 3 == said.code
    assert (
        'To try a connector takes pytest, which is not installed.\n  Install it: pip install "latido[testing]"'
        in said.err
    )


def test_whoever_interrupts_is_obeyed(author: Terminal) -> None:
    interrupting = (
        "latido_stopped/connector.py",
        "return [Contacts(self)",
        "raise KeyboardInterrupt\n        return [Contacts(self)",
    )

    assert (130, "") == ((said := tried(author, "stopped", interrupting)).code, said.out)


def test_options_that_pytest_does_not_know_are_no_success(author: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--nonsense")

    said = tried(author, "optional")

    assert (3, "") == (said.code, said.out)
    assert "pytest cannot be run: see above.\n  Look what PYTEST_ADDOPTS" in said.err


# --- what is installed


def test_what_is_left_out_is_shown_with_version_and_reason(latido: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    site = latido.folder
    described(site, "latido-tomorrow", ["tomorrow = latido_tomorrow"], "2.5", ["latido>=99"])
    (site / "latido_talks.py").write_text("raise RuntimeError('token=3f9a8b7c6d5e4f3a')")
    described(site, "latido-talks", ["talks = latido_talks"], "1.1")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(latido, "installed", lambda: plugin_manager(plugins_in(site)))

    shown = {each["name"]: each for each in latido("plugins", "--format", "json").json["plugins"]}

    assert ("2.5", "latido-tomorrow") == (shown["tomorrow"]["version"], shown["tomorrow"]["distribution"])
    assert shown["tomorrow"]["problem"].startswith("it needs latido >=99, and latido 0.")
    assert "it cannot be loaded: RuntimeError('token=***')" == shown["talks"]["problem"].replace("***'", "***'")
    assert "3f9a8b7c6d5e4f3a" not in latido("plugins").out


def test_a_plugin_that_broke_takes_nothing_with_it(synced: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had read stays, what others read goes on, and its source says why it does not."""
    site = synced.folder / "site"
    described(site, "latido-desk", ["desk = latido_desk_of_tomorrow"], requires=["latido>=99"])
    (site / "latido_other.py").write_text(OTHER)
    described(site, "latido-other", ["other = latido_other"])
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(synced, "installed", lambda: plugin_manager(plugins_in(site)))
    synced.write(f'{TOML}\n[sources.more]\nconnector = "other"\ntoken = "env:DESK_TOKEN"\n')

    said = synced("sync")

    assert 3 == said.code
    assert "Plugin desk is left out: it needs latido >=99, and latido 0." in said.err
    assert "Traceback" not in said.err
    with duckdb.connect(str(synced.folder / "latido.duckdb"), read_only=True) as connection:
        rows = connection.execute("SELECT source, COUNT(*) FROM tickets GROUP BY source ORDER BY source").fetchall()
    assert [("more", 2), ("support", 2)] == rows
