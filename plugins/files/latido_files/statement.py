"""Whether a query only reads."""

from __future__ import annotations

import logging
import re
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

DOING = re.compile(
    r"(?i)(nextval|nextvaluefor|setval|set_config|sleep|benchmark|(get|release|is_\w+)_(all_)?locks?|load_(file|extension)"
    r"|writefile|edit|fts3_tokenizer|open(rowset|query|datasource|xml)|dblink\w*|lo_\w+|(query|cursor)_to_xml\w*"
    r"|pg_(sleep|terminate|cancel|reload|rotate|notify|advisory|try_advisory|promote|switch|create|drop|logical"
    r"|replication|read|ls|stat_reset|wal|backup|start|stop|file|import|log_)\w*|sys_(exec|eval|get|set)|xp_\w+|utl_\w+)"
)
"""Functions that do something, or reach beyond the database, whatever a read-only transaction says of it."""

EXECUTED_COMMENT = re.compile(r"/\*M?!")
"""How comments begin that MySQL and MariaDB execute, and that nobody else sees as part of a query."""


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
    _only_reads(table, statements[0], sql, backend)
    return sql.strip().rstrip(";").rstrip()


def _only_reads(table: str, statement: Any, sql: str, backend: str) -> None:
    """Raise ConfigurationError for a query that does something besides, by what it calls or hides in a comment."""
    from sqlglot import exp

    if DIALECTS.get(backend) == "mysql" and EXECUTED_COMMENT.search(sql):
        raise _refused(_("{table}: what a comment /*! … */ says is executed, unseen.", table=table))
    called = [each.name if isinstance(each, exp.Anonymous) else each.key for each in statement.find_all(exp.Func)]
    if backend == "oracle":
        called += [each.name for each in statement.find_all(exp.Column)]
    for name in called:
        if DOING.fullmatch(name):
            raise _refused(_("{table}: the query calls {function}, which does more than read.",
                             table=table, function=name.upper()))  # fmt: skip


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
