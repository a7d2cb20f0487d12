"""What the SQL of facts may say: what means the same on DuckDB, PostgreSQL and Spark.

Much else parses everywhere and is silently wrong somewhere, so this is a list of what is allowed. It costs an import of
sqlglot: only who looks at SQL imports this module.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from latido.messages import marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from latido.messages import Message

_ = marker("latido")

ALLOWED: tuple[type[exp.Expr], ...] = (
    # The shape of a query.
    exp.Select, exp.With, exp.CTE, exp.From, exp.Table, exp.TableAlias, exp.Identifier, exp.Subquery, exp.Union,
    exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Column, exp.Alias, exp.Distinct,
    # Values and conditions.
    exp.Literal, exp.Null, exp.Boolean, exp.Parameter, exp.Placeholder, exp.Var, exp.Tuple, exp.Paren, exp.Case, exp.If,
    exp.Cast, exp.DataType, exp.DataTypeParam, exp.And, exp.Or, exp.Not, exp.Is, exp.In, exp.Exists, exp.EQ, exp.NEQ,
    exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Between,
    # Functions that mean the same everywhere.
    exp.Coalesce, exp.Nullif, exp.Least, exp.Greatest, exp.Lower, exp.Upper, exp.Trim, exp.Abs, exp.DateDiff,
    exp.Count, exp.Sum, exp.Min, exp.Max, exp.Star,
    exp.Any, exp.Window, exp.WindowSpec, exp.RowNumber, exp.Rank, exp.Lag, exp.Lead, exp.Interval,
)  # fmt: skip

TYPES = ("VARCHAR", "TEXT", "BOOLEAN", "INT", "BIGINT", "DECIMAL", "DOUBLE", "DATE", "TIMESTAMP", "TIMESTAMPNTZ")
"""What the parser calls the types that every engine has."""

LONGEST = 60
"""Characters of a piece of SQL that are shown."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something that is not known to run alike everywhere, and the line of the SQL, from 1, that it stands on."""

    message: Message
    line: int | None


def complaints(tree: exp.Expr, sql: str) -> Iterator[Complaint]:
    """Yield what in *tree*, the parsed *sql*, is not known to run alike everywhere."""
    for node in tree.walk():
        if type(node) not in ALLOWED:
            yield Complaint(_("{part} does not mean the same on every engine.", part=shown(node)), line_of(node))
        elif (message := _misused(node)) is not None:
            yield Complaint(message, line_of(node))
    ordered = sum(len(list(window.find_all(exp.Ordered))) for window in tree.find_all(exp.Window))
    if ordered > len(re.findall(r"(?i)\bNULLS\s+(FIRST|LAST)\b", sql)):
        yield Complaint(_("ORDER BY in a window has to say NULLS FIRST or NULLS LAST."), None)


def line_of(node: exp.Expr) -> int | None:
    """Return the line on which *node* begins, or None where the parser does not know."""
    known = [each.meta["line"] for each in node.walk() if "line" in each.meta]
    return min(known, default=None)


def shown(node: exp.Expr) -> str:
    """Return *node* as people wrote it, the beginning of it if it is long."""
    text = node.sql(dialect="duckdb")
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _misused(node: exp.Expr) -> Message | None:
    """Return why *node* is not allowed as it is used."""
    return next((said for kind, rule in _RULES if isinstance(node, kind) and (said := rule(node)) is not None), None)


def _with(tables: Any) -> Message | None:
    return (
        _("WITH RECURSIVE is not known to every engine, and may never end.") if tables.args.get("recursive") else None
    )


def _star(star: Any) -> Message | None:
    counted = isinstance(star.parent, exp.Count)
    return None if counted else _("* stands for whatever columns there are: name them.")


def _join(join: Any) -> Message | None:
    if join.side in ("", "LEFT") and not join.method:
        return None
    return _("Only JOIN, LEFT JOIN and CROSS JOIN are the same everywhere, not {part}.", part=shown(join))


def _difference(difference: Any) -> Message | None:
    if difference.text("unit").lower() in ("microsecond", "day"):
        return None
    return _("DATE_DIFF counts alike everywhere only in 'microsecond' and 'day'.")


def _group(group: Any) -> Message | None:
    return _("GROUP BY ALL is of one engine: name the columns.") if group.args.get("all") else None


def _window(window: Any) -> Message | None:
    distinct = window.this.find(exp.Distinct)
    return _("Not every engine counts DISTINCT in a window: count in a subquery.") if distinct else None


def _type(kind: Any) -> Message | None:
    return None if kind.this.name in TYPES else _("Not every engine has the type {part}.", part=shown(kind))


def _cast(cast: Any) -> Message | None:
    broken = cast.this.find(exp.Div) or any("." in each.name for each in cast.this.find_all(exp.Literal))
    if cast.args["to"].this.name not in ("INT", "BIGINT") or not broken:
        return None
    return _("{part} rounds on one engine and cuts off on another: leave it to the fold.", part=shown(cast))


def _division(division: Any) -> Message | None:
    """Return what is wrong unless the divisor cannot be 0: a number, under a CASE, or by NULLIF."""
    divisor = division.expression
    number = isinstance(divisor, exp.Literal) and not divisor.is_string and float(divisor.name) != 0
    if number or isinstance(divisor, exp.Nullif) or division.find_ancestor(exp.Case) is not None:
        return None
    return _("{part} may divide by 0: write NULLIF(…, 0) around what it divides by.", part=shown(division))


_RULES: tuple[tuple[type[exp.Expr], Callable[[Any], Message | None]], ...] = (
    (exp.With, _with),
    (exp.Star, _star),
    (exp.Join, _join),
    (exp.DateDiff, _difference),
    (exp.Group, _group),
    (exp.Window, _window),
    (exp.DataType, _type),
    (exp.Cast, _cast),
    (exp.Div, _division),
)
