"""What holds for every command: options, formats, languages, errors."""

from __future__ import annotations

import csv
import errno
import gc
import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from latido.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from tests.core.cli.conftest import Terminal


def test_version_needs_no_project_and_loads_nothing() -> None:
    """Not even Typer: it is asked for by scripts."""
    code = "import sys; from latido.cli import main; main(['--version']); print('typer' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    first, loaded = said.stdout.splitlines()
    assert first.startswith("latido 0.")
    assert "False" == loaded


def test_a_program_that_runs_a_command_keeps_its_own_way_with_cycles() -> None:
    before = gc.get_threshold()

    main(["--version"])

    assert before == gc.get_threshold()


def test_without_stdout_there_is_still_a_command(tmp_path: Path) -> None:
    """As a job is started with `>&-`."""
    code = "import sys; sys.stdout = None; from latido.cli import main; sys.exit(main(['catalog']))"

    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert (3, "There is no latido.toml") == (said.returncode, said.stderr[:23])


def test_without_a_command_there_is_help(latido: Terminal) -> None:
    said = latido()

    assert 0 == said.code
    assert said.out.startswith("Usage: latido")
    assert "  sync " in said.out


def test_help_names_what_is_asked_for_as_the_reference_does(latido: Terminal) -> None:
    said = latido("kpis", "--help").out

    assert said.startswith("Usage: latido kpis [OPTIONS] [ID\N{HORIZONTAL ELLIPSIS}]\n")
    assert "\n  ID  The KPIs, as csat" in said


def test_help_is_spanish_too(latido: Terminal) -> None:
    said = latido("--lang", "es", "sync", "--help")

    assert said.out.startswith("Uso: latido sync")
    assert "Opciones:" in said.out
    assert "Lee las fuentes y guarda lo que ha cambiado." in said.out


@pytest.mark.parametrize("arguments", [("--format", "json", "plugins"), ("plugins", "--format", "json")])
def test_global_options_stand_before_or_after_the_command(latido: Terminal, arguments: tuple[str, ...]) -> None:
    assert ["desk"] == [each["name"] for each in latido(*arguments).json["plugins"]]


def test_project_is_found_from_elsewhere(project: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert 3 == project("check", "--config").code
    assert 0 == project("check", "--config", "--project", "..").code


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["snyc"], "There is no command latido snyc. Did you mean latido sync?\n  See all: latido --help\n"),
        (["sync", "--ful"], "There is no option --ful. Did you mean --full?\n  See: latido sync --help\n"),
        (["db", "bakup"], "There is no command latido db bakup. Did you mean latido db backup?\n  See all: latido db"),
        (["plugins", "--format", "jsn"], "--format knows no jsn. Did you mean json?\n  It takes: table, json, csv\n"),
        (["plugins", "--lang", "fr"], "--lang knows no fr.\n  It takes: en, es\n"),
        (["plugins", "--log-format", "xml"], "--log-format knows no xml.\n  It takes: text, json\n"),
        (["plugins", "--format"], "--format needs a value.\n"),
        (["explain"], "ID is missing.\n  See: latido explain --help\n"),
        (["login"], "SOURCE is missing.\n  See: latido login --help\n"),
        (["sync", "--since", "soon"], "--since: soon is no date.\n  Write it as 2026-01-31.\n"),
        (["sync", "--timeout", "soon"], "--timeout: soon is no duration.\n  Write it as 90s, 10m or 2h.\n"),
    ],
)
def test_wrong_usage_is_one_sentence_and_the_next_command(
    latido: Terminal, arguments: list[str], sentence: str
) -> None:
    said = latido(*arguments)

    assert 2 == said.code
    assert said.err.startswith(sentence)
    assert "" == said.out


def test_wrong_usage_is_spanish_too(latido: Terminal) -> None:
    said = latido("snyc", "--lang", "es")

    assert "No existe el comando latido snyc. ¿Querías decir latido sync?\n  Míralos todos: latido --help\n" == said.err


