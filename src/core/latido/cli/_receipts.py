"""How the receipts of a run are shown."""

from __future__ import annotations

from latido.cli._output import Column
from latido.messages import marker

_ = marker("latido")

RECEIPTS = (
    Column("source", _("source")),
    Column("stream", _("stream")),
    Column("counted", _("at the vendor"), right=True),
    Column("fetched", _("fetched"), right=True),
    Column("inserted", _("new"), right=True),
    Column("updated", _("changed"), right=True),
    Column("unchanged", _("unchanged"), right=True, spare=True),
    Column("deleted", _("deleted"), right=True),
    Column("merged", _("merged"), right=True),
    Column("quarantined", _("quarantined"), right=True),
    Column("requests", _("requests"), right=True, spare=True),
    Column("retries", _("retries"), right=True, spare=True),
    Column("seconds", _("seconds"), right=True, spare=True),
    Column("complete", _("complete")),
)
