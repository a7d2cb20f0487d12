"""What is said of a database that cannot be opened, and what never is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from latido.config import Project
from latido.connect import Finding, Runtime, redacted
from latido.errors import ConfigurationError
from latido.plugins import plugin_manager
from latido_files.connector import Files

if TYPE_CHECKING:
    from pathlib import Path

QUERIES = {"marketing_spend": "select * from spend"}
SECRET = "s3cr3t p@ss"
QUOTED = "s3cr3t%20p%40ss"


def files(url: str, folder: Path) -> Files:
    settings = Files.Settings.model_validate({"connector": "files", "url": url, "queries": QUERIES})
    return Files(settings, Runtime("shop", folder=folder / ".latido"))


def troubles(url: str, folder: Path) -> list[Finding]:
    return [each for each in files(url, folder).check() if each.wrong]


@pytest.mark.parametrize(
    ("url", "driver", "fix"),
    [
        ("postgresql+psycopg2://ana:secret-word@db/shop", "psycopg2", "pip install 'psycopg[binary]'"),
        (
            "mysql://ana:secret-word@db/shop",
            "MySQLdb",
            "pip install 'pymysql', and let url begin with mysql+pymysql://",
        ),
        ("mssql+pymssql://ana:secret-word@db/shop", "pymssql", "pip install pymssql"),
        ("snowflake://ana:secret-word@account/shop", "snowflake", "pip install snowflake-sqlalchemy"),
        ("oddbase://ana:secret-word@db/shop", "oddbase", "Install SQLAlchemy's dialect for oddbase."),
    ],
)
def test_a_driver_that_is_missing_is_named_with_what_to_install(
    url: str, driver: str, fix: str, tmp_path: Path
) -> None:
    (trouble, *_more) = troubles(url, tmp_path)

    assert ("setting", f"shop: the driver {driver} is not installed.") == (trouble.wrong, str(trouble.text))
    assert fix in str(trouble.fix)


@pytest.mark.parametrize("url", ["shop.db", "", "postgresql://db:port/shop", "://"])
def test_what_is_no_address_is_said_to_be_none(url: str, tmp_path: Path) -> None:
    (trouble, *_more) = troubles(url, tmp_path)

    assert ("setting", "shop: url is no address of a database.") == (trouble.wrong, str(trouble.text))


def test_the_password_of_an_address_shows_nowhere(tmp_path: Path) -> None:
    database = files(f"sqlite://ana:{QUOTED}@host/shop.db", tmp_path).database

    shown = [redacted(f"could not sign in with {each}") for each in (SECRET, QUOTED)]

    assert ["could not sign in with ***"] * 2 == shown
    assert SECRET not in database.name
    assert QUOTED not in database.name


def project(folder: Path, url: str) -> Project:
    said = f'[sources.shop]\nconnector = "files"\nurl = "{url}"\n[sources.shop.queries]\nmarketing_spend = "select 1"\n'
    (folder / "latido.toml").write_text(said)
    return Project.load(folder, {"SHOP_URL": f"postgresql+psycopg://ana:{QUOTED}@db/shop"})


def settings(project: Project) -> Any:
    (config,) = project.chosen([])
    return config.settings(plugin_manager())


def test_an_address_with_a_password_may_not_stand_in_latido_toml(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        settings(project(tmp_path, f"postgresql+psycopg://ana:{QUOTED}@db/shop"))

    assert "latido.toml, line 3: url is a secret and may not stand here in clear." == str(caught.value)
    assert 'Write url = "env:SHOP_URL" and put SHOP_URL=… into .env' == str(caught.value.hint)


@pytest.mark.parametrize("url", ["sqlite:///shop.db", "postgresql+psycopg://reader@db/shop?sslmode=require"])
def test_an_address_without_a_password_may(url: str, tmp_path: Path) -> None:
    assert url == settings(project(tmp_path, url)).url.get_secret_value()


def test_an_address_may_stand_in_the_environment(tmp_path: Path) -> None:
    ours = project(tmp_path, "env:SHOP_URL")

    assert f"postgresql+psycopg://ana:{QUOTED}@db/shop" == settings(ours).url.get_secret_value()
    assert "env:SHOP_URL" in {each.value for each in ours.shown(plugin_manager(), [])}


@pytest.mark.parametrize(
    "url", ["postgresql://db/shop?password=secret-word", "mssql+pyodbc:///?odbc_connect=UID%3Dana%3BPWD%3Dsecret-word"]
)
def test_a_password_among_the_parameters_is_one_too(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="url is a secret"):
        settings(project(tmp_path, url))
