"""What the user says about who is the same; it goes before every rule, and stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latido.errors import UsageError
from latido.identity._kinds import ACCOUNTS
from latido.messages import marker
from latido.warehouse import touch

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from latido.warehouse import Warehouse

_ = marker("latido")

_MEMBER = "source || ':' || source_id"


def link(warehouse: Warehouse, a: str, b: str) -> None:
    """Make the customers of *a* and *b* one; each is an account (`source:source_id`) or the id of a customer.

    It shows after the next refresh. Raises UsageError for what does not exist.
    """
    with warehouse.writing() as connection:
        connection.execute("BEGIN")
        one, other = sorted((members(connection, a)[0], members(connection, b)[0]))
        if one == other:
            raise UsageError(_("{a} and {b} are the same account.", a=a, b=b))
        connection.execute("DELETE FROM merge_overrides WHERE kind = 'link' AND a = ? AND b = ?", [one, other])
        _note(warehouse, connection, "link", one, other)
        _unsettle(connection, (one, other))
        connection.execute("COMMIT")


def split(warehouse: Warehouse, a: str) -> list[str]:
    """Let the account *a*, or every account of that customer, stand alone; return those accounts.

    No rule joins them again; only what the vendor merged stays, and what is linked later. It shows after the next
    refresh. Raises UsageError for what does not exist.
    """
    with warehouse.writing() as connection:
        connection.execute("BEGIN")
        alone = members(connection, a)
        for each in alone:
            parted = "(kind = 'link' AND $each IN (a, b)) OR (kind = 'split' AND a = $each)"
            connection.execute(f"DELETE FROM merge_overrides WHERE {parted}", {"each": each})  # noqa: S608 - ours
            _note(warehouse, connection, "split", each, None)
        _unsettle(connection, alone)
        connection.execute("COMMIT")
    return alone


def members(connection: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """Return the accounts that *name* stands for: that one, or all of a customer's, the one it is named by first.

    Raises UsageError when there is neither.
    """
    found = connection.execute(
        f"""SELECT {_MEMBER} FROM account_links WHERE {_MEMBER} = $name OR customer_id = $name
            ORDER BY LEFT(MD5({_MEMBER}), 16) <> customer_id, 1""",  # noqa: S608 - names of ours
        {"name": name},
    ).fetchall()
    if not found:
        raise UsageError(
            _("There is no account and no customer {name}.", name=name),
            _("Name an account as source:id, with the id that the vendor gave it; see: latido explain KPI --rows"),
        )
    return [member for (member,) in found]


def _note(warehouse: Warehouse, connection: duckdb.DuckDBPyConnection, kind: str, one: str, other: str | None) -> None:
    row = [kind, one, other, warehouse.clock.now().isoformat()]
    connection.execute("INSERT INTO merge_overrides VALUES (?, ?, ?, CAST(? AS TIMESTAMPTZ))", row)


def _unsettle(connection: duckdb.DuckDBPyConnection, accounts: Iterable[str]) -> None:
    for each in accounts:
        source, _colon, source_id = each.partition(":")
        connection.execute("INSERT INTO _latido_unsettled VALUES (?, ?, ?)", [ACCOUNTS.table, source, source_id])
    touch(connection)
