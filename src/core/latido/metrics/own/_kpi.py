"""An own KPI, made of a file."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args

from latido.messages import Message, marker
from latido.metrics._folds import Classes, Count, Fold, Mean, Nps, Quantile, Ratio, Share, Sum
from latido.metrics._kpi import Better, Kpi, Query, Unit
from latido.metrics.catalogue import built_in
from latido.metrics.own._file import instead, read
from latido.metrics.own._memory import Memory
from latido.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from latido.metrics.own._file import OwnFile

_ = marker("latido")

FOLDER = "kpis"
"""The folder, beside latido.toml, that a project's own KPIs stand in."""

MEMORY = ".latido/own_kpis.json"
"""Where it stands, in the project, what was found out about them."""

ENVELOPE = ("period_id", "customer_id", "entity", "source", "source_id", "excluded")
"""The columns that facts have whatever is counted."""

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
NUMBERS = ("value", "numerator", "denominator")
"""Columns that are numbers, whether a fold adds them up or they are only shown."""

NPS_CLASSES = ("promoters", "passives", "detractors")
WRITTEN = (*FOLDS, "quantile(0.9)", "classes(high, low)")
"""How folds are written in a header."""

_ID = re.compile(r"[a-z][a-z0-9_]*")
_CLASS = re.compile(r"\w+")
_FOLD = re.compile(r"(?P<name>\w+)\s*(?:\((?P<within>[^()]*)\))?")

ChoiceT = TypeVar("ChoiceT")


def own_kpis(project: Path, others: Iterable[Kpi] = ()) -> list[Kpi]:
    """Return the KPIs of the files in the folder `kpis` of *project*, in the order of their names.

    No id may be one of the catalogue's, or of the *others*, those of plugins. Raises ConfigurationError for the first
    mistake, with file and line.
    """
    known = {name: _("a plugin has it") for kpi in others for name in (kpi.id, *kpi.aliases)}
    known |= {name: _("the catalogue has it") for kpi in built_in() for name in (kpi.id, *kpi.aliases)}
    found: dict[str, Kpi] = {}
    # A name that begins with a dot is what an editor keeps beside a file.
    paths = sorted(each for each in (project / FOLDER).glob("*.sql") if not each.name.startswith("."))
    memory = Memory(project / MEMORY)
    for path in paths:
        file = read(path)
        kpi = _kpi(file, memory)
        if kpi.id in known:
            problem = _("the id {id} is taken: {who}.", id=kpi.id, who=known[kpi.id])
            raise file.refused(problem, _("Give it another id. See all: latido catalog"), file.lines.get("id"))
        found[kpi.id], known[kpi.id] = kpi, _("{file} has it", file=file.name)
    if paths:
        memory.keep()
    return list(found.values())


def _kpi(file: OwnFile, memory: Memory) -> Kpi:
    fold = _fold(file)
    columns = memory.columns(file)
    check_columns(file, fold, columns)
    names = {"en": file.header["name"]} | ({"es": file.header["name.es"]} if "name.es" in file.header else {})
    return Kpi(
        id=id_of(file),
        names=names,
        unit=_one_of(file, "unit", {unit: cast("Unit", unit) for unit in get_args(Unit)}),
        better=_one_of(file, "better", {better: cast("Better", better) for better in get_args(Better)}),
        fold=fold,
        facts=_facts(file, fold, columns),
        definition=file.header.get("definition") or file.header["name"],
        formula=file.header.get("formula") or file.header["fold"],
        needs=needs_of(file),
        on_empty=_one_of(file, "on_empty", ON_EMPTY) if "on_empty" in file.header else "no_rows_in_period",
        dimensions=among(file, "dimensions", columns),
        shown=among(file, "shown", columns),
        blockable="blocked" in columns,
    )


