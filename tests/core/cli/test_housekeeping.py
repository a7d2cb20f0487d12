"""`init`, `login`, `check`, `fields`, `plugins`, `db` and `forget`."""

from __future__ import annotations

import stat
import tomllib
from typing import TYPE_CHECKING

import pytest

from latido.connect import Finding
from latido.errors import VendorUnavailable
from latido.messages import marker
from latido.plugins import Plugins, hookimpl, plugin_manager
from tests.core.cli.conftest import TOML, Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from tests.core.cli.conftest import Terminal

_ = marker("latido")


@pytest.fixture
def desk(latido: Terminal) -> type[Desk]:
    """Return a connector of this test's own, to be changed."""
    own: type[Desk] = type("OwnDesk", (Desk,), {})
    latido.connectors = [own]
    return own


# --- init


def test_init_with_a_source_asks_nothing(latido: Terminal) -> None:
    said = latido("init", "--source", "support=desk", "--timezone", "Europe/Madrid")

    written = tomllib.loads((latido.folder / "latido.toml").read_text(encoding="utf-8"))
    assert 0 == said.code
    assert {"connector": "desk", "team": "", "token": "env:SUPPORT_TOKEN"} == written["sources"]["support"]
    assert "Europe/Madrid" == written["latido"]["timezone"]
    assert "SUPPORT_TOKEN=\n" == (latido.folder / ".env.example").read_text(encoding="utf-8")
    assert ".env" in (latido.folder / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not (latido.folder / ".env").exists()


def test_init_asks_in_the_language_that_is_chosen_first(latido: Terminal) -> None:
    said = latido("init", answers="es\nAmerica/Lima\nPEN\ndesk\nayuda\nnorte\n\n")

    text = (latido.folder / "latido.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)
    assert 0 == said.code
    assert "Language (es, en)? [en] ¿Zona horaria de tus cifras?" in said.err
    assert ("America/Lima", "PEN", "es") == tuple(
        written["latido"][key] for key in ("timezone", "currency", "language")
    )
    assert {"connector": "desk", "team": "norte", "token": "env:AYUDA_TOKEN"} == written["sources"]["ayuda"]
    assert "# Los periodos empiezan y acaban a medianoche aquí." in text


def test_init_asks_again_for_what_does_not_exist(latido: Terminal) -> None:
    said = latido("init", answers="fr\nen\nEurope/Madird\nEurope/Madrid\nEURO\nEUR\ndekk\ndesk\nhelp\nall\n\n")

    assert 0 == said.code
    assert "--lang knows no fr." in said.err
    assert "Did you mean desk?" in said.err
    assert "[sources.help]" in (latido.folder / "latido.toml").read_text(encoding="utf-8")
    assert "Did you mean Europe/Madrid?" in said.err
    assert "Did you mean EUR?" in said.err


@pytest.mark.parametrize("source", [(), ("--source", "desk")])
def test_init_does_not_overwrite_nor_ask_in_vain(project: Terminal, source: tuple[str, ...]) -> None:
    said = project("init", *source)

    assert 2 == said.code
    assert "latido.toml exists already.\n  To see what it says, run: latido check --config\n" == said.err
    assert TOML == (project.folder / "latido.toml").read_text(encoding="utf-8")


def test_init_keeps_what_git_ignores_already(latido: Terminal) -> None:
    (latido.folder / ".gitignore").write_text("build/\n.env", encoding="utf-8")

    latido("init", "--source", "desk")

    ignored = (latido.folder / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ["build/", ".env", ".latido/", "*.duckdb", "*.duckdb.wal"] == ignored


def test_init_of_a_connector_that_is_not_installed(latido: Terminal) -> None:
    said = latido("init", "--source", "dekk")

    assert 3 == said.code
    assert (
        "There is no connector dekk installed. Did you mean desk?\n  See what is installed: latido plugins" in said.err
    )
    assert not (latido.folder / "latido.toml").exists()


def test_init_with_nobody_to_answer(latido: Terminal) -> None:
    said = latido("init")

    assert 2 == said.code
    assert said.err.endswith("Nobody is here to answer.\n  Give the answers as options; see: latido --help\n")


def test_init_with_a_zone_that_does_not_exist_writes_nothing(latido: Terminal) -> None:
    said = latido("init", "--source", "desk", "--timezone", "Europe/Madird")

    assert 3 == said.code
    assert "there is no time zone Europe/Madird. Did you mean Europe/Madrid?" in said.err
    assert not (latido.folder / "latido.toml").exists()


def test_init_with_two_sources_of_one_name_writes_nothing(latido: Terminal) -> None:
    said = latido("init", "--source", "desk", "--source", "Desk=desk")

    assert 3 == said.code
    assert "Two sources are called Desk.\n  Give each a name of its own: --source one=desk --source " in said.err
    assert not (latido.folder / "latido.toml").exists()


def test_init_asks_again_for_the_second_source_of_one_name(latido: Terminal) -> None:
    said = latido("init", answers="en\nUTC\nEUR\ndesk\nhelp\nall\ndesk\nhelp\nall\n\n")

    assert 0 == said.code
    assert "Two sources are called help." in said.err
    assert 1 == (latido.folder / "latido.toml").read_text(encoding="utf-8").count('connector = "desk"')


# --- check, login


@pytest.mark.parametrize(
    ("wrong", "code"),
    [(None, 0), ("warning", 0), ("outage", 6), ("credential", 4), ("setting", 3)],
)
def test_worst_finding_is_the_exit_code(project: Terminal, desk: type[Desk], wrong: str | None, code: int) -> None:
    desk.findings = [Finding(_("ok")), Finding(_("yes"), wrong, fix=_("no"))]  # type: ignore[arg-type]

    said = project("check", "--format", "json")

    assert code == said.code
    assert [("support", "ok", "ok", None), ("support", wrong or "ok", "yes", "no")] == [
        tuple(each[key] for key in ("source", "state", "text", "fix")) for each in said.json["findings"]
    ]


def test_mapped_field_that_the_vendor_does_not_have_is_a_warning(project: Terminal, desk: type[Desk]) -> None:
    fields = {"tickets": {"custom.360001": "text"}}
    desk.vendor_fields = lambda *_self: fields  # type: ignore[method-assign]
    project.write(f'{TOML}\n[sources.support.fields.tickets]\npriority = "custom.36001"\ntype = "custom.360001"\n')

    said = project("check", "--format", "json")

    (finding,) = said.json["findings"]
    assert (0, "warning") == (said.code, finding["state"])
    assert "tickets.priority: the vendor has no field custom.36001." == finding["text"]
    assert "See what it has: latido fields support tickets" == finding["fix"]


def test_vendor_that_cannot_be_reached_is_a_finding(
    project: Terminal, desk: type[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_self: Desk) -> Iterator[Finding]:
        raise VendorUnavailable("desk.example cannot be reached.", "Check the network")

    monkeypatch.setattr(desk, "check", unreachable)

    said = project("check", "--format", "json")

    assert 6 == said.code
    assert [("outage", "desk.example cannot be reached.", "Check the network")] == [
        (each["state"], each["text"], each["fix"]) for each in said.json["findings"]
    ]


def test_missing_secret_is_a_finding(project: Terminal) -> None:
    project.environ = {"DESK_TOKEN": ""}

    said = project("check")

    assert 3 == said.code
    assert "support: the variable DESK_TOKEN is not set." in said.out


def test_every_setting_is_shown_with_where_it_came_from(project: Terminal) -> None:
    project.environ = {"LATIDO__SOURCES__SUPPORT__TEAM": "north", "LATIDO__SOURCES__SUPPORT__TOKEN": "in clear"}

    said = project("check", "--config", "--lang", "en", "--format", "json")

    shown = {each["key"]: (each["value"], each["origin"]) for each in said.json["settings"]}
    assert ("Europe/Madrid", "latido.toml, line 2") == shown["latido.timezone"]
    assert ("en", "Option --lang") == shown["latido.language"]
    assert ("north", "Environment variable LATIDO__SOURCES__SUPPORT__TEAM") == shown["sources.support.team"]
    assert "••••••" == shown["sources.support.token"][0]
    assert "in clear" not in said.out


def test_login_is_the_connectors_business(project: Terminal, desk: type[Desk], monkeypatch: pytest.MonkeyPatch) -> None:
    logged_in: list[str] = []
    monkeypatch.setattr(desk, "login", lambda self: logged_in.append(self.runtime.source))

    said = project("login", "support")

    assert ["support"] == logged_in
    assert "support: logged in. To try it, run: latido check support\n" == said.err


def test_a_source_without_login_says_so(project: Terminal) -> None:
    said = project("login", "support")

    assert (0, "support needs no login. To try it, run: latido check support\n") == (said.code, said.err)


# --- fields, plugins


def test_a_source_that_fills_nothing_says_so(
    project: Terminal, desk: type[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "streams", lambda _: [])
    monkeypatch.setattr(desk, "vendor_fields", lambda _: {})

    said = project("fields", "support", "--format", "json")

    assert {"fields": []} == said.json
    assert "support fills no table. To see why, run: latido check support\n" == said.err


def test_fields_show_the_mapping_yours_and_what_nobody_maps(project: Terminal) -> None:
    project.write(TOML + '\n[sources.support.fields.tickets]\npriority = "urgency"\n')

    rows = project("fields", "support", "tickets", "--format", "json").json["fields"]

    found = {(row["field"], row["origin"], row["state"]) for row in rows}
    assert {("subject", "title", "default"), ("priority", "urgency", "yours"), (None, "mood", "unmapped")} <= found
    assert (None, "title", "unmapped") not in found


def test_fields_show_the_mapping_even_when_the_vendor_cannot_be_asked(
    project: Terminal, desk: type[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(_self: Desk) -> dict[str, dict[str, str]]:
        raise VendorUnavailable("desk.example cannot be reached.", "Check the network")

    monkeypatch.setattr(desk, "vendor_fields", unreachable)

    said = project("fields", "support", "--format", "json")

    assert {"tickets"} == {row["table"] for row in said.json["fields"]}
    assert "desk.example cannot be reached.\n  Check the network\n" == said.err


def test_fields_of_a_table_that_the_source_does_not_fill(project: Terminal) -> None:
    said = project("fields", "support", "tickts")

    assert 2 == said.code
    assert "There is no table tickts here. Did you mean tickets?\n  It fills: tickets\n" == said.err


def test_plugins_show_connectors_hooks_and_promises_that_cannot_be_kept(latido: Terminal) -> None:
    (plugin,) = latido("plugins", "--format", "json").json["plugins"]

    assert ("desk", ["desk"], ["latido_connectors"]) == (plugin["name"], plugin["connectors"], plugin["hooks"])
    assert {"exact_count": "the vendor counts every hour"} == plugin["undeliverable"]
    assert "desk cannot keep exact_count: the vendor counts every hour\n" in latido("plugins").out


def test_plugin_that_fails_is_named_and_does_not_stop_the_others(
    latido: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        @hookimpl
        def latido_connectors(self) -> list[type[Desk]]:
            raise ImportError("no module named vendor")

    class Sound:
        @hookimpl
        def latido_connectors(self) -> list[type[Desk]]:
            return [Desk]

    both = {"broken": Broken(), "sound": Sound()}
    monkeypatch.setattr(latido, "installed", lambda: plugin_manager(installed=[], in_memory=both))

    plugins = {each["name"]: each for each in latido("plugins", "--format", "json").json["plugins"]}

    assert ["desk"] == plugins["sound"]["connectors"]
    assert "no module named vendor" in latido("plugins").out


def test_plugin_adds_commands(latido: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    class Greeter:
        @hookimpl
        def latido_commands(self, app: typer.Typer) -> None:
            @app.command(help="Greet.")
            def greet() -> None:
                print("hello")

    def installed() -> Plugins:
        return plugin_manager(installed=[], in_memory={"greeter": Greeter()})

    monkeypatch.setattr(latido, "installed", installed)

    assert "hello\n" == latido("greet", "--quiet").out
    assert "greet" in latido("--help").out


# --- db, forget


def test_backup_is_a_copy_with_todays_date(synced: Terminal) -> None:
    said = synced("db", "backup")

    (copy,) = synced.folder.glob("latido-20*.duckdb")
    assert f"Copied to {copy}.\n" == said.err
    assert copy.stat().st_size > 0


def test_backup_does_not_overwrite(synced: Terminal) -> None:
    (synced.folder / "copy.duckdb").touch()

    said = synced("db", "backup", "copy.duckdb")

    assert 2 == said.code
    assert "copy.duckdb exists.\n  Choose another: latido db backup FILE\n" == said.err


def test_backup_of_nothing_says_what_to_run(project: Terminal) -> None:
    assert (3, "Nothing has been synced yet.\n  Run: latido sync\n") == (
        (said := project("db", "backup")).code,
        said.err,
    )


def test_upgrade_says_where_the_file_stands(synced: Terminal) -> None:
    assert synced("db", "upgrade").err.startswith("latido.duckdb is up to date (schema ")


def test_source_is_forgotten_once_it_was_agreed_to(synced: Terminal) -> None:
    declined = synced("db", "forget", "support", answers="n\n")
    agreed = synced("db", "forget", "support", "--format", "json", answers="y\n")

    assert (2, "Nothing was done.\n  Without a question: --yes\n") == (declined.code, declined.err.partition("] ")[2])
    assert {"erased": [{"table": "tickets", "rows": 2}]} == agreed.json
    assert "support is still in latido.toml" in agreed.err
    assert [] == synced("status", "--format", "json").json["sources"]


def test_nothing_is_erased_when_nobody_is_there_to_agree(synced: Terminal) -> None:
    said = synced("forget", "ana@acme.example")

    assert 2 == said.code
    assert said.err.endswith("Nobody is here to answer.\n  Without a question: --yes\n")


def test_source_that_was_never_read_is_not_asked_about(synced: Terminal) -> None:
    said = synced("db", "forget", "suport")

    assert (2, "Nothing was ever read from suport. Did you mean support?\n  See all: latido status\n") == (
        said.code,
        said.err,
    )


def test_person_is_forgotten(project: Terminal, desk: type[Desk]) -> None:
    desk.tickets = [{"id": 1, "title": "ana@acme.example asks"}]
    project("sync", "--quiet")

    said = project("forget", "Ana@acme.example", "--yes", "--format", "json")

    assert {"erased": [{"table": "tickets", "rows": 1}]} == said.json
    assert "Erase them at the vendor too, or the next full sync brings them back.\n" in said.err


def test_person_of_whom_nothing_is_stored(synced: Terminal) -> None:
    said = synced("forget", "ana@acme.example", "--yes")

    assert (0, "", "Nothing was stored of ana@acme.example.\n") == (said.code, said.out, said.err)


def test_what_is_no_address_is_not_erased(synced: Terminal) -> None:
    said = synced("forget", "support", "--yes")

    assert 2 == said.code
    assert "support is no e-mail address.\n  To forget a source: latido db forget SOURCE\n" == said.err


def test_tokens_folder_is_the_users_own(synced: Terminal) -> None:
    """What Latido keeps beside the warehouse is no one else's."""
    mode = (synced.folder / ".latido").stat().st_mode

    assert 0 == mode & stat.S_IWOTH
