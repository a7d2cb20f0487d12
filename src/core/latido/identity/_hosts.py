"""Which domain a host belongs to: that of whoever registered it, if that is a company of its own."""

# ruff: noqa: S608 - names of tables are ours, values are bound

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from latido.identity._free_mail import FREE_MAIL, SHARED_SITES
from latido.identity._tables import register
from latido.warehouse import note_moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import duckdb

NOBODYS = frozenset((*FREE_MAIL, *SHARED_SITES))
_ADDRESS = re.compile(r"[0-9.]+|.*:.*")
_MOST_CHARACTERS = 253

HOST = r"""NULLIF(RTRIM(REGEXP_EXTRACT(LOWER(TRIM({})),
           '^(?:[a-z][a-z0-9+.-]*://)?(?:[^/@?#]*@)?([^/?#:\s]+)', 1), '.'), '')"""
"""The host in what people write as a domain or website: with or without scheme, mailbox, path."""

MAIL_HOST = "NULLIF(SPLIT_PART(LOWER(TRIM({})), '@', 2), '')"

_NAMED = {
    "accounts": (HOST.format("domain"), HOST.format("website")),
    "contacts": (MAIL_HOST.format("email"),),
    "tickets": (MAIL_HOST.format("requester_email"),),
    "survey_responses": (MAIL_HOST.format("respondent_email"),),
}


def learn(connection: duckdb.DuckDBPyConnection, since: int) -> None:
    """Note the domain of every host that rows written after *since* name for the first time."""
    named = " UNION ".join(
        f"SELECT {host} AS host FROM {table} WHERE seq > $since" for table, hosts in _NAMED.items() for host in hosts
    )
    fresh = connection.execute(
        f"""WITH named AS ({named})
            SELECT host FROM named WHERE host IS NOT NULL
            EXCEPT SELECT host FROM _latido_hosts WHERE host IN (SELECT host FROM named)""",
        {"since": since},
    ).fetchall()
    if fresh:
        hosts = [host for (host,) in fresh]
        with register(connection, "learned", host=hosts, domain=list(domains(hosts))):
            connection.execute("INSERT INTO _latido_hosts SELECT host, domain FROM learned")
            if since >= 0:
                note_moved(connection, "domain", "SELECT DISTINCT '', '', domain FROM learned WHERE domain IS NOT NULL")


def domains(hosts: Iterable[str]) -> Iterable[str | None]:
    """Return the registrable domain of each host; None where it is nobody's own: free mail, shared sites, addresses."""
    return (_own(_registrable(), host) for host in hosts)


@cache
def _registrable() -> Callable[[str], str | None]:
    from publicsuffixlist import PublicSuffixList

    found: Callable[[str], str | None] = PublicSuffixList().privatesuffix
    return found


def _own(registrable: Callable[[str], str | None], host: str) -> str | None:
    if len(host) > _MOST_CHARACTERS or _ADDRESS.fullmatch(host):
        return None
    found = registrable(_ascii(host))
    return None if found in NOBODYS else found


def _ascii(host: str) -> str:
    """Return *host* as it stands in the domain name system; what cannot stand there, as it is."""
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
