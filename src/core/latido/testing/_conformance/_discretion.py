"""The promise that a secret stays one."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, SecretStr

from latido.testing._conformance._promise import Broken
from latido.testing._sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from latido.testing._conformance._bench import Bench
    from latido.testing._conformance._laboratory import Laboratory
    from latido.testing._conformance._place import Place, Reading

SHORTEST = 6
"""A shorter text is no secret: it would be found by chance."""

KEPT_IN = "tokens.json"
TROUBLES: tuple[dict[str, Any], ...] = (
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 403},
    {"kind": "status", "status": 400},
    {"kind": "html"},
    {"kind": "truncate"},
)


def secrets_never_show(lab: Laboratory, _all: str) -> None:
    """No message, log line or file holds a secret, in a run that goes well and in those that fail."""
    bench = lab.quiet
    place = bench.place()
    with listening() as log:
        told = [text for reading in readings(bench, place, lab.streams) for text in spoken(reading)]
    secrets = secrets_of(bench)
    check_texts(secrets, "a message", told)
    check_texts(secrets, "the log", log)
    check_files(secrets, bench.folder)


def readings(bench: Bench, place: Place, streams: Iterable[str]) -> Iterator[Reading]:
    """Yield a run that goes well, one with wrong secrets, and some that fail."""
    yield place.sync(*streams)
    yield bench.place().sync(*streams, settings=mistakes(bench))
    for trouble in TROUBLES if isinstance(bench.sandbox, Sandbox) else ():
        bench.server.switches.faults = []
        bench.server.fail(times=None, after=2, **trouble)
        yield place.sync(*streams)


def mistaken(secret: str) -> str:
    """Return a wrong secret of the same shape."""
    secret = secret.rstrip("/")
    last = last_part(secret)
    return f"{secret.removesuffix(last)}{last[::-1]}-mistaken"


def last_part(secret: str) -> str:
    """Return what is secret in *secret*: in a web address, the last part of its path."""
    return secret.rstrip("/").rpartition("/")[2] if secret.startswith(("http://", "https://")) else secret


def spoken(reading: Reading) -> list[str]:
    """Return all that a run says to its user."""
    return [*reading.problems, *reading.watch.warnings, *map(repr, reading.receipts.values())]


@contextmanager
def listening() -> Iterator[list[str]]:
    """Yield what is logged, down to the least important, while the block lasts."""
    root, log = logging.getLogger(), Listener()
    level = root.level
    root.addHandler(log)
    root.setLevel(logging.DEBUG)
    try:
        yield log.lines
    finally:
        root.setLevel(level)
        root.removeHandler(log)


class Listener(logging.Handler):
    """Keeps what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def secrets_of(bench: Bench) -> set[str]:
    """Return the secrets in the settings, mistaken or not, and the credentials that the vendor was shown."""
    said = set(secrets_in(bench.subject.said(bench.sandbox)))
    shown = bench.sandbox.shown if isinstance(bench.sandbox, Sandbox) else ()
    tokens = {each.partition(" ")[2] or each for each in shown}
    whole = {*said, *map(mistaken, said), *tokens}
    return {each for each in {*whole, *map(last_part, whole)} if len(each) >= SHORTEST}


def mistakes(bench: Bench) -> dict[str, str]:
    """Return the settings that are secrets, each with another value."""
    said = bench.subject.said(bench.sandbox)
    return {name: mistaken(value.get_secret_value()) for name, value in said if isinstance(value, SecretStr)}


def secrets_in(value: Any) -> Iterator[str]:
    """Yield the secrets in settings, however deep."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, BaseModel):
        for _, inner in value:
            yield from secrets_in(inner)
    elif isinstance(value, dict | list | tuple):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from secrets_in(inner)


def check_texts(secrets: Iterable[str], where: str, texts: Iterable[str]) -> None:
    """Raise Broken when one of *texts* holds a secret."""
    for secret in secrets:
        for text in texts:
            if secret in text:
                raise Broken(f"a secret is in {where}: {text.replace(secret, '[the secret]')}")


def check_files(secrets: Iterable[str], folder: Path) -> None:
    """Raise Broken when a file below *folder* holds a secret, but for the one that tokens are kept in."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name != KEPT_IN:
            written = path.read_bytes()
            if any(secret.encode() in written for secret in secrets):
                raise Broken(f"a secret is in {path.name}")
