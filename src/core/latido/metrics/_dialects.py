"""The SQL of facts as other engines would have it."""

from __future__ import annotations

from latido.errors import UsageError
from latido.messages import marker
from latido.suggest import nearest

_ = marker("latido")

OURS = "duckdb"


def transpiled(sql: str, dialect: str) -> str:
    """Return *sql*, which is DuckDB's, in another *dialect*, as well as that can be done, and with a line that says so.

    Raises UsageError, with the nearest, for a dialect that nobody knows.
    """
    if dialect == OURS:
        return sql
    from sqlglot import Dialect, ErrorLevel, parse_one

    known = sorted(name for name in Dialect.classes if name)
    if dialect not in known:
        near, listed = nearest(dialect, known), ", ".join(known)
        raise UsageError(
            _("There is no dialect {name}. Did you mean {near}?", name=dialect, near=near)
            if near
            else _("There is no dialect {name}.", name=dialect),
            _("There is: {known}", known=listed),
        )
    writer = Dialect.get_or_raise(dialect).generator(pretty=True, unsupported_level=ErrorLevel.IGNORE)
    written = writer.generate(parse_one(f"{sql}\n", dialect=OURS))
    doubts = [f"-- {dialect} cannot: {each}" for each in dict.fromkeys(writer.unsupported_messages)]
    return "\n".join([f"-- transpiled from {OURS} to {dialect}, best effort", *doubts, written])
