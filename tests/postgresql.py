"""A PostgreSQL of a test's own: made in a temporary folder, reached by a socket there, and ended with it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pg8000.native

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "latido"
SOCKET = ".s.PGSQL.5432"
QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=''"


@contextmanager
def postgresql() -> Iterator[pg8000.native.Connection]:
    """Yield a connection to an empty database, in UTC, that orders texts by their bytes."""
    with TemporaryDirectory(prefix="pg") as name:
        folder = Path(name)
        _give_away(folder)
        data, log = folder / "data", folder / "log"
        _run("initdb", "-D", data, "-U", NAME, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", cwd=folder)
        _run("pg_ctl", "-D", data, "-l", log, "-w", "-o", f"-k {folder} {QUICK}", "start", cwd=folder)
        try:
            socket = str(folder / SOCKET)
            with closing(pg8000.native.Connection(NAME, database="postgres", unix_sock=socket)) as connection:
                connection.run("SET timezone = 'UTC'")
                yield connection
        finally:
            _run("pg_ctl", "-D", data, "-m", "immediate", "stop", cwd=folder)


def _run(program: str, *arguments: str | Path, cwd: Path) -> None:
    user = _nobody() if os.geteuid() == 0 else None
    command = [str(_programs() / program), *map(str, arguments)]
    # What it prints goes to a file: the server keeps what it was started with open.
    with (cwd / f"{program}.out").open("w+") as said:
        done = subprocess.run(command, cwd=cwd, user=user, stdout=said, stderr=said, check=False)
        said.seek(0)
        assert 0 == done.returncode, said.read()


def _give_away(folder: Path) -> None:
    """Let the server have *folder*: PostgreSQL refuses to be run by root."""
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam(_nobody()).pw_uid, -1)


def _nobody() -> str:
    """Return who runs a server where the tests are run by root."""
    return next(name for name in ("postgres", "nobody") if any(name == each.pw_name for each in pwd.getpwall()))


def _programs() -> Path:
    """Return the folder of PostgreSQL's programs; Debian keeps them off the path."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: float(each.parents[1].name))
    found = shutil.which("initdb") or (installed[-1] if installed else None)
    assert found, (
        "PostgreSQL is not installed. On Debian: apt-get install postgresql. On a Mac: brew install postgresql"
    )
    return Path(found).resolve().parent
