"""A setting may stand in four places; the nearest to the person who types wins."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from latido.config import Project
from tests.core.config.conftest import DeskSettings

if TYPE_CHECKING:
    from latido.plugins import Plugins
    from tests.core.config.conftest import Loading

TOML = """
[latido]
timezone = "Europe/Madrid"

[sources.support]
connector = "desk"
subdomain = "acme"
client_secret = "env:DESK_SECRET"
"""


def test_flag_goes_before_environment_before_dotenv_before_file(load: Loading) -> None:
    """The order that operators rely on."""
    variable = {"LATIDO__LATIDO__TIMEZONE": "Europe/Paris"}
    dotenv = "LATIDO__LATIDO__TIMEZONE=Europe/Berlin\n"
    flag = {"latido.timezone": "Europe/Rome"}

    assert "Europe/Madrid" == load(TOML).time_zone.key
    assert "Europe/Berlin" == load(TOML, dotenv=dotenv).time_zone.key
    assert "Europe/Paris" == load(TOML, dotenv=dotenv, environ=variable).time_zone.key
    assert "Europe/Rome" == load(TOML, dotenv=dotenv, environ=variable, flags=flag).time_zone.key


@pytest.mark.parametrize(
    "name",
    [
        "LATIDO__SOURCES__SUPPORT__SUBDOMAIN",
        "latido__sources__support__subdomain",
        "Latido__Sources__Support__Subdomain",
    ],
)
def test_variables_know_no_case(load: Loading, installed: Plugins, name: str) -> None:
    project = load(TOML, environ={name: "other", "DESK_SECRET": "s3cret"})

    settings = project.sources["support"].settings(installed)

    assert isinstance(settings, DeskSettings)
    assert "other" == settings.subdomain


def test_variable_reaches_a_source_with_hyphen_and_capitals(load: Loading, installed: Plugins) -> None:
    """A shell can write neither."""
    toml = '[sources.Support-EU]\nconnector = "desk"\nsubdomain = "acme"'

    project = load(toml, environ={"LATIDO__SOURCES__SUPPORT_EU__PAGES": "7"})

    settings = project.sources["Support-EU"].settings(installed)
    assert isinstance(settings, DeskSettings)
    assert 7 == settings.pages


def test_variable_of_one_step_belongs_to_the_project(load: Loading) -> None:
    assert "USD" == load(TOML, environ={"LATIDO__CURRENCY": "USD"}).currency


def test_variable_holds_a_list_as_toml_writes_it(load: Loading, installed: Plugins) -> None:
    environ = {"LATIDO__SOURCES__SUPPORT__STREAMS": '["tickets", "users"]', "DESK_SECRET": "s3cret"}

    settings = load(TOML, environ=environ).sources["support"].settings(installed)

    assert ("tickets", "users") == settings.streams


def test_empty_variable_says_nothing(load: Loading) -> None:
    """Container tools pass variables on that nobody set."""
    assert "Europe/Madrid" == load(TOML, environ={"LATIDO__TIMEZONE": ""}).time_zone.key


def test_whole_source_may_come_from_the_environment(load: Loading, installed: Plugins) -> None:
    environ = {
        "LATIDO__SOURCES__SALES__CONNECTOR": "desk",
        "LATIDO__SOURCES__SALES__SUBDOMAIN": "acme",
        "LATIDO__SOURCES__SALES__CLIENT_SECRET": "in clear, where that is allowed",
    }

    settings = load("", environ=environ).sources["sales"].settings(installed)

    assert isinstance(settings, DeskSettings)
    assert settings.client_secret is not None
    assert "in clear, where that is allowed" == settings.client_secret.get_secret_value()


def test_durations_are_written_as_people_say_them(load: Loading, installed: Plugins) -> None:
    toml = '[sources.support]\nconnector = "desk"\nsubdomain = "acme"\nsweep_every = "12h"'

    assert timedelta(hours=12) == load(toml).sources["support"].settings(installed).sweep_every


def test_each_setting_remembers_where_it_came_from(load: Loading, installed: Plugins) -> None:
    project = load(
        TOML,
        environ={"LATIDO__SOURCES__SUPPORT__CLIENT_ID": "latido"},
        dotenv="\nLATIDO__SOURCES__SUPPORT__PAGES=9\n",
        flags={"latido.language": "es"},
    )

    shown = {each.key: (each.value, str(each.origin)) for each in project.shown(installed)}

    assert ("Europe/Madrid", "latido.toml, line 3") == shown["latido.timezone"]
    assert ("es", "Option --language") == shown["latido.language"]
    assert ("EUR", "by default") == shown["latido.currency"]
    assert ("acme", "latido.toml, line 7") == shown["sources.support.subdomain"]
    assert ("latido", "Environment variable LATIDO__SOURCES__SUPPORT__CLIENT_ID") == shown["sources.support.client_id"]
    assert ("9", "LATIDO__SOURCES__SUPPORT__PAGES in .env, line 2") == shown["sources.support.pages"]
    assert ("24h", "by default") == shown["sources.support.sweep_every"]


def test_reference_is_shown_and_a_secret_in_the_environment_is_masked(load: Loading, installed: Plugins) -> None:
    by_reference = {each.key: each.value for each in load(TOML).shown(installed)}
    environ = {"LATIDO__SOURCES__SUPPORT__CLIENT_SECRET": "s3cret"}
    in_clear = {each.key: each.value for each in load(TOML, environ=environ).shown(installed)}

    assert "env:DESK_SECRET" == by_reference["sources.support.client_secret"]
    assert "••••••" == in_clear["sources.support.client_secret"]


def test_paths_are_relative_to_the_project(load: Loading, tmp_path: Path) -> None:
    project = load('[latido]\nwarehouse = "data/w.duckdb"\npublish = "/srv/read.duckdb"')

    assert tmp_path / "data/w.duckdb" == project.warehouse_path
    assert "/srv/read.duckdb" == str(project.publish_path)


def test_a_folder_may_be_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made of it is found from anywhere, and is not looked for below itself."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "latido.toml").touch()
    monkeypatch.chdir(tmp_path)

    assert tmp_path / "shop" / "latido.duckdb" == Project.load(Path("shop")).warehouse_path


def test_a_path_begins_at_the_folder_of_the_project(load: Loading, installed: Plugins, tmp_path: Path) -> None:
    """Whatever folder cron runs it in."""
    toml = '[sources.desk]\nconnector = "desk"\nsubdomain = "acme"\nattachments = "{}"\n'

    for written, found in (("mails/new", tmp_path / "mails/new"), ("/var/mails", Path("/var/mails"))):
        settings = load(toml.format(written)).sources["desk"].settings(installed)

        assert isinstance(settings, DeskSettings)
        assert found == settings.attachments
