"""What each record can be recognised by: its values for every rule, in the one form that all sources share."""

# ruff: noqa: S608 - names of tables are ours, values are bound

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from latido.identity._countries import NAMES, VAT_PREFIXES
from latido.identity._hosts import HOST
from latido.identity._kinds import ACCOUNTS
from latido.identity._phones import phone_numbers
from latido.identity._tables import register

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from latido.identity._kinds import Kind

_NO_ID = ("", "0", "-", "--", ".", "null", "none", "nil", "n/a", "na", "unknown", "undefined", "tbd")
_FORMS = (
    "sl|slu|slp|sll|sa|sau|sc|scp|coop|gmbh|ag|kg|ug|ltd|limited|plc|llp|llc|inc|corp|corporation|co|lda|ltda|sas|"
    "sarl|srl|spa|bv|nv|oy|ab|as|aps|sp z oo|sro|sapi de cv|sa de cv|srl de cv"
)

_BARE_COUNTRY = "REPLACE(STRIP_ACCENTS(LOWER(TRIM(a.country))), '.', '')"

_ACCOUNTS = rf"""
    WITH placed AS (
        SELECT a.source, a.source_id, a.merged_into, TRIM(a.external_id) AS external_id, a.domain, a.website,
               REGEXP_REPLACE(UPPER(a.tax_id), '[^A-Z0-9]', '', 'g') AS tax_id,
               TRIM(REGEXP_REPLACE(REGEXP_REPLACE(REPLACE(STRIP_ACCENTS(LOWER(a.name)), '.', ''),
                    '[^\pL\pN]+', ' ', 'g'), ' ({_FORMS}) *$', '')) AS name,
               COALESCE(c.code, CASE WHEN LENGTH(TRIM(a.country)) = 2 THEN UPPER(TRIM(a.country)) END) AS country
        FROM accounts AS a
        JOIN looked_at AS l ON l.source = a.source AND l.source_id = a.source_id
        LEFT JOIN countries AS c ON c.name = {_BARE_COUNTRY}
    ), taxed AS (
        SELECT p.source, p.source_id, COALESCE(v.code, p.country) AS country,
               CASE WHEN v.prefix IS NULL THEN p.tax_id ELSE SUBSTR(p.tax_id, 3) END AS tax_id
        FROM placed AS p
        LEFT JOIN vat_prefixes AS v ON v.prefix = SUBSTR(p.tax_id, 1, 2) AND LENGTH(p.tax_id) >= 9
                                    AND COALESCE(p.country, v.code) = v.code
    )
    SELECT source, source_id, 'merged' AS rule, source || ':' || merged_into AS value,
           CAST(NULL AS VARCHAR) AS qualifier
    FROM placed
    WHERE merged_into <> 'unknown' AND merged_into <> source_id
    UNION ALL
    SELECT source, source_id, 'external_id', external_id, NULL
    FROM placed
    WHERE LOWER(external_id) NOT IN {_NO_ID}
    UNION ALL
    SELECT source, source_id, 'tax_id', tax_id, country
    FROM taxed
    WHERE LENGTH(tax_id) >= 5 AND LENGTH(REGEXP_REPLACE(tax_id, '[^0-9]', '', 'g')) >= 3
          AND NOT REGEXP_MATCHES(tax_id, '^[A-Z]*(0+|1+|9+|X+)[A-Z]*$')
    UNION ALL
    SELECT DISTINCT w.source, w.source_id, 'domain', h.domain, NULL
    FROM (SELECT source, source_id, {HOST.format("domain")} AS host FROM placed
          UNION ALL
          SELECT source, source_id, {HOST.format("website")} FROM placed) AS w
    JOIN _latido_hosts AS h ON h.host = w.host
    WHERE h.domain IS NOT NULL
    UNION ALL
    SELECT source, source_id, 'name', name, country
    FROM placed
    WHERE name <> '' AND country IS NOT NULL"""

_CONTACTS = """
    SELECT c.source, c.source_id, 'merged' AS rule, c.source || ':' || c.merged_into AS value,
           CAST(NULL AS VARCHAR) AS qualifier
    FROM contacts AS c
    JOIN looked_at AS l ON l.source = c.source AND l.source_id = c.source_id
    WHERE c.merged_into <> 'unknown' AND c.merged_into <> c.source_id
    UNION ALL
    SELECT c.source, c.source_id, 'email', LOWER(TRIM(c.email)), NULL
    FROM contacts AS c
    JOIN looked_at AS l ON l.source = c.source AND l.source_id = c.source_id
    WHERE TRIM(c.email) <> ''
    UNION ALL
    SELECT c.source, c.source_id, 'phone', n.number, NULL
    FROM contacts AS c
    JOIN looked_at AS l ON l.source = c.source AND l.source_id = c.source_id
    LEFT JOIN accounts AS a ON a.source = c.source AND a.source_id = c.account_id
    JOIN phone_numbers AS n ON n.phone = c.phone AND n.country = COALESCE(a.country, '')"""

_PHONES = f"""
    SELECT DISTINCT c.phone, COALESCE(a.country, '') AS country, COALESCE(n.code, UPPER(TRIM(a.country)), '') AS code
    FROM contacts AS c
    JOIN looked_at AS l ON l.source = c.source AND l.source_id = c.source_id
    LEFT JOIN accounts AS a ON a.source = c.source AND a.source_id = c.account_id
    LEFT JOIN countries AS n ON n.name = {_BARE_COUNTRY}
    WHERE TRIM(c.phone) <> ''"""


def derive(connection: duckdb.DuckDBPyConnection, kind: Kind) -> None:
    """Fill the temporary table `fresh` with the keys of those records of *kind* that are in `looked_at`."""
    sql = _ACCOUNTS if kind is ACCOUNTS else _CONTACTS
    with ExitStack() as stack:
        names, codes = zip(*_countries(), strict=True)
        stack.enter_context(register(connection, "countries", name=names, code=codes))
        prefixes = ["GR" if each == "EL" else "GB" if each == "XI" else each for each in VAT_PREFIXES]
        stack.enter_context(register(connection, "vat_prefixes", prefix=VAT_PREFIXES, code=prefixes))
        if kind is not ACCOUNTS:
            phones, countries, numbers = phone_numbers(connection.execute(_PHONES).fetchall())
            stack.enter_context(register(connection, "phone_numbers", phone=phones, country=countries, number=numbers))
        connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh AS {sql}")


def _countries() -> Iterator[tuple[str, str]]:
    for code, names in NAMES.items():
        yield from ((name, code) for name in names)
