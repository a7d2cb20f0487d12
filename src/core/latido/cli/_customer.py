"""One customer as people read it: who it is, how it is, what it pays, what it asked, what it said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from latido.cli._figures import EXCLUDED, PARTS, REASONS, Reader, period_text
from latido.cli._output import Column
from latido.messages import Message, marker, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from latido.cli._session import Session
    from latido.metrics import Answer, Customer
    from latido.metrics.customers import Account, HealthPart, Opinion, Ticket

_ = marker("latido")

ACCOUNTS = (
    Column("account", _("account")),
    Column("name", _("name")),
    Column("rule", _("joined by")),
    Column("evidence", _("evidence")),
    Column("excluded", _("left out because")),
    Column("url", _("link"), spare=True),
)
PEOPLE = (
    Column("name", _("person")),
    Column("email", _("e-mail")),
    Column("title", _("title")),
    Column("sources", _("sources"), spare=True),
)
FIGURES = (Column("name", _("KPI")), Column("value", _("value"), right=True), Column("n", _("n"), right=True))
HEALTH = (
    Column("name", _("part of health")),
    Column("value", _("value"), right=True),
    Column("weight", _("weight"), right=True),
    Column("contribution", _("adds"), right=True),
)
MONTHS = (Column("period", _("month")), Column("value", _("MRR at its end"), right=True))
CONTRACTS = (
    Column("starts_on", _("from")),
    Column("ends_on", _("until")),
    Column("product", _("product")),
    Column("monthly", _("per month"), right=True),
    Column("currency", _("currency")),
    Column("excluded", _("left out because")),
    Column("account", _("record"), spare=True),
    Column("url", _("link"), spare=True),
)
PURCHASES = (
    Column("closed_on", _("bought on")),
    Column("name", _("deal")),
    Column("amount", _("amount"), right=True),
    Column("currency", _("currency")),
    Column("excluded", _("left out because")),
    Column("account", _("record"), spare=True),
    Column("url", _("link"), spare=True),
)
TICKETS = (
    Column("created_at", _("created")),
    Column("subject", _("subject")),
    Column("status", _("status")),
    Column("priority", _("priority"), spare=True),
    Column("replied", _("replied after"), right=True),
    Column("solved", _("solved after"), right=True),
    Column("excluded", _("left out because")),
    Column("account", _("record"), spare=True),
    Column("url", _("link"), spare=True),
)
OPINIONS = (
    Column("answered_at", _("answered")),
    Column("kind", _("kind")),
    Column("score", _("score"), right=True),
    Column("person", _("person")),
    Column("comment", _("comment")),
    Column("excluded", _("left out because")),
    Column("account", _("record"), spare=True),
    Column("url", _("link"), spare=True),
)
MILESTONES = (
    Column("milestone", _("moment")),
    Column("times", _("times"), right=True),
    Column("first_at", _("first")),
    Column("last_at", _("last")),
    Column("excluded", _("left out because")),
)

HEALTH_PARTS = {"nps": _("NPS"), "csat": _("CSAT"), "ces": _("CES"), "support": _("support"), "usage": _("use")}
INACTIVE = _("it has no recurring amount in force")
SECONDS_PER_HOUR = 3600
PEOPLE_SHOWN = 10
"""There may be hundreds; programs have them all."""


@dataclass
class Page:
    """The page of one customer; what nobody knows is said in words, and is never nought."""

    here: Session
    found: Customer

    def show(self) -> None:
        """Print it, section by section; one without content is left out."""
        self._who()
        self._how()
        self._money()
        self._service()
        self._fresh()

    def _who(self) -> None:
        found, output = self.found, self.here.output
        output.line(f"{output.cell(found.name or found.customer_id)} ({found.customer_id})")
        known = [found.domain, found.country, found.industry]
        if any(known):
            output.line("  " + ", ".join(output.cell(each) for each in known if each))
        if found.is_test:
            output.line(_("  A test customer: it counts nowhere."))
        if found.acquired_on:
            output.line(_("  Customer since {day}", day=found.acquired_on))
        self._section(ACCOUNTS, [self._account(each) for each in found.accounts])
        self._section(PEOPLE, [_row(each) for each in found.people[:PEOPLE_SHOWN]], len(found.people) - PEOPLE_SHOWN)

    def _how(self) -> None:
        found, output = self.found, self.here.output
        output.line()
        output.line(_("On {day}:", day=found.period.ends_on - timedelta(days=1)))
        output.line(_("  Risk: {risk}", risk=self._risk()))
        output.line(_("  Segment: {segment}", segment=self._named(found.segment, "segment")))
        output.line(_("  Stage: {stage}", stage=self._named(found.stage, "stage")))
        last = output.cell(found.last_visit_at) if found.last_visit_at else _("never seen")
        output.line(_("  Last visit: {at}", at=last))
        output.line(_("  Health: {health}", health=self._health()))
        if found.health:
            self._section(HEALTH, [self._part(each) for each in found.health.parts])

    def _money(self) -> None:
        found = self.found
        self.here.output.line()
        self.here.output.line(_("In {period}:", period=period_text(found.period, self._fiscal)))
        self.here.output.listing("figures", FIGURES, [self._figure(each) for each in found.figures.values()])
        self._section(MONTHS, [self._month(each) for each in found.mrr_by_month])
        self._section(CONTRACTS, [self._worded(each) for each in found.contracts])
        self._section(PURCHASES, [self._worded(each) for each in found.purchases], self._more("purchases"))

    def _service(self) -> None:
        found, output = self.found, self.here.output
        unsolved = found.counts["unsolved_tickets"]
        if unsolved is not None:
            output.line()
            output.line(_("Open tickets: {n:,} of {all:,}", n=unsolved, all=found.counts["tickets"]))
        self._section(TICKETS, [self._ticket(each) for each in found.tickets], self._more("tickets"))
        self._section(OPINIONS, [self._opinion(each) for each in found.opinions], self._more("opinions"))
        self._section(MILESTONES, [self._worded(each) for each in found.milestones])

    def _fresh(self) -> None:
        output = self.here.output
        output.line()
        for source, at in self.found.fresh.items():
            shown = output.cell(at) if at else _("never read completely")
            output.line(_("Data of {source}: {at}", source=source, at=shown))

    def _section(self, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], more: int = 0) -> None:
        """Print a table without the columns in which nothing stands, and how many records are not listed."""
        if not rows:
            return
        self.here.output.line()
        used = [column for column in columns if any(row.get(column.key) not in (None, "", ()) for row in rows)]
        self.here.output.listing("rows", used, rows)
        if more > 0:
            self.here.output.line(_("and {n:,} more", n=more))

    def _more(self, name: str) -> int:
        return (self.found.counts[name] or 0) - len(getattr(self.found, name))

    def _risk(self) -> Message:
        found = self.found
        if found.at_risk is None:
            return self._unknown("risk")
        if not found.at_risk:
            return _("none known")
        bar = self.here.project.metrics.health.at_risk_below
        why = {
            "detractor": _("somebody there last answered as a detractor"),
            "unwell": _("its health is below {bar:g}", bar=bar),
        }
        return _("at risk: {why}", why=", ".join(self._said(why[each]) for each in found.risks))

    def _health(self) -> Message | str:
        health = self.found.health
        if health is None or health.score is None:
            return self._unknown("health")
        score = self._reader.number(health.score, "0-100")
        known = self._reader.number(health.coverage or 0, "ratio")
        return _("{score} of 100, from {known} of its parts", score=score, known=known)

    def _named(self, value: str | None, lacking: str) -> Message | str:
        return self._unknown(lacking) if value is None else PARTS.get(value, value)

    def _unknown(self, name: str) -> Message:
        reason = self.found.lacking[name]
        return _("unknown: {reason}", reason=INACTIVE if reason == "inactive" else REASONS.get(reason, reason))

    def _account(self, account: Account) -> dict[str, Any]:
        """Return an account with what joined it; its name only where it is another than the customer's."""
        row = _row(account)
        name = None if account.name == self.found.name else account.name
        return {**row, "name": name, "rule": _rule(account.rule), "excluded": EXCLUDED.get(account.excluded or "")}

    def _figure(self, answer: Answer) -> dict[str, Any]:
        kpi = self._engine.ask(answer.kpi).kpi
        name = kpi.named(self.here.output.language)
        shown = name if answer.variant == "default" else f"{name} ({answer.variant})"
        return {"name": shown, "value": self._reader.value(answer), "n": answer.n}

    def _month(self, answer: Answer) -> dict[str, Any]:
        return {"period": period_text(answer.period, self._fiscal), "value": self._reader.value(answer)}

    def _part(self, part: HealthPart) -> dict[str, Any]:
        number = self._reader.number
        value, adds = (None if each is None else number(each, "0-100") for each in (part.value, part.contribution))
        weight = number(part.weight, "ratio")
        return {"name": HEALTH_PARTS[part.name], "value": value, "weight": weight, "contribution": adds}

    def _ticket(self, ticket: Ticket) -> dict[str, Any]:
        waits = {"replied": ticket.first_reply_at, "solved": ticket.solved_at}
        return {**self._worded(ticket), **{name: self._after(ticket.created_at, at) for name, at in waits.items()}}

    def _after(self, start: Any, end: Any) -> str | None:
        if start is None or end is None:
            return None
        return self._reader.number((end - start).total_seconds() / SECONDS_PER_HOUR, "hours")

    def _opinion(self, opinion: Opinion) -> dict[str, Any]:
        score, low, high = (_trimmed(each) for each in (opinion.score, opinion.scale_min, opinion.scale_max))
        cell = self.here.output.cell
        shown = cell(score) if low is None or high is None else f"{cell(score)} ({cell(low)}-{cell(high)})"
        return {**self._worded(opinion), "score": shown}

    def _worded(self, record: Any) -> dict[str, Any]:
        """Return the fields of *record*, and in words why it counts nowhere or cannot be converted."""
        row = _row(record)
        reason = row.get("excluded") or row.get("blocked")
        sums = {
            name: self.here.output.number(row[name], 2) for name in ("monthly", "amount") if row.get(name) is not None
        }
        return {**row, **sums, "excluded": EXCLUDED.get(reason, REASONS.get(reason, reason)) if reason else None}

    def _said(self, message: Message) -> str:
        return str(render(message, self.here.output.language))

    @property
    def _fiscal(self) -> int:
        return self.here.project.metrics.fiscal_year_start

    @cached_property
    def _engine(self) -> Any:
        from latido.cli._engine import engine

        return engine(self.here)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.here.output, self.found.currency)


def _row(record: Any) -> dict[str, Any]:
    fields: Iterable[str] = record.__dataclass_fields__
    row = {name: getattr(record, name) for name in fields}
    return {**row, "account": f"{row['source']}:{row['source_id']}"} if "source_id" in row else row


def _rule(name: str) -> Message | str:
    from latido.identity import RULE_NAMES

    return RULE_NAMES.get(name, name)


def _trimmed(number: Any) -> Any:
    return int(number) if number is not None and number == int(number) else number
