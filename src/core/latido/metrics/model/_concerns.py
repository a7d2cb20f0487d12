"""What reaches are put together from: the queries and conditions that find rows which others, that moved, concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN = "r.source = t.source AND r.source_id = t.source_id"
# Trimmed in the end, which is quicker than at first, and finds rather too many: a host may begin with a space.
HOST_IS = "TRIM(n.domain) = LOWER(TRIM(SPLIT_PART(t.{}, '@', 2)))"
ENTITIES = "t.entity, t.source, t.source_id"


def moved(cause: str) -> str:
    return f"SELECT source, source_id FROM new_{cause}"


def names(column: str, cause: str, among: str = "") -> str:
    """Return the condition that `column` names what moved in *cause*."""
    return f"EXISTS (FROM {among or f'new_{cause}'} AS n WHERE n.source = t.source AND n.source_id = t.{column})"


def by_link(table: str, column: str, cause: str, among: str = "") -> str:
    return f"""SELECT t.source, t.source_id FROM m_primary_links AS t
               SEMI JOIN {among or f"new_{cause}"} AS n ON n.source = t.source AND n.source_id = t.{column}
               WHERE t.entity = '{table}'"""


def of_kind(table: str, cause: str) -> str:
    return f"SELECT source, source_id FROM new_{cause} WHERE entity = '{table}'"


def either(*queries: str) -> str:
    return " UNION ALL ".join(queries)


def with_customer(model: str, key: str = "source, source_id") -> str:
    """Return the rows of *model* whose customer became a test, or no longer is one."""
    return f"SELECT {key} FROM {model} AS t SEMI JOIN new_m_customers AS n ON n.customer_id = t.customer_id"


def by_email(column: str) -> dict[str, str]:
    return {
        "m_domains": f"EXISTS (FROM new_m_domains AS n WHERE {HOST_IS.format(column)})",
        "m_people": f"EXISTS (FROM new_m_people AS n WHERE n.email = LOWER(TRIM(t.{column})))",
    }


# Who became another person, and nothing else, belongs to the same customer as before.
CONTACTS_OF_OTHERS = """(SELECT source, source_id FROM new_m_contacts GROUP BY source, source_id
    HAVING COUNT(*) = 1 OR COUNT(DISTINCT COALESCE(customer_id, '')) > 1)"""


NAMED = {"account_id": ("m_account_customers", ""), "contact_id": ("m_contacts", CONTACTS_OF_OTHERS)}
"""Whom rows name, with what moves when those belong to another customer."""


def owners(contacts: str = CONTACTS_OF_OTHERS) -> dict[str, str]:
    """Return by cause the condition of rows that belong to whom they name: an account, a contact."""
    return {
        "m_account_customers": names("account_id", "m_account_customers"),
        "m_contacts": names("contact_id", "m_contacts", contacts),
    }


def owned(table: str, model: str, linked: Iterable[str] = ()) -> dict[str, str]:
    """Return the causes of rows that belong to somebody, besides whom they name: to whom they are *linked*."""
    causes = {table: moved(table), "m_customers": with_customer(model)}
    causes |= {
        cause: by_link(table, column, cause, among) for column, (cause, among) in NAMED.items() if column in linked
    }
    if linked:
        causes["m_primary_links"] = of_kind(table, "m_primary_links")
    return causes


def domains_of(cause: str) -> str:
    return f"""SELECT k.value AS domain FROM _latido_keys AS k
               SEMI JOIN new_{cause} AS n ON n.source = k.source AND n.source_id = k.source_id
               WHERE k.entity = 'accounts' AND k.rule = 'domain'"""


def with_external_id(table: str) -> str:
    """Return the ids that rows have or had, which the one that stays of several remembers."""
    had = " UNION ALL ".join(
        f"""SELECT t.entity, t.external_id FROM m_duplicates AS t
            SEMI JOIN new_{table} AS n ON t.entity = '{table}' AND n.source = t.{source} AND n.source_id = t.{key}"""
        for source, key in (("source", "source_id"), ("kept_source", "kept_id"))
    )
    return f"SELECT '{table}' AS entity, external_id FROM new_{table} WHERE external_id <> '' UNION ALL {had}"


# Up to those who were merged into whoever moved, then down to whom they were merged into.
MERGED_TOGETHER = """
    WITH RECURSIVE merged AS MATERIALIZED (
        SELECT source, source_id, merged_into FROM contacts WHERE merged_into IS NOT NULL
    ), above AS (
        SELECT source, source_id FROM found
        UNION
        SELECT m.source, m.source_id FROM above AS a
        JOIN merged AS m ON m.source = a.source AND m.merged_into = a.source_id
    ), below AS (
        SELECT source, source_id FROM above
        UNION
        SELECT m.source, m.merged_into FROM below AS b
        JOIN merged AS m ON m.source = b.source AND m.source_id = b.source_id
    )
    SELECT source, source_id FROM below"""

# Contracts and deals that name each other, or one that another source knows better, are renewed together.
NAMING_EACH_OTHER = """
    WITH RECURSIVE named AS (
        SELECT 'contracts' AS entity, source, source_id, 'deals' AS other, deal_id AS other_id
        FROM contracts WHERE deal_id IS NOT NULL
        UNION ALL
        SELECT 'contracts', source, source_id, 'contracts', supersedes FROM contracts WHERE supersedes IS NOT NULL
        UNION ALL
        SELECT 'deals', source, source_id, 'deals', supersedes FROM m_deals WHERE supersedes IS NOT NULL
    ), same AS (
        SELECT entity, source, source_id, kept_source, kept_id FROM m_duplicates WHERE entity IN ('contracts', 'deals')
    ), pairs AS MATERIALIZED (
        SELECT entity, source, source_id, other, source AS other_source, other_id FROM named
        UNION ALL
        SELECT other, source, other_id, entity, source, source_id FROM named
        UNION ALL
        SELECT entity, source, source_id, entity, kept_source, kept_id FROM same
        UNION ALL
        SELECT entity, kept_source, kept_id, entity, source, source_id FROM same
    ), together AS (
        SELECT entity, source, source_id FROM found
        UNION
        SELECT p.other, p.other_source, p.other_id FROM together AS t
        JOIN pairs AS p ON p.entity = t.entity AND p.source = t.source AND p.source_id = t.source_id
    )
    SELECT entity, source, source_id FROM together"""

# A legacy rating makes way for another answer about the same ticket, as it was or as it is: of those that were not
# written since, both are one.
ABOUT_ONE_TICKET = """
    WITH about AS (
        SELECT r.source, r.ticket_id FROM survey_responses AS r JOIN found AS f USING (source, source_id)
        WHERE r.seq > {since}
        UNION
        SELECT a.source, a.ticket_id FROM m_answers AS a JOIN found AS f USING (source, source_id)
    )
    SELECT source, source_id FROM found
    UNION
    SELECT r.source, r.source_id FROM survey_responses AS r
    SEMI JOIN about AS o ON o.source = r.source AND o.ticket_id = r.ticket_id"""

CUSTOMER = "reached AS r ON r.customer_id = t.customer_id"


def customers_of(*causes: str) -> dict[str, str]:
    return {cause: f"SELECT customer_id FROM new_{cause}" for cause in causes}


def convertible(model: str, key: str, day: str) -> str:
    return f"""SELECT {key} FROM {model} AS t
               JOIN new_m_rates AS n ON n.currency = t.currency AND n.starts_on <= t.{day} AND n.until_on > t.{day}"""
