"""A project's own KPIs: files of SQL with a header, beside latido.toml."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

from latido.errors import ConfigurationError
from latido.messages import Message, marker
from latido.metrics._folds import Classes, Count, Fold, Mean, Nps, Quantile, Ratio, Share, Sum
from latido.metrics._kpi import Better, Kpi, Query, Unit
from latido.metrics._own_memory import Memory
from latido.metrics.catalogue import built_in
from latido.schema import TABLES
from latido.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from latido.metrics._asks import Ask

_ = marker("latido")

FOLDER = "kpis"
"""The folder, beside latido.toml, that a project's own KPIs stand in."""

MEMORY = ".latido/own_kpis.json"
"""Where it stands, in the project, what was found out about them."""

ENVELOPE = ("period_id", "customer_id", "entity", "source", "source_id", "excluded")
"""The columns that facts have whatever is counted."""

REQUIRED = ("id", "name", "unit", "better", "needs", "fold")
KEYS = (*REQUIRED, "name.es", "definition", "formula", "dimensions", "shown", "on_empty")
ON_EMPTY: Mapping[str, Any] = {"0": 0, "no_rows_in_period": "no_rows_in_period", "zero_denominator": "zero_denominator"}
FOLDS: Mapping[str, Fold] = {
    "share": Share(),
    "ratio": Ratio(),
    "sum": Sum(),
    "count": Count(),
    "mean": Mean(),
    "median": Quantile(Fraction(1, 2), enclosed=True),
    "nps": Nps(),
}
WRITTEN = (*FOLDS, "quantile(0.9)", "classes(high, low)")
"""How folds are written in a header."""

_ID = re.compile(r"[a-z][a-z0-9_]*")
_LINE = re.compile(r"--\s?(?P<key>[a-z_.]+)\s*:\s*(?P<value>.*)")
_MORE = re.compile(r"--\s{3,}(?P<value>\S.*)")
_FOLD = re.compile(r"(?P<name>\w+)\s*(?:\((?P<within>[^()]*)\))?")
_AT_LINE = re.compile(r"LINE (\d+):")

ChoiceT = TypeVar("ChoiceT")


@dataclass
class OwnFile:
    """A file as it was read: what its header says, by key, with the line of each; and the SQL below it."""

    name: str
    sql: str = ""
    sql_line: int = 1
    header: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def refused(self, problem: Message | str, hint: Message, line: int | None = None) -> ConfigurationError:
        """Return what to raise: where it is, what is wrong, and what to do."""
        if line is None:
            return ConfigurationError(_("{file}: {problem}", file=self.name, problem=problem), hint)
        return ConfigurationError(_("{file}, line {line}: {problem}", file=self.name, line=line, problem=problem), hint)

    def listed(self, key: str) -> tuple[str, ...]:
        """Return the names that *key* lists, separated by commas."""
        return tuple(each.strip() for each in self.header.get(key, "").split(",") if each.strip())


def own_kpis(project: Path, others: Iterable[Kpi] = ()) -> list[Kpi]:
    """Return the KPIs of the files in the folder `kpis` of *project*, in the order of their names.

    No id may be one of the catalogue's, or of the *others*, those of plugins. Raises ConfigurationError for the first
    mistake, with file and line.
    """
    known = {name: _("a plugin has it") for kpi in others for name in (kpi.id, *kpi.aliases)}
    known |= {name: _("the catalogue has it") for kpi in built_in() for name in (kpi.id, *kpi.aliases)}
    found: dict[str, Kpi] = {}
    paths, memory = sorted((project / FOLDER).glob("*.sql")), Memory(project / MEMORY)
    for path in paths:
        file = _read(path)
        kpi = _kpi(file, memory)
        if kpi.id in known:
            problem = _("the id {id} is taken: {who}.", id=kpi.id, who=known[kpi.id])
            raise file.refused(problem, _("Give it another id. See all: latido catalog"), file.lines["id"])
        found[kpi.id], known[kpi.id] = kpi, _("{file} has it", file=file.name)
    if paths:
        memory.keep()
    return list(found.values())


