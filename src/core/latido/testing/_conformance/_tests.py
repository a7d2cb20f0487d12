"""From promises to tests that pytest collects."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from latido.connect import Runtime
from latido.testing._conformance._bench import MORNING, READER, Timeline
from latido.testing._conformance._catalogue import PROMISES
from latido.testing._conformance._laboratory import Laboratory
from latido.testing._conformance._promise import Candidate
from latido.testing._drill import Drill
from latido.testing._sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from latido.testing._conformance._bench import Subject
    from latido.testing._conformance._promise import Promise

ALL = "all"
FEW = 12
"""Tickets of the world that is only asked what can be tried."""

NOWHERE = "http://127.0.0.1:9"


def test_class(subject: Subject, streams: Collection[str] | None, own: Collection[str]) -> type:
    """Return the class of tests."""
    offered = _offered(subject)
    candidates = [*offered.values()] if streams is None else [offered[name] for name in streams]
    concerned = {each: _concerned(each, candidates) for each in PROMISES}
    body: dict[str, Any] = {"lab": _laboratory(subject, [each.name for each in candidates])}
    for promise, names in concerned.items():
        if names:
            body[f"test_{promise.sentence}"] = _test(promise, names, subject)
    elsewhere = {each.key for each in PROMISES if not concerned[each] and _concerned(each, [*offered.values()])}
    declared = [key for key in subject.connector.undeliverable if key not in {*own, *elsewhere}]
    if declared:
        body["test_what_is_declared_undeliverable_is_not_kept"] = _test_of_undeliverable(declared, concerned)
    return type(f"Test{subject.connector.__name__}", (), body)


def _offered(subject: Subject) -> dict[str, Candidate]:
    """Return the streams that the connector offers, by name."""
    clock = Timeline(MORNING)
    sandbox = subject.sandbox(clock, FEW)
    if isinstance(sandbox, Sandbox):
        sandbox.url = NOWHERE
    drills = sandbox.drills()
    with tempfile.TemporaryDirectory() as folder:
        runtime = Runtime(READER, clock=clock, folder=Path(folder))
        with closing(subject.connector(subject.said(sandbox), runtime)) as connector:
            return {each.name: Candidate(each, drills.get(each.name, Drill()), sandbox) for each in connector.streams()}


def _concerned(promise: Promise, candidates: Sequence[Candidate]) -> list[str]:
    names = [each.name for each in candidates if promise.concerns(each)]
    return [ALL] if promise.whole and names else names


def _laboratory(subject: Subject, streams: Sequence[str]) -> Any:
    @pytest.fixture(scope="class")  # type: ignore[misc]  # it becomes a method of the class that is made
    @classmethod
    def lab(_cls: type) -> Iterator[Laboratory]:
        with closing(Laboratory(subject, streams)) as laboratory:
            yield laboratory

    return lab


def _test(promise: Promise, streams: Sequence[str], subject: Subject) -> Callable[..., None]:
    def test(_self: Any, lab: Laboratory, stream: str) -> None:
        __tracebackhide__ = True
        broken = lab.verdict(promise, stream)
        if broken is not None and promise.key in subject.connector.undeliverable:
            pytest.xfail(f"{subject.connector.undeliverable[promise.key]} ({broken})")
        if broken is not None:
            pytest.fail(f"{stream}: {broken}", pytrace=False)

    test.__doc__ = promise.keep.__doc__
    return _for_each("stream", streams, test)


def _test_of_undeliverable(declared: Sequence[str], concerned: Mapping[Promise, Sequence[str]]) -> Callable[..., None]:
    known = {promise.key: promise for promise in concerned}

    def test(_self: Any, lab: Laboratory, key: str) -> None:
        __tracebackhide__ = True
        if key not in known:
            pytest.fail(f"There is no promise {key}; there are: {', '.join(sorted(known))}", pytrace=False)
        if not concerned[known[key]]:
            pytest.fail(f"{key} cannot be tried: no stream, or no drill of the sandbox, is about it", pytrace=False)
        if all(lab.verdict(known[key], stream) is None for stream in concerned[known[key]]):
            pytest.fail(f"{key} is declared undeliverable, and every stream keeps it", pytrace=False)

    test.__doc__ = "A promise that is declared undeliverable is broken: once it is kept, take it out."
    return _for_each("key", declared, test)


def _for_each(name: str, values: Sequence[str], test: Callable[..., None]) -> Callable[..., None]:
    parametrized: Callable[..., None] = pytest.mark.parametrize(name, values)(test)
    return parametrized
