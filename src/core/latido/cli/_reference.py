"""The reference page of the commands, made from the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from latido.cli._app import application
from latido.cli._help import usage_of
from latido.cli._options import global_options
from latido.cli._session import Session
from latido.plugins import plugin_manager

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = """# Commands

Made from the commands by `python -m latido.cli`; a test compares the two. `latido COMMAND --help` says the same, in
English or Spanish.

Data goes to stdout, everything else to stderr: `latido kpis --format json > figures.json` holds figures only. On a
terminal a sync draws bars, elsewhere it says a line per stream and then one every 15 seconds. `NO_COLOR` is honoured.
`latido --install-completion` completes commands and options in your shell.

In CSV a text that a spreadsheet would take for a formula, such as `=1+1`, has an apostrophe before it; JSON holds it as
the vendor does.

## Everywhere

These stand before or after the command.

{everywhere}

## Exit codes

One per run. Where several apply, the first in the order 1, 3, 4, 7, 8, 6, 9, 5, 0.

| code | what happened |
|---|---|
| 0 | all is well |
| 1 | something unexpected, a full disk included; details without secrets are in `.latido/last-error.log` |
| 2 | wrong usage: a command, option, source, stream, KPI or period that does not exist |
| 3 | a setting is wrong, or a secret is missing |
| 4 | the vendor rejects a credential, or it lacks a scope or role |
| 5 | all was read, and some records do not fit: `latido quarantine` |
| 6 | stopped by a quota, a timeout, or a vendor that cannot be reached or answers nonsense; the next run resumes |
| 7 | the warehouse was written by a newer Latido, or a schema contract is broken |
| 8 | what the vendor counts and what is stored disagree, or suddenly far fewer records are there |
| 9 | another run or program is in the way; the next run resumes |
| 130, 143 | interrupted by Ctrl-C or SIGTERM, after a clean checkpoint |

An error names what happened and, on the line below, the next command to type. It never shows a secret.
"""

_NOTES = {
    "latido kpis": """\
Without ID all KPIs are answered; without a period, for the last full month before the oldest of the
syncs that they rest on, beside the month before. `--from` and `--to` name the first and the last period of a series.
`--rolling 3` makes each period of it the window of three that ends with it, `--rolling 90d` one of 90 days; a window is
compared with the one before that it does not share a day with. `~` marks a change that may be chance: of two samples,
the 95% interval of their difference reaches across 0.

`--format json` prints `{"answers": [...]}`, one object per KPI, variant, period and segment: `kpi`, `variant`,
`period_start`, `period_end` (dates, end exclusive), `time_zone`, `segment`, `value`, `unit`, `n`, `numerator`,
`denominator`, `lower`, `upper`, `parts`, `reason`, `excluded`, `sources`, `as_of`, `previous`. Numbers are not rounded,
what is absent is null, and a null `value` has a `reason`.""",
    "latido catalog": """\
Below the table stands, for each table or field that somebody would have to deliver, what would unlock it and the next
command: a scope that was refused, a source that was not read yet, a stream that is left out of `streams`, a field of
your own to map, a file to write, a connector that is installed and not connected. No vendor is asked. In JSON each KPI
has them as `unlock`: `need`, `kind` (`scope`, `sync`, `stream`, `field`, `vendor`, `empty`, `file`, `connector`),
`text`, `command`, `source`, `connector`, `stream`.""",
    "latido check": """\
Also warns of rows that are stored with a stamp more than 10 minutes ahead of this machine's clock: somebody's clock or
time zone is wrong. They count in the period that the stamp names.""",
    "latido customer": """\
Names are tried in this order: id, account, e-mail, domain, name. Figures are the KPIs over the facts of this customer
alone; health, segment, stage and risk are those of the last day of the period. `--format json` has all of it, `--format
csv` a row per figure and record. See [One customer in several sources](identity.md#looking-at-one-customer).""",
    "latido explain": """\
`--change` splits the change since the period before into effects that add up to it exactly: of each segment the mix,
the rate, what is new and what is lost; of a sum what each adds; of a formula what each part does. How, says
[How a change is split](../reasons/changes.md). Without `--segment` it takes the parts of a formula, the movements of
what recurs, else the sources where there are several, else what became of customers.

`--curve` shows the survival curve behind churn and retention: of all customers, from the first day on which they paid,
the share still there after each month, up to the end of the period (Kaplan and Meier: those who are still there count
for as long as they have been). A gap ends a stay, a renewal without one does not. In Python: `Engine.staying()`.

Of money it names the exchange rates: whose, of which days, and the currencies that lack one.""",
    "latido sync": """\
Reads the sources side by side, each stream from where the last run stopped. Data and that place are
stored together, so that a run may be killed at any moment. The first Ctrl-C ends at a clean checkpoint, the second at
once.""",
    "latido demo": """\
Starts the sandboxes of the installed connectors on this machine, syncs them with the real connectors
and prints the KPIs. It leaves a project with `demo = true`, in which `sync` and `check` start the sandboxes again.""",
    "latido forget": """\
Deletes the person's own rows, takes their words and their address out of what they asked and
answered (which stays countable), out of custom fields and out of the quarantine, and writes the file anew, so that
nothing is left in it. Copies that were made before are not touched.""",
    "latido plugins": """\
For each plugin its version, the distribution that it came with, the connectors it offers and the hooks it
implements; for one that was left out, why; and the promises that a vendor makes impossible, with the reason.""",
    "latido plugins new": """\
Writes a project with a connector that works: settings, streams, mapping, a sandbox with records of its own, tests, a
workflow for continuous integration and a README. It passes its own tests at once; nothing is overwritten.""",
    "latido plugins test": """\
Reads the connector of the project in PATH, which need not be installed, from its own sandbox, and tries each promise
for each stream. Ends with 1 when one is broken; one that the connector declares impossible may be. Takes pytest:
`pip install "latido[testing]"`.""",
}


def reference_page() -> str:
    """Return the page in Markdown."""
    nobody = Session({}, lambda: plugin_manager(installed=[]))
    root: Any = typer.main.get_command(application([], nobody))
    parts = [_HEAD.format(everywhere=_table(global_options()))]
    for path, command in _commands("latido", root):
        usage = " ".join([path, *(each for p in command.params for each in _usage(p))])
        body = [f"## `{usage}`", command.help or "", _NOTES.get(path, ""), _table(command.params)]
        parts.append("\n\n".join(part for part in body if part) + "\n")
    return "\n".join(parts)


def _commands(path: str, group: Any) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if not hasattr(command, "commands") or command.invoke_without_command:
            yield f"{path} {name}", command
        if hasattr(command, "commands"):
            yield from _commands(f"{path} {name}", command)


def _usage(parameter: Any) -> list[str]:
    if parameter.param_type_name != "argument":
        return []
    return [usage_of(parameter)]


def _table(parameters: list[Any]) -> str:
    rows = [f"| `{_written(each)}` | {each.help} |" for each in parameters if each.help]
    return "\n".join(["| | |", "|---|---|", *rows]) if rows else ""


def _written(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return str(parameter.metavar)
    name = parameter.opts[0]
    return name if parameter.is_flag else f"{name} {parameter.metavar}"