@contextmanager
def blaming(asks: Sequence[Ask], sql: str) -> Iterator[None]:
    """Say which file it is when *sql*, the statement for *asks*, cannot be run because of an own KPI."""
    import duckdb

    try:
        yield
    except (duckdb.ProgrammingError, duckdb.DataError, LookupError) as error:
        own = next((ask.kpi.counted()[0] for ask in asks if ask.kpi.counted()[0].file), None)
        if own is None:
            raise
        raise _failed(own, sql, error) from error


def _failed(own: Query, sql: str, error: Exception) -> ConfigurationError:
    if isinstance(error, LookupError):
        problem: Message | str = _("it has a period_id that is in no row of periods.")
        return OwnFile(own.file).refused(problem, _("Take period_id from the table periods, which it has to join."))
    before = sql[: max(sql.find(own.sql), 0)].count("\n")
    at = _AT_LINE.search(str(error))
    line = int(at[1]) - before if at else 0
    said = str(error).partition("\n")[0].partition(": ")[2] or str(error)
    return OwnFile(own.file).refused(
        _("the query cannot be run: {reason}", reason=said),
        _("What tables have: docs/reference/kpis.md. Correct it, then run it again."),
        own.line + line - 1 if 0 < line <= own.sql.count("\n") + 1 else None,
    )