@pytest.mark.parametrize(
    ("environ", "toml", "spoken"),
    [
        ({}, "", "There is"),
        ({"LANG": "es_ES.UTF-8"}, "", "No existe"),
        ({"LANG": "es_ES.UTF-8", "LC_ALL": "C"}, "", "There is"),
        ({"LANG": "es_ES.UTF-8"}, '[latido]\nlanguage = "en"', "There is"),
        ({}, '[latido]\nlanguage = "es"', "No existe"),
        ({"LATIDO__LANGUAGE": "en"}, '[latido]\nlanguage = "es"', "There is"),
    ],
)
def test_language_is_the_environments_the_projects_or_the_locales(
    latido: Terminal, environ: dict[str, str], toml: str, spoken: str
) -> None:
    latido.write(toml)
    latido.environ = environ

    assert latido("snyc").err.startswith(spoken)


def test_folder_without_project_says_how_to_start(latido: Terminal) -> None:
    said = latido("status")

    assert 3 == said.code
    assert "There is no latido.toml in" in said.err
    assert "latido init" in said.err


def test_misspelt_key_names_file_line_and_the_nearest(latido: Terminal) -> None:
    latido.write('[latido]\ntimezon = "UTC"')

    said = latido("sync")

    assert 3 == said.code
    assert (
        "latido.toml, line 2: [latido] has no timezon. Did you mean timezone?\n  Correct it, then run: latido check\n"
        == said.err
    )


def test_misspelt_key_is_told_in_the_projects_language(latido: Terminal) -> None:
    latido.write('[latido]\nlanguage = "es"\ntimezon = "UTC"')

    assert "latido.toml, línea 3: [latido] no tiene timezon. ¿Querías decir timezone?" in latido("sync").err


def test_source_that_does_not_exist_suggests_the_nearest(project: Terminal) -> None:
    said = project("sync", "suport")

    assert 2 == said.code
    assert said.err.startswith("There is no source suport. Did you mean support?\n")


def test_wrong_hour_of_a_schedule_ends_with_3(latido: Terminal) -> None:
    latido.write('[schedules.desk]\nmonday = ["9-25"]')

    said = latido("status")

    assert 3 == said.code
    assert "latido.toml, line 2: monday: 9-25 are no opening hours. Write them as 09:00-18:00.\n" in said.err


def test_errors_are_json_lines_when_logs_are(latido: Terminal) -> None:
    said = latido("status", "--log-format", "json")

    line = json.loads(said.err)
    assert ("error", 3) == (line["level"], line["exit_code"])
    assert "There is no latido.toml" in line["message"]
    assert "latido init" in line["hint"]


def test_unexpected_error_is_one_sentence_and_a_log_without_secrets(
    project: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: object) -> None:
        del self
        raise RuntimeError("the token is opensesame")

    monkeypatch.setattr(project.connectors[0], "check", broken)

    said = project("check")

    assert 1 == said.code
    assert said.err.startswith("Something unexpected happened: RuntimeError.\n  The details are in .latido/last-error")
    log = (project.folder / ".latido" / "last-error.log").read_text(encoding="utf-8")
    assert "RuntimeError: the token is ***" in log
    assert "opensesame" not in log + said.err


def test_unexpected_error_outside_a_project_is_logged_at_home(
    latido: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise RuntimeError

    (latido.folder / "home").mkdir()
    monkeypatch.setattr(latido, "installed", broken)

    said = latido("plugins")

    assert 1 == said.code
    assert (latido.folder / "home" / ".latido" / "last-error.log").is_file()
    assert not (latido.folder / ".latido").exists()


def test_reader_who_goes_away_hears_no_complaint(project: Terminal) -> None:
    """As `latido plugins | head -0` does."""
    code = "from latido.cli import main; raise SystemExit(main(['check', '--config', '--format', 'csv']))"
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()

    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


def test_rows_are_the_same_in_every_format(synced: Terminal) -> None:
    as_json = synced("status", "--format", "json").json["sources"]
    as_csv = list(csv.DictReader(io.StringIO(synced("status", "--format", "csv").out)))
    as_table = synced("status").out

    assert ["support"] == [row["source"] for row in as_json] == [row["source"] for row in as_csv]
    assert "support" in as_table


def test_quiet_says_nothing_but_what_is_asked_for(project: Terminal) -> None:
    assert "" == project("sync", "--quiet").err


def test_folder_that_may_not_be_written_is_named(project: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path, *_mode: object, **_options: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr("pathlib.Path.mkdir", refused)

    said = project("sync")

    assert 3 == said.code
    assert ".latido/locks may not be used: Read-only file system.\n  Look who may read" in said.err
