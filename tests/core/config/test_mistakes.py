"""Every mistake is one sentence: the place, the key, what was expected, and the nearest right one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from latido.config import Project
from latido.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from latido.plugins import Plugins
    from tests.core.config.conftest import Loading

SOURCE = '[sources.support]\nconnector = "desk"\nsubdomain = "acme"\n'


@pytest.mark.parametrize(
    ("toml", "sentence"),
    [
        ('[latido]\ntimezon = "UTC"', "latido.toml, line 2: [latido] has no timezon. Did you mean timezone?"),
        (
            '[latido]\ntimezone = "Europe/Madird"',
            "latido.toml, line 2: timezone: there is no time zone Europe/Madird. Did you mean Europe/Madrid?",
        ),
        (
            '[latido]\ntimezone = "?"',
            "latido.toml, line 2: timezone: there is no time zone ?. Write it as Europe/Madrid or UTC.",
        ),
        (
            "[latido]\ntimezone = 3",
            "latido.toml, line 2: timezone: there is no time zone 3. Write it as Europe/Madrid or UTC.",
        ),
        (
            '[latido]\ncurrency = "EURO"',
            "latido.toml, line 2: currency: there is no currency EURO. Did you mean EUR?",
        ),
        ('[latido]\nlanguage = "fr"', "latido.toml, line 2: language must be one of es, en, not fr."),
        ('[latido]\nthreads = "two"', "latido.toml, line 2: threads must be a whole number, not two."),
        ("[latido]\nthreads = 0", "latido.toml, line 2: threads must be at least 1, not 0."),
        ('[latido]\ndemo = "perhaps"', "latido.toml, line 2: demo must be true or false, not perhaps."),
        (
            '[latido]\nmemory_limit = "much"',
            "latido.toml, line 2: memory_limit: much is no size. Write it as 512MB or 2GB.",
        ),
        ("latido = 3", "latido.toml, line 1: latido is a section, not a value."),
        ("[source.support]\nx = 1", "latido.toml, line 2: there is no section source. Did you mean sources?"),
        ('[sources]\nsupport = "desk"', "latido.toml, line 2: sources.support is a section, not a value."),
        ('[sources.support]\nsubdomain = "acme"', "latido.toml, line 2: [sources.support] says no connector."),
        ("[sources.support]", "latido.toml, line 1: [sources.support] says no connector."),
        (
            '[sources."a b"]\nconnector = "desk"',
            "latido.toml, line 2: a b cannot be a name. Use letters, digits, hyphens and underscores.",
        ),
        ("[metrics]\ngross_margin = 80", "latido.toml, line 2: gross_margin must be at most 1, not 80."),
        (
            "[metrics.health]\ncoverag = 0.6",
            "latido.toml, line 2: [metrics.health] has no coverag. Did you mean coverage?",
        ),
        ("[metrics.health]\nnps = 25", "latido.toml, line 2: health.nps must be at most 1, not 25."),
        ('[latido]\npublish = "latido.duckdb"', "latido.toml, line 2: publish is the warehouse itself."),
        ('[metrics]\nfx = "ebc"', "latido.toml, line 2: fx names no source ebc. Did you mean ecb?"),
        ("[metrics]\nfiscal_year_start = 13", "latido.toml, line 2: fiscal_year_start must be at most 12, not 13."),
        (
            SOURCE + "\n" + SOURCE,
            "latido.toml, line 5: the section [sources.support] stands twice.",
        ),
        (
            SOURCE + SOURCE.replace("support", "Support"),
            "latido.toml, line 5: Support is the same name as support, but for case or hyphens.",
        ),
        ('[latido]\ncurrency = "EUR"\ncurrency = "USD"', "latido.toml, line 3: this key stands twice in its section."),
        ("[latido]\ncurrency = EUR", "latido.toml, line 2: this is not valid TOML (Invalid value)."),
        ("[latido]\ncurrency =", "latido.toml, line 2: this is not valid TOML (Invalid value)."),
    ],
)
def test_mistake_in_the_file_is_one_sentence(load: Loading, toml: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(toml)

    assert sentence == str(caught.value)
    assert caught.value.hint is not None


def test_schedule_cannot_be_called_what_means_none(load: Loading) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load("[schedules.none]\nmonday = ['09:00-14:00']")

    said = str(caught.value)
    assert "latido.toml, line 2: a schedule cannot be called none, which means: without one." == said


@pytest.mark.parametrize(
    ("hours", "problem"),
    [
        ('"9-25"', "9-25 are no opening hours. Write them as 09:00-18:00."),
        ('"09:00-25:00"', "25:00 is no time of day: it goes from 00:00 to 24:00."),
        ('"09:60-18:00"', "09:60 is no time of day: it goes from 00:00 to 24:00."),
        (
            '"22:00-06:00"',
            "22:00-06:00 ends before it starts. Hours over midnight are two: until 24:00, and from 00:00.",
        ),
        ("9", "9 are no opening hours. Write them as 09:00-18:00."),
    ],
)
def test_wrong_hour_of_a_schedule_says_how_to_write_it(load: Loading, hours: str, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(f"[schedules.desk]\nmonday = [{hours}]")

    assert f"latido.toml, line 2: monday: {problem}" == str(caught.value)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('subdomian = "x"', "latido.toml, line 4: [sources.support] has no subdomian. Did you mean subdomain?"),
        ('pages = "many"', "latido.toml, line 4: pages must be a whole number, not many."),
        ("rate_share = 2", "latido.toml, line 4: rate_share must be at most 1, not 2."),
        ('start_date = "soon"', "latido.toml, line 4: start_date must be a date such as 2026-01-31, not soon."),
        ('sweep_every = "often"', "latido.toml, line 4: sweep_every must be a duration such as 24h, not often."),
        ('streams = "tickets"', 'latido.toml, line 4: streams must be a list such as ["a", "b"], not tickets.'),
        (
            '[sources.support.fields.tikets]\npriority = "x"',
            "latido.toml, line 5: [sources.support.fields] has no tikets. Did you mean tickets?",
        ),
        (
            '[sources.support.fields.tickets]\npriorty = "x"',
            "latido.toml, line 5: [sources.support.fields.tickets] has no priorty. Did you mean priority?",
        ),
    ],
)
def test_mistake_of_a_source_is_one_sentence(load: Loading, installed: Plugins, line: str, sentence: str) -> None:
    project = load(SOURCE + line)

    with pytest.raises(ConfigurationError) as caught:
        project.sources["support"].settings(installed)

    assert sentence == str(caught.value)


def test_missing_setting_is_named(load: Loading, installed: Plugins) -> None:
    project = load('[sources.support]\nconnector = "desk"')

    with pytest.raises(ConfigurationError, match=r"^latido.toml, line 2: \[sources.support\] says no subdomain\.$"):
        project.sources["support"].settings(installed)


@pytest.mark.parametrize(
    ("name", "sentence", "hint"),
    [
        ("hubspot", "There is no connector hubspot installed.", "Install it: pip install latido-hubspot"),
        # What is probably misspelt may be a stranger's package.
        ("dekk", "There is no connector dekk installed. Did you mean desk?", "See what is installed: latido plugins"),
    ],
)
def test_unknown_connector_says_what_to_do(
    load: Loading, installed: Plugins, name: str, sentence: str, hint: str
) -> None:
    project = load(f'[sources.support]\nconnector = "{name}"')

    with pytest.raises(ConfigurationError) as caught:
        project.sources["support"].settings(installed)

    assert (sentence, hint) == (str(caught.value), str(caught.value.hint))


def test_misspelt_source_in_a_variable_is_named(load: Loading) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(SOURCE, environ={"LATIDO__SOURCES__SUPPROT__SUBDOMAIN": "x"})

    assert "Environment variable LATIDO__SOURCES__SUPPROT__SUBDOMAIN: [sources.supprot] says no connector." == str(
        caught.value
    )


def test_broken_line_of_dotenv_is_named(load: Loading) -> None:
    with pytest.raises(ConfigurationError, match=r"^\.env, line 3: this is not NAME=value\.$"):
        load(SOURCE, dotenv="A=1\n\nthis is = not = one\n")


def test_dotenv_in_another_encoding_is_refused(load: Loading, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("A=año\n".encode("latin-1"))

    with pytest.raises(ConfigurationError, match=r"^\.env cannot be read: UnicodeDecodeError\.$"):
        load(SOURCE)


def test_folder_without_a_project_says_how_to_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"There is no latido\.toml in") as caught:
        Project.load(tmp_path)

    assert "Start a project: latido init. To look around first: latido demo" == str(caught.value.hint)


def test_source_that_does_not_exist_suggests_the_nearest(load: Loading) -> None:
    with pytest.raises(UsageError, match=r"^There is no source suport\. Did you mean support\?$"):
        load(SOURCE).chosen(["suport"])


def test_project_without_sources_says_how_to_add_one(load: Loading) -> None:
    with pytest.raises(ConfigurationError, match=r"latido\.toml has no source"):
        load("").chosen()


def test_file_in_another_encoding_is_refused(load: Loading, tmp_path: Path) -> None:
    load("")
    (tmp_path / "latido.toml").write_bytes("# año\n".encode("latin-1"))

    with pytest.raises(ConfigurationError, match="not UTF-8"):
        Project.load(tmp_path)
