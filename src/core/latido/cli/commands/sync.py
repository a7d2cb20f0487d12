"""`latido sync`."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._options import argument, option
from latido.cli._output import Column
from latido.cli._receipts import RECEIPTS
from latido.cli._session import Session, session
from latido.errors import LatidoError, UsageError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from latido.config import Project
    from latido.sync import Observer, Options, Planned, Report, Source, Sync

_ = marker("latido")

SIGNALLED = 128
BROKEN = (1, 7)
"""Exit codes after which nothing can be made of what is stored: a full disk, a warehouse that is too new."""

PLAN = (
    Column("source", _("source")),
    Column("stream", _("stream")),
    Column("whole", _("in full")),
    Column("due", _("due")),
    Column("requests", _("requests"), right=True),
    Column("minutes", _("minutes"), right=True),
    Column("quota_share", _("share of the quota"), right=True),
)


def sync(
    context: typer.Context,
    source: Annotated[list[str] | None, argument(_("The sources to read; all if left out."), metavar="SOURCE")] = None,
    stream: Annotated[
        list[str] | None, option(_("Read only this stream. May be given several times."), "--stream", metavar="S")
    ] = None,
    full: Annotated[bool, option(_("Read everything again."), "--full")] = False,
    since: Annotated[
        str | None, option(_("Read again what changed since this day."), "--since", metavar="DATE")
    ] = None,
    plan: Annotated[bool, option(_("Only show what it would cost."), "--plan")] = False,
    allow_mass_delete: Annotated[
        bool, option(_("Believe a vendor that suddenly has far fewer records."), "--allow-mass-delete")
    ] = False,
    timeout: Annotated[
        str | None, option(_("End after this time; the next run goes on from there."), "--timeout", metavar="10m")
    ] = None,
) -> int:
    """Read the sources and store what changed."""
    from latido.cli._connecting import reachable
    from latido.sync import Options

    here = session(context)
    options = Options(
        streams=tuple(stream or ()),
        full=full,
        since=_day(since),
        allow_mass_delete=allow_mass_delete,
        timeout_seconds=_seconds(timeout),
    )
    with reachable(here) as project:
        return (_planned if plan else _synced)(here, project, source or [], options)


def _synced(here: Session, project: Project, names: Sequence[str], options: Options) -> int:
    from latido.cli._renewing import renew

    report, problems = synced(here, project, names, options)
    receipts = [_row(each) for outcome in report.outcomes for each in outcome.receipts]
    here.output.listing("receipts", RECEIPTS, receipts)
    if report.exit_code < SIGNALLED and report.exit_code not in BROKEN:
        renew(here)
    return exit_code_of(report, problems)


def synced(here: Session, project: Project, names: Sequence[str], options: Options) -> tuple[Report, list[LatidoError]]:
    """Sync the sources of these *names*, say how it went, and return that with what kept others from starting."""
    from latido.cli._connecting import sources

    ready, problems = sources(here, project, names)
    if not ready:
        raise problems[0]
    for problem in problems:
        here.talk.complain(problem)
    report = _watched(here, ready, options)
    _complain(here, report)
    return report, problems


def exit_code_of(report: Report, problems: Sequence[LatidoError]) -> int:
    """Return the one exit code of a run and of what could not even start."""
    from latido.sync import exit_code

    return exit_code({report.exit_code, *(problem.exit_code for problem in problems)})


def _planned(here: Session, project: Project, names: Sequence[str], options: Options) -> int:
    from latido.cli._connecting import sources
    from latido.sync import plan

    ready, problems = sources(here, project, names)
    if problems:
        raise problems[0]
    here.output.listing("plan", PLAN, [_cost(here, each) for each in plan(here.warehouse, ready, options)])
    return 0


def _cost(here: Session, planned: Planned) -> dict[str, Any]:
    """Return what a stream would cost, in a table as people read shares and minutes."""
    from dataclasses import asdict

    row, output = asdict(planned), here.output
    if output.format != "table":
        return row
    minutes, share = planned.minutes, planned.quota_share
    return {
        **row,
        "minutes": None if minutes is None else output.number(minutes, 1),
        "quota_share": None if share is None else f"{output.number(100 * share, 1)} %",
    }


def _watched(here: Session, ready: list[Source], options: Options) -> Report:
    from latido.cli._progress import observer
    from latido.sync import Sync

    with observer(here.talk) as watching:
        run = Sync(here.warehouse, ready, options, watching)
        with _stoppable(run, watching):
            return run.run()


@contextmanager
def _stoppable(run: Sync, watching: Observer) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM end *run* at a clean checkpoint, the second at once: no moment is unsafe."""

    def stop(number: int, _frame: object) -> None:
        signal.signal(number, leave)
        run.stop(number)
        watching.warned("", _("Ending as soon as what was read is stored. A second Ctrl-C ends at once."))

    def leave(number: int, _frame: object) -> None:
        os._exit(SIGNALLED + number)

    before: dict[signal.Signals, Any] = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _row(receipt: Any) -> dict[str, Any]:
    row = {column.key: getattr(receipt, column.key) for column in RECEIPTS}
    return {**row, "seconds": round(receipt.seconds, 1)}


def _complain(here: Session, report: Report) -> None:
    for outcome in report.outcomes:
        for receipt in outcome.receipts:
            if receipt.quarantined:
                here.talk.warn(
                    _(
                        "{source}: records of {stream} that do not fit: {n:,}. To see why, run: latido quarantine",
                        source=receipt.source,
                        n=receipt.quarantined,
                        stream=receipt.stream,
                    )
                )
        here.talk.complain_of(outcome.source, outcome.problems)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(_("--since: {text} is no date.", text=text), _("Write it as 2026-01-31.")) from None


def _seconds(text: str | None) -> float | None:
    from latido.config import duration

    if text is None:
        return None
    try:
        return duration(text).total_seconds()
    except ValueError:
        raise UsageError(_("--timeout: {text} is no duration.", text=text), _("Write it as 90s, 10m or 2h.")) from None
