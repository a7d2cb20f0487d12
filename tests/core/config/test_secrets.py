"""Secrets stand by reference, and nothing that is printed holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.connect import redacted
from latido.errors import ConfigurationError
from tests.core.config.conftest import DeskSettings

if TYPE_CHECKING:
    from pathlib import Path

    from latido.config import Project
    from latido.plugins import Plugins
    from tests.core.config.conftest import Loading

SOURCE = '[sources.support]\nconnector = "desk"\nsubdomain = "acme"\n'


def secret_of(project: Project, installed: Plugins) -> str:
    settings = project.sources["support"].settings(installed)
    assert isinstance(settings, DeskSettings)
    assert settings.client_secret is not None
    return settings.client_secret.get_secret_value()


def test_environment_goes_before_dotenv(load: Loading, installed: Plugins) -> None:
    toml = SOURCE + 'client_secret = "env:DESK_SECRET"'
    dotenv = "DESK_SECRET='of the file'\n"

    assert "of the file" == secret_of(load(toml, dotenv=dotenv), installed)
    assert "of the shell" == secret_of(load(toml, dotenv=dotenv, environ={"DESK_SECRET": "of the shell"}), installed)


def test_file_is_read_without_its_line_break(load: Loading, installed: Plugins, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("s3cret\n", encoding="utf-8")

    assert "s3cret" == secret_of(load(SOURCE + 'client_secret = "file:secret.txt"'), installed)


def test_any_setting_may_refer_to_a_variable(load: Loading, installed: Plugins) -> None:
    toml = SOURCE + 'client_id = "env:DESK_CLIENT"'

    settings = load(toml, environ={"DESK_CLIENT": "latido"}).sources["support"].settings(installed)

    assert isinstance(settings, DeskSettings)
    assert "latido" == settings.client_id


def test_address_that_begins_with_file_is_no_reference(load: Loading, installed: Plugins) -> None:
    settings = load(SOURCE + 'client_id = "file:///srv/x"').sources["support"].settings(installed)

    assert isinstance(settings, DeskSettings)
    assert "file:///srv/x" == settings.client_id


def test_missing_variable_is_named(load: Loading, installed: Plugins) -> None:
    project = load(SOURCE + 'client_secret = "env:DESK_SECRET"')

    with pytest.raises(ConfigurationError) as caught:
        project.sources["support"].settings(installed)

    assert "support: the variable DESK_SECRET is not set." == str(caught.value)
    assert "Set it in the environment or in .env, then run: latido check support" == str(caught.value.hint)


def test_missing_file_is_named(load: Loading, installed: Plugins) -> None:
    project = load(SOURCE + 'client_secret = "file:secret.txt"')

    with pytest.raises(ConfigurationError, match=r"support: the file secret\.txt cannot be read: No such file"):
        project.sources["support"].settings(installed)


def test_secret_in_clear_is_refused_with_the_right_way(load: Loading, installed: Plugins) -> None:
    project = load(SOURCE + 'client_secret = "s3cret"')

    with pytest.raises(ConfigurationError) as caught:
        project.sources["support"].settings(installed)

    assert "latido.toml, line 4: client_secret is a secret and may not stand here in clear." == str(caught.value)
    assert 'Write client_secret = "env:SUPPORT_CLIENT_SECRET" and put SUPPORT_CLIENT_SECRET=… into .env' == str(
        caught.value.hint
    )
    assert "s3cret" not in f"{caught.value}{caught.value.hint}"


def test_wrong_type_of_a_secret_does_not_show_it(load: Loading, installed: Plugins) -> None:
    project = load(SOURCE, environ={"LATIDO__SOURCES__SUPPORT__CLIENT_SECRET": '["s3cret"]'})

    with pytest.raises(ConfigurationError) as caught:
        project.sources["support"].settings(installed)

    assert "Environment variable LATIDO__SOURCES__SUPPORT__CLIENT_SECRET: client_secret must be text in quotes." == str(
        caught.value
    )


def test_wrong_value_that_was_referred_to_is_not_shown(load: Loading, installed: Plugins) -> None:
    """Whoever refers to something may have a reason."""
    project = load(SOURCE + 'pages = "env:DESK_PAGES"', environ={"DESK_PAGES": "s3cret"})

    with pytest.raises(ConfigurationError) as caught:
        project.sources["support"].settings(installed)

    assert "latido.toml, line 4: pages must be a whole number." == str(caught.value)


def test_figures_can_be_read_without_the_secret(load: Loading) -> None:
    """Whoever looks at numbers need not be able to sync."""
    assert ["support"] == list(load(SOURCE + 'client_secret = "env:DESK_SECRET"').sources)


def test_secret_that_was_looked_up_stays_out_of_messages(load: Loading, installed: Plugins) -> None:
    load(SOURCE + 'client_secret = "env:DESK_SECRET"', environ={"DESK_SECRET": "opensesame"}).sources[
        "support"
    ].settings(installed)

    assert "the word is ***" == redacted("the word is opensesame")
