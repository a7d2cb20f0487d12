"""Whether a query only reads."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from latido.errors import ConfigurationError
from latido.messages import marker

if TYPE_CHECKING:
    from latido.messages import Message

_ = marker("latido_files")

DIALECTS = {
    "mariadb": "mysql",
    "mssql": "tsql",
    "mysql": "mysql",
    "oracle": "oracle",
    "postgresql": "postgres",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "sqlite": "sqlite",
    "trino": "trino",
}
"""How sqlglot calls the SQL of a database that SQLAlchemy calls otherwise; that of others is read as standard SQL."""

WRITING = (
    "Alter", "Analyze", "Attach", "Command", "Copy", "Create", "Delete", "Detach", "Drop", "Execute", "Grant", "Insert",
    "Into", "Kill", "LoadData", "Lock", "Merge", "Pragma", "Revoke", "Set", "TruncateTable", "Update", "Use",
)  # fmt: skip
"""What sqlglot calls the parts of a statement that do more than read."""


def checked(table: str, sql: str, backend: str) -> str:
    """Return *sql* as it can stand inside another query; raises ConfigurationError unless it is one that only reads."""
    statements = _parsed(table, sql, backend)
    if len(statements) != 1:
        raise _refused(_("{table}: this is not one query but {n}.", table=table, n=len(statements)))
    from sqlglot import exp

    writing = tuple(found for name in WRITING if (found := getattr(exp, name, None)))
    if (deed := statements[0].find(*writing)) is not None:
        raise _refused(_("{table}: the query would write: {deed}.", table=table, deed=_name(deed)))
    if not isinstance(statements[0], exp.Query):
        raise _refused(_("{table}: this is no query: {what}.", table=table, what=_name(statements[0])))
    return sql.strip().rstrip(";").rstrip()


def _parsed(table: str, sql: str, backend: str) -> list[Any]:
    from sqlglot import parse
    from sqlglot.errors import SqlglotError

    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # What it does not know, it says in a warning and we in words.
    try:
        return [each for each in parse(sql, dialect=DIALECTS.get(backend)) if each is not None]
    except SqlglotError as error:
        raise ConfigurationError(
            _("{table}: the query cannot be understood, so nobody knows that it only reads: {reason}",
              table=table, reason=_reason(error)),
            _("Put it into a view of the database, and write: select * from that_view"),
        ) from None  # fmt: skip


def _reason(error: Any) -> str:
    """Return where and why, without the coloured excerpt."""
    found = getattr(error, "errors", None) or [{}]
    said = str(found[0].get("description") or str(error).splitlines()[0])
    return f"{said} ({found[0]['line']}:{found[0]['col']})" if "line" in found[0] else said


def _name(part: Any) -> str:
    if part.key == "command":
        return str(part.name).upper()
    return {"lock": "FOR UPDATE", "into": "INTO", "truncatetable": "TRUNCATE", "loaddata": "LOAD DATA"}.get(
        part.key, str(part.key).upper()
    )


def _refused(message: Message) -> ConfigurationError:
    return ConfigurationError(message, _("Write one SELECT per table. Latido only ever reads."))
