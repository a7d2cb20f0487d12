"""How far a change reaches: for each table, which of its rows come out differently when others move.

Every table has a query of its own (`m_….sql`), and nothing here says again what that counts. Here is said only where to
look: `causes` finds, for each table whose rows moved, the keys of those that may come out differently, `spread` adds
whoever is renewed together with them, and `reads` narrows what the query reads to what it needs for them. Looking at
too many is slow; looking at too few would be wrong, and a test compares.

The rows that moved stand in `new_…`: of a synced table those written since, of a table of the model those that came out
differently, as they were and as they are now. `left_…` are those that a row named before and no longer does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_OWN = "r.source = t.source AND r.source_id = t.source_id"
# Trimmed in the end, which is quicker than at first, and finds rather too many: a host may begin with a space.
_HOST_IS = "TRIM(n.domain) = LOWER(TRIM(SPLIT_PART(t.{}, '@', 2)))"


@dataclass(frozen=True, slots=True)
class Reach:
    """`key` is what rows are known by, `told` the query of what others notice of rows that came out differently.

    `looked_through` is a table of which rows that fit a condition of `where` come out differently, too: all that is
    asked of it is asked in one go.
    """

    causes: Mapping[str, str]
    reads: Mapping[str, str]
    looked_through: str = ""
    where: Mapping[str, str] = field(default_factory=dict)
    key: tuple[str, ...] = ("source", "source_id")
    spread: str = ""
    told: str = "FROM {rows}"


@dataclass(frozen=True, slots=True)
class Whole:
    """A small table: where any of the tables `after` moved, all of it is built again."""

    after: tuple[str, ...]
    told: str = field(default="FROM {rows}")


def _moved(cause: str) -> str:
    return f"SELECT source, source_id FROM new_{cause}"


def _names(column: str, cause: str, among: str = "") -> str:
    """Return the condition that `column` names what moved in *cause*."""
    return f"EXISTS (FROM {among or f'new_{cause}'} AS n WHERE n.source = t.source AND n.source_id = t.{column})"


def _by_link(table: str, column: str, cause: str, among: str = "") -> str:
    return f"""SELECT t.source, t.source_id FROM m_primary_links AS t
               SEMI JOIN {among or f"new_{cause}"} AS n ON n.source = t.source AND n.source_id = t.{column}
               WHERE t.entity = '{table}'"""


def _of_kind(table: str, cause: str) -> str:
    return f"SELECT source, source_id FROM new_{cause} WHERE entity = '{table}'"


def _any(*queries: str) -> str:
    return " UNION ALL ".join(queries)


def _with_customer(model: str, key: str = "source, source_id") -> str:
    """Return the rows of *model* whose customer became a test, or no longer is one."""
    return f"SELECT {key} FROM {model} AS t SEMI JOIN new_m_customers AS n ON n.customer_id = t.customer_id"


def _by_email(column: str) -> dict[str, str]:
    return {
        "m_domains": f"EXISTS (FROM new_m_domains AS n WHERE {_HOST_IS.format(column)})",
        "m_people": f"EXISTS (FROM new_m_people AS n WHERE n.email = LOWER(TRIM(t.{column})))",
    }


# Who became another person, and nothing else, belongs to the same customer as before.
_CONTACTS_OF_OTHERS = """(SELECT source, source_id FROM new_m_contacts GROUP BY source, source_id
    HAVING COUNT(*) = 1 OR COUNT(DISTINCT COALESCE(customer_id, '')) > 1)"""


_NAMED = {"account_id": ("m_account_customers", ""), "contact_id": ("m_contacts", _CONTACTS_OF_OTHERS)}
"""Whom rows name, with what moves when those belong to another customer."""


def _owners(contacts: str = _CONTACTS_OF_OTHERS) -> dict[str, str]:
    """Return by cause the condition of rows that belong to whom they name: an account, a contact."""
    return {
        "m_account_customers": _names("account_id", "m_account_customers"),
        "m_contacts": _names("contact_id", "m_contacts", contacts),
    }


def _owned(table: str, model: str, linked: Iterable[str] = ()) -> dict[str, str]:
    """Return the causes of rows that belong to somebody, besides whom they name: to whom they are *linked*."""
    causes = {table: _moved(table), "m_customers": _with_customer(model)}
    causes |= {
        cause: _by_link(table, column, cause, among) for column, (cause, among) in _NAMED.items() if column in linked
    }
    if linked:
        causes["m_primary_links"] = _of_kind(table, "m_primary_links")
    return causes


def _simply(table: str, model: str) -> Reach:
    return Reach(_owned(table, model), {table: f"reached AS r ON {_OWN}"}, looked_through=table, where=_owners())


def _domains_of(cause: str) -> str:
    return f"""SELECT k.value AS domain FROM _latido_keys AS k
               SEMI JOIN new_{cause} AS n ON n.source = k.source AND n.source_id = k.source_id
               WHERE k.entity = 'accounts' AND k.rule = 'domain'"""


def _with_external_id(table: str) -> str:
    """Return the ids that rows have or had, which the one that stays of several remembers."""
    had = " UNION ALL ".join(
        f"""SELECT t.entity, t.external_id FROM m_duplicates AS t
            SEMI JOIN new_{table} AS n ON t.entity = '{table}' AND n.source = t.{source} AND n.source_id = t.{key}"""
        for source, key in (("source", "source_id"), ("kept_source", "kept_id"))
    )
    return f"SELECT '{table}' AS entity, external_id FROM new_{table} WHERE external_id <> '' UNION ALL {had}"


_DOUBLED = ("tickets", "deals", "contracts", "survey_responses")

# Up to those who were merged into whoever moved, then down to whom they were merged into.
_MERGED_TOGETHER = """
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
_NAMING_EACH_OTHER = """
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

# A legacy rating makes way for another answer about the same ticket, as it was or as it is.
_ABOUT_ONE_TICKET = """
    WITH about AS (
        SELECT r.source, r.ticket_id FROM survey_responses AS r JOIN found AS f USING (source, source_id)
        UNION
        SELECT a.source, a.ticket_id FROM m_answers AS a JOIN found AS f USING (source, source_id)
    )
    SELECT source, source_id FROM found
    UNION
    SELECT r.source, r.source_id FROM survey_responses AS r
    SEMI JOIN about AS o ON o.source = r.source AND o.ticket_id = r.ticket_id"""

_CUSTOMER = "reached AS r ON r.customer_id = t.customer_id"


def _customers_of(*causes: str) -> dict[str, str]:
    return {cause: f"SELECT customer_id FROM new_{cause}" for cause in causes}


def _convertible(model: str, key: str, day: str) -> str:
    return f"""SELECT {key} FROM {model} AS t
               JOIN new_m_rates AS n ON n.currency = t.currency AND n.starts_on <= t.{day} AND n.until_on > t.{day}"""


_ENTITY = ("entity", "source", "source_id")
_ENTITIES = "t.entity, t.source, t.source_id"

REACHES: Mapping[str, Reach | Whole] = {
    "m_delivered": Whole(("rows",)),
    "m_account_customers": Reach(
        {"account_links": _moved("account_links")}, {"account_links": f"reached AS r ON {_OWN}"}
    ),
    "m_customers": Reach(
        _customers_of("m_account_customers")
        | {
            "accounts": """SELECT t.customer_id FROM m_account_customers AS t
                           SEMI JOIN new_accounts AS n ON n.source = t.source AND n.source_id = t.source_id""",
            "users": """SELECT t.customer_id FROM m_account_customers AS t
                        JOIN accounts AS a ON a.source = t.source AND a.source_id = t.source_id
                        SEMI JOIN new_users AS n ON n.source = a.source AND n.source_id = a.owner_id""",
        },
        {"m_account_customers": _CUSTOMER},
        key=("customer_id",),
        told="SELECT customer_id FROM {rows} WHERE is_test",
    ),
    "m_accounts": Reach(
        {
            "accounts": _moved("accounts"),
            "m_account_customers": _moved("m_account_customers"),
            "m_customers": _with_customer("m_accounts"),
        },
        {"accounts": f"reached AS r ON {_OWN}"},
    ),
    "m_domains": Reach(
        {
            "domain": "SELECT source_id AS domain FROM new_domain",
            "accounts": _domains_of("accounts"),
            "m_account_customers": _domains_of("m_account_customers"),
        },
        {
            "_latido_hosts": "reached AS r ON r.domain = t.host",
            "_latido_keys": "found AS r ON t.entity = 'accounts' AND t.rule = 'domain' AND r.domain = t.value",
        },
        key=("domain",),
        spread="SELECT h.host AS domain FROM _latido_hosts AS h SEMI JOIN found AS f ON f.domain = h.domain",
    ),
    "m_primary_links": Reach(
        {
            "associations": "SELECT source, from_entity AS entity, from_id AS source_id FROM new_associations",
            "left_links": "SELECT source, entity, source_id FROM new_left_links",
        },
        {
            "associations": """reached AS r
                 ON r.source = t.source AND r.entity = t.from_entity AND r.source_id = t.from_id"""
        },
        key=("source", "entity", "source_id"),
    ),
    "m_contacts": Reach(
        {
            "contacts": _moved("contacts"),
            "contact_links": _moved("contact_links"),
            "m_account_customers": _by_link("contacts", "account_id", "m_account_customers"),
            "m_primary_links": _of_kind("contacts", "m_primary_links"),
        },
        {"contacts": f"reached AS r ON {_OWN}"},
        looked_through="contacts",
        where={
            "m_account_customers": _names("account_id", "m_account_customers"),
            "m_domains": _by_email("email")["m_domains"],
        },
        spread=_MERGED_TOGETHER,
    ),
    "m_people": Reach(
        {
            "email": "SELECT source_id AS email FROM new_email",
            "contact_links": """SELECT k.value AS email FROM _latido_keys AS k
                                SEMI JOIN new_contact_links AS n ON n.source = k.source AND n.source_id = k.source_id
                                WHERE k.entity = 'contacts' AND k.rule = 'email'""",
        },
        {"_latido_keys": "reached AS r ON t.entity = 'contacts' AND t.rule = 'email' AND r.email = t.value"},
        key=("email",),
    ),
    "m_duplicates": Reach(
        {table: _with_external_id(table) for table in _DOUBLED},
        {table: f"reached AS r ON r.entity = '{table}' AND r.external_id = t.external_id" for table in _DOUBLED},
        key=("entity", "external_id"),
        told="SELECT entity, source, source_id, kept_source, kept_id FROM {rows}",
    ),
    "m_quotes": Whole(("fx_rates", "deals", "contracts", "marketing_spend")),
    "m_rates": Whole(("m_quotes",)),
    "m_deals": Reach(
        _owned("deals", "m_deals", ("account_id", "contact_id"))
        | {
            "deal_stages": "SELECT source, deal_id AS source_id FROM new_deal_stages",
            "left_deals": _moved("left_deals"),
            "m_duplicates": _of_kind("deals", "m_duplicates"),
            "m_rates": _convertible("m_deals", "t.source, t.source_id", "closed_on"),
        },
        {
            "deals": f"reached AS r ON {_OWN}",
            "deal_stages": "reached AS r ON r.source = t.source AND r.source_id = t.deal_id",
        },
        looked_through="deals",
        where=_owners() | {"users": _names("owner_id", "users")},
        told="""SELECT source, source_id, customer_id, owner, team, pipeline, status, amount > 0 AS has_amount,
                       recurring_monthly_amount, currency, contract_start, contract_end, closed_on, supersedes, excluded
                FROM {rows}""",
    ),
    "m_contracts": Reach(
        {
            "contracts": "SELECT 'contracts' AS entity, source, source_id FROM new_contracts",
            "left_deals": "SELECT 'deals' AS entity, source, source_id FROM new_left_deals",
            "left_contracts": "SELECT 'contracts' AS entity, source, source_id FROM new_left_contracts",
            "m_duplicates": _any(
                "SELECT entity, source, source_id FROM new_m_duplicates WHERE entity IN ('contracts', 'deals')",
                "SELECT entity, kept_source, kept_id FROM new_m_duplicates WHERE entity IN ('contracts', 'deals')",
            ),
            "m_account_customers": f"""SELECT 'contracts' AS entity, t.source, t.source_id
                FROM contracts AS t WHERE {_names("account_id", "m_account_customers")}""",
            "m_customers": _with_customer("m_contracts", _ENTITIES),
            "m_deals": """SELECT 'deals' AS entity, source, source_id FROM new_m_deals
                          UNION ALL
                          SELECT 'deals', source, supersedes FROM new_m_deals WHERE supersedes IS NOT NULL""",
            "m_rates": _convertible("m_contracts", _ENTITIES, "booked_on"),
        },
        {
            "contracts": f"reached AS r ON r.entity = 'contracts' AND {_OWN}",
            "m_deals": f"reached AS r ON r.entity = 'deals' AND {_OWN}",
        },
        key=_ENTITY,
        spread=_NAMING_EACH_OTHER,
    ),
    "m_segments": Reach(_customers_of("m_contracts"), {"m_contracts": _CUSTOMER}, key=("customer_id",)),
    "m_steps": Reach(_customers_of("m_contracts"), {"m_segments": _CUSTOMER}, key=("customer_id",)),
    "m_acquired": Reach(
        _customers_of("m_deals", "m_contracts"),
        {"m_deals": _CUSTOMER, "m_contracts": _CUSTOMER},
        key=("customer_id",),
    ),
    "m_spend": Whole(("marketing_spend", "m_rates")),
    "m_sessions": _simply("web_sessions", "m_sessions"),
    "m_carts": _simply("carts", "m_carts"),
    "m_milestones": _simply("milestones", "m_milestones"),
    "m_invitations": Reach(
        _owned("survey_invitations", "m_invitations"),
        {"survey_invitations": f"reached AS r ON {_OWN}"},
        looked_through="survey_invitations",
        where=_owners(contacts="") | _by_email("respondent_email"),
    ),
    "m_ticket_history": Reach(
        {
            "ticket_events": "SELECT source, ticket_id FROM new_ticket_events",
            "left_tickets": "SELECT source, source_id AS ticket_id FROM new_left_tickets",
            "tickets": "SELECT source, source_id AS ticket_id FROM new_tickets",
        },
        {
            "ticket_events": "reached AS r ON r.source = t.source AND r.ticket_id = t.ticket_id",
        },
        key=("source", "ticket_id"),
    ),
    "m_tickets": Reach(
        _owned("tickets", "m_tickets", ("account_id", "contact_id"))
        | {
            "m_ticket_history": "SELECT source, ticket_id AS source_id FROM new_m_ticket_history",
            "m_duplicates": _of_kind("tickets", "m_duplicates"),
        },
        {"tickets": f"reached AS r ON {_OWN}"},
        looked_through="tickets",
        where=_owners()
        | {"m_domains": _by_email("requester_email")["m_domains"], "users": _names("assignee_id", "users")},
        told="SELECT source, source_id, team, assignee, channel, COALESCE(excluded = 'deleted', false) FROM {rows}",
    ),
    "m_answers": Reach(
        _owned("survey_responses", "m_answers", ("account_id",))
        | {"m_duplicates": _of_kind("survey_responses", "m_duplicates")},
        {"survey_responses": f"reached AS r ON {_OWN}"},
        looked_through="survey_responses",
        where=_owners(contacts="") | _by_email("respondent_email") | {"m_tickets": _names("ticket_id", "m_tickets")},
        spread=_ABOUT_ONE_TICKET,
    ),
    "m_openings": Whole(("tickets", "ticket_events", "left_tickets")),
}
"""Each table but the list of sources, in the order of building, which only settings change."""
