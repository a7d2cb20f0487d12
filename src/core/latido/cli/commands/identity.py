"""`latido identity`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latido.cli._help import Command, Group
from latido.cli._options import argument
from latido.cli._output import Column
from latido.cli._session import Session, session
from latido.errors import LockedError
from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Iterable

    from latido.identity import Step, Why

_ = marker("latido")

PATIENCE_SECONDS = 5.0

SOURCES = (
    Column("source", _("source")),
    Column("accounts", _("accounts"), right=True),
    Column("customers", _("customers"), right=True),
    Column("elsewhere", _("in other sources too"), right=True),
    Column("rules", _("joined by")),
)
STEPS = (
    Column("one", _("account")),
    Column("other", _("and account")),
    Column("rule", _("rule")),
    Column("evidence", _("evidence")),
)
OBJECTIONS = (*STEPS, Column("against", _("what speaks against it")))
DOUBTS = (
    Column("rule", _("rule")),
    Column("evidence", _("evidence")),
    Column("accounts", _("accounts")),
    Column("against", _("what speaks against it")),
)

One = Annotated[str, argument(_("An account, as source:id, or a customer's id."), metavar="A")]
Other = Annotated[str, argument(_("Another one."), metavar="B")]


def identity(context: typer.Context) -> int:
    """Show how many accounts of each source are the same customers."""
    if context.invoked_subcommand is not None:
        return 0
    from latido.identity import standing

    here = session(context)
    _renew(here)
    rows = [
        {**{column.key: getattr(each, column.key) for column in SOURCES}, "rules": _by_rule(here, each.rules)}
        for each in standing(here.warehouse)
    ]
    here.output.listing("sources", SOURCES, rows)
    if not rows:
        here.talk.say(_("No source has brought accounts yet."))
    return 0


def why(context: typer.Context, a: One, b: Other) -> int:
    """Say why two accounts are one customer, or why not."""
    from latido.identity import why as reasons

    here = session(context)
    _renew(here)
    found = reasons(here.warehouse, a, b)
    if here.output.format == "json":
        here.output.json({"same": found.same, "steps": list(_rows(here, found.steps))})
        return 0
    here.output.listing("steps", STEPS if found.same else OBJECTIONS, _rows(here, found.steps))
    _conclude(here, found, a, b)
    return 0


def link(context: typer.Context, a: One, b: Other) -> int:
    """Make two customers one, whatever the rules say."""
    from latido.identity import link as joined

    here = session(context)
    _renew(here)
    joined(here.warehouse, a, b)
    _renew_figures(here)
    here.talk.say(_("{a} and {b} are one customer now.", a=a, b=b))
    return 0


def split(context: typer.Context, a: One) -> int:
    """Let an account, or all accounts of a customer, stand alone, whatever the rules say."""
    from latido.identity import split as parted

    here = session(context)
    _renew(here)
    alone = parted(here.warehouse, a)
    _renew_figures(here)
    for each in alone:
        here.talk.say(_("{account} stands alone now.", account=each))
    return 0


def review(context: typer.Context) -> int:
    """Show which accounts could be one customer and are not, since something speaks against it."""
    from latido.identity import review as doubtful

    here = session(context)
    _renew(here)
    doubts = doubtful(here.warehouse)
    here.output.listing("doubts", DOUBTS, (_plain(here, each, DOUBTS) for each in doubts))
    if not doubts:
        here.talk.say(_("Nothing is in doubt."))
    elif here.output.format == "table":
        here.talk.say(_("If they are one customer, say so: latido identity link A B"))
    return 0


def _rows(here: Session, steps: Iterable[Step]) -> Iterable[dict[str, Any]]:
    return (_plain(here, each, OBJECTIONS) for each in steps)


def _plain(here: Session, found: Any, columns: Iterable[Column]) -> dict[str, Any]:
    """Return the fields of *found* that *columns* name; the rule as people call it, where people read."""
    from latido.identity import RULE_NAMES

    row = {column.key: getattr(found, column.key) for column in columns}
    return row if here.output.format != "table" else {**row, "rule": RULE_NAMES[row["rule"]]}


def _by_rule(here: Session, rules: dict[str, int]) -> Any:
    from latido.identity import RULE_NAMES

    if here.output.format != "table":
        return rules
    language = here.output.language
    return [f"{RULE_NAMES[rule].render(language)} {here.output.number(n)}" for rule, n in rules.items()]


def _conclude(here: Session, found: Why, a: str, b: str) -> None:
    if found.same and not found.steps:
        here.talk.say(_("{a} and {b} are the same account.", a=a, b=b))
    elif found.same:
        here.talk.say(_("So {a} and {b} are one customer.", a=a, b=b))
    else:
        shared = _("They are two customers. If that is wrong, run: latido identity link {a} {b}", a=a, b=b)
        nothing = _(
            "They are two customers and share nothing. If that is wrong, run: latido identity link {a} {b}", a=a, b=b
        )
        here.talk.say(shared if found.steps else nothing)


def _renew(here: Session) -> None:
    from latido.identity import refresh

    # While a sync writes, customers of a moment ago are better than none.
    with suppress(LockedError):
        refresh(here.warehouse, tuple(here.project.sources), PATIENCE_SECONDS)


def _renew_figures(here: Session) -> None:
    from latido.cli._renewing import renew

    renew(here)


def group() -> typer.Typer:
    """Return the command with its subcommands."""
    app = typer.Typer(cls=Group, invoke_without_command=True)
    app.callback(help=_("Show which accounts are the same customers, and change it.").template)(identity)
    app.command(cls=Command, help=_("Say why two accounts are one customer, or why not.").template)(why)
    app.command(cls=Command, help=_("Make two customers one, whatever the rules say.").template)(link)
    app.command(cls=Command, help=_("Let an account stand alone, whatever the rules say.").template)(split)
    app.command(cls=Command, help=_("Show which accounts could be one customer and are not.").template)(review)
    return app