def _facts(file: OwnFile, fold: Fold, columns: Sequence[str]) -> Query:
    """Return the query with what its fold could not count left out, visibly: unknown is never read as 0."""
    instead = {name: f"{_number(name)} AS {name}" for name in NUMBERS}
    instead["excluded"] = f"COALESCE(CAST(excluded AS VARCHAR), {_reason(fold)}) AS excluded"
    listed = ", ".join(instead.get(name, name) for name in columns)
    return Query(f"SELECT {listed} FROM (\n{file.sql}\n) AS own", file=file.name, line=file.sql_line - 1)


def _number(name: str) -> str:
    """Return, in SQL, a column if it is finite, else nothing; what is no number is found out when it is run."""
    return f"CASE WHEN CAST({name} AS DOUBLE) * 0 = 0 THEN {name} END"


def _reason(fold: Fold) -> str:
    """Return, in SQL, why a row cannot be counted by *fold*."""
    cases = [f"WHEN {_number(name)} IS NULL THEN 'no_value'" for name in fold.sums if not fold.by_class]
    if isinstance(fold, Share):
        cases += ["WHEN numerator <> 0 AND numerator <> 1 THEN 'out_of_range'"]
    if fold.by_class:
        names = fold.names if isinstance(fold, Classes) else NPS_CLASSES
        listed = ", ".join(f"'{name}'" for name in names)
        cases += [f"WHEN class IS NULL OR NOT class IN ({listed}) THEN 'no_class'"]
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def id_of(file: OwnFile) -> str:
    found = file.header["id"]
    if not _ID.fullmatch(found):
        hint = _("Write it in small letters, digits and underscores, as fast_replies.")
        raise file.refused(_("{id} cannot be an id.", id=found), hint, file.lines.get("id"))
    return found


def _one_of(file: OwnFile, key: str, known: Mapping[str, ChoiceT]) -> ChoiceT:
    value = file.header[key]
    if value not in known:
        problem = _("there is no {key} {value}.", key=key, value=value)
        raise file.refused(problem, instead(value, known), file.lines.get(key))
    return known[value]


def needs_of(file: OwnFile) -> tuple[str, ...]:
    needs = file.listed("needs")
    for need in needs:
        if "|" in need and "." in need:
            problem = _("{need}: only of tables either may do.", need=need)
            raise file.refused(problem, _("Write fields one by one: tickets.csat"), file.lines.get("needs"))
        for each in need.split("|"):
            _check_need(file, *each.partition("."))
    return needs


def _check_need(file: OwnFile, table: str, _dot: str, column: str) -> None:
    if table not in TABLES:
        problem = _("there is no table {table}.", table=table)
        raise file.refused(problem, instead(table, TABLES), file.lines.get("needs"))
    known = TABLES[table].model_fields
    if column and column not in known:
        problem = _("{table} has no {column}.", table=table, column=column)
        raise file.refused(problem, instead(column, known), file.lines.get("needs"))


def _fold(file: OwnFile) -> Fold:
    written = file.header["fold"]
    found = _FOLD.fullmatch(written)
    name, within = (found["name"], found["within"]) if found else (written, None)
    if name in FOLDS and within is None:
        return FOLDS[name]
    if name == "quantile" and within and re.fullmatch(r"0?\.\d+", within.strip()) and Fraction(within.strip()):
        return Quantile(Fraction(within.strip()))
    classes = tuple(each.strip() for each in (within or "").split(","))
    if name == "classes" and all(map(_CLASS.fullmatch, classes)) and len(set(classes)) == len(classes):
        return Classes(classes)
    problem = _("there is no fold {fold}.", fold=written)
    raise file.refused(problem, instead(written, WRITTEN), file.lines.get("fold"))


def check_columns(file: OwnFile, fold: Fold, columns: Sequence[str], *more: str) -> None:
    """Raise ConfigurationError unless *columns* are those that the engine and *fold* need, and *more*."""
    for name in (*ENVELOPE, *fold.sums, *(["class"] if fold.by_class else []), *more):
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


def among(file: OwnFile, key: str, columns: Sequence[str]) -> tuple[str, ...]:
    names = file.listed(key)
    for name in names:
        if name not in columns:
            problem = _("the query has no column {name}.", name=name)
            raise file.refused(problem, instead(name, columns), file.lines.get(key))
    return names