def _read(path: Path) -> OwnFile:
    file = OwnFile(f"{path.parent.name}/{path.name}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise file.refused(_("this is not UTF-8 text."), _("Save it as UTF-8, then try again.")) from error
    except OSError as error:
        problem = _("it cannot be read: {reason}.", reason=error.strerror or type(error).__name__)
        raise file.refused(problem, _("Check the rights of {file}", file=str(path))) from error
    lines = text.splitlines()
    begins = next((at for at, line in enumerate(lines) if line.strip()), 0)
    below = next((at for at in range(begins, len(lines)) if not lines[at].startswith("--")), len(lines))
    below = next((at for at in range(below, len(lines)) if lines[at].strip()), below)
    _read_header(file, lines[:below])
    file.sql, file.sql_line = "\n".join(lines[below:]).rstrip(), below + 1
    return file


def _read_header(file: OwnFile, lines: Sequence[str]) -> None:
    key = ""
    for number, line in enumerate(lines, start=1):
        if more := _MORE.fullmatch(line):
            if not key:
                raise file.refused(_("this goes on with nothing."), _said_as(), number)
            file.header[key] += f" {more['value'].strip()}"
        elif line.strip() not in ("", "--"):
            key = _read_key(file, line, number)
    missing = next((each for each in REQUIRED if not file.header.get(each)), None)
    if missing:
        raise file.refused(_("the header does not say its {key}.", key=missing), _said_as(missing), 1)


def _read_key(file: OwnFile, line: str, number: int) -> str:
    found = _LINE.fullmatch(line.rstrip())
    if found is None:
        raise file.refused(_("this is no line of a header."), _said_as(), number)
    key = found["key"]
    if key not in KEYS:
        raise file.refused(_("a header has no {key}.", key=key), _instead(key, KEYS), number)
    if key in file.header:
        raise file.refused(_("{key} stands twice.", key=key), _("Remove one of them."), number)
    file.header[key], file.lines[key] = found["value"].strip(), number
    return key


def _said_as(key: str = "id") -> Message:
    examples = {
        "id": "fast_replies", "name": "Fast replies", "unit": "ratio", "better": "higher", "needs": "tickets",
        "fold": "share",
    }  # fmt: skip
    return _("Write lines like this at the top of the file: -- {key}: {example}", key=key, example=examples[key])


def _instead(name: str, known: Iterable[str]) -> Message:
    known = list(known)
    near, listed = nearest(name, known), ", ".join(known)
    if near:
        return _("Did you mean {near}? There is: {known}", near=near, known=listed)
    return _("There is: {known}", known=listed)


def _kpi(file: OwnFile, memory: Memory) -> Kpi:
    fold = _fold(file)
    columns = memory.columns(file)
    _check_columns(file, fold, columns)
    names = {"en": file.header["name"]} | ({"es": file.header["name.es"]} if "name.es" in file.header else {})
    return Kpi(
        id=_id(file),
        names=names,
        unit=_one_of(file, "unit", {unit: cast("Unit", unit) for unit in get_args(Unit)}),
        better=_one_of(file, "better", {better: cast("Better", better) for better in get_args(Better)}),
        fold=fold,
        facts=Query(file.sql, file=file.name, line=file.sql_line),
        definition=file.header.get("definition") or file.header["name"],
        formula=file.header.get("formula", ""),
        needs=_needs(file),
        on_empty=_one_of(file, "on_empty", ON_EMPTY) if "on_empty" in file.header else "no_rows_in_period",
        dimensions=_among(file, "dimensions", columns),
        shown=_among(file, "shown", columns),
        blockable="blocked" in columns,
    )


def _id(file: OwnFile) -> str:
    found = file.header["id"]
    if not _ID.fullmatch(found):
        hint = _("Write it in small letters, digits and underscores, as fast_replies.")
        raise file.refused(_("{id} cannot be an id.", id=found), hint, file.lines["id"])
    return found


def _one_of(file: OwnFile, key: str, known: Mapping[str, ChoiceT]) -> ChoiceT:
    value = file.header[key]
    if value not in known:
        problem = _("there is no {key} {value}.", key=key, value=value)
        raise file.refused(problem, _instead(value, known), file.lines[key])
    return known[value]


def _needs(file: OwnFile) -> tuple[str, ...]:
    needs = file.listed("needs")
    for each in (name for need in needs for name in need.split("|")):
        table, _dot, column = each.partition(".")
        if table not in TABLES:
            problem = _("there is no table {table}.", table=table)
            raise file.refused(problem, _instead(table, TABLES), file.lines["needs"])
        known = TABLES[table].model_fields
        if column and column not in known:
            problem = _("{table} has no {column}.", table=table, column=column)
            raise file.refused(problem, _instead(column, known), file.lines["needs"])
    return needs


def _fold(file: OwnFile) -> Fold:
    written = file.header["fold"]
    found = _FOLD.fullmatch(written)
    name, within = (found["name"], found["within"]) if found else (written, None)
    if name in FOLDS and within is None:
        return FOLDS[name]
    if name == "quantile" and within and re.fullmatch(r"0?\.\d+", within.strip()) and Fraction(within.strip()):
        return Quantile(Fraction(within.strip()))
    classes = tuple(each.strip() for each in (within or "").split(","))
    if name == "classes" and all(classes) and len(set(classes)) == len(classes):
        return Classes(classes)
    problem = _("there is no fold {fold}.", fold=written)
    raise file.refused(problem, _instead(written, WRITTEN), file.lines["fold"])


def _check_columns(file: OwnFile, fold: Fold, columns: Sequence[str]) -> None:
    """Raise ConfigurationError unless *columns* are those that the engine and *fold* need."""
    for name in (*ENVELOPE, *fold.sums, *(["class"] if fold.by_class else [])):
        if name not in columns:
            raise file.refused(_("the query has no column {name}.", name=name), _added(name), file.sql_line)


def _added(name: str) -> Message:
    unknown = {"customer_id": "VARCHAR", "source": "VARCHAR", "source_id": "VARCHAR", "excluded": "VARCHAR"}
    if name in unknown:
        return _("Where there is none, write: CAST(NULL AS {type}) AS {name}", type=unknown[name], name=name)
    if name == "period_id":
        return _("Join periods, and select its period_id.")
    if name == "entity":
        return _("Say what is counted, as the table is called: 'tickets' AS entity")
    return _("Its fold adds it up: select it as {name}, or choose another fold.", name=name)


def _among(file: OwnFile, key: str, columns: Sequence[str]) -> tuple[str, ...]:
    names = file.listed(key)
    for name in names:
        if name not in columns:
            problem = _("the query has no column {name}.", name=name)
            raise file.refused(problem, _instead(name, columns), file.lines[key])
    return names
