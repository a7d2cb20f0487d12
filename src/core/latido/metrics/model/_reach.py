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

from latido.metrics.model._concerns import (
    ABOUT_ONE_TICKET,
    CUSTOMER,
    ENTITIES,
    MERGED_TOGETHER,
    NAMING_EACH_OTHER,
    OWN,
    by_email,
    by_link,
    convertible,
    customers_of,
    domains_of,
    either,
    moved,
    names,
    of_kind,
    owned,
    owners,
    with_customer,
    with_external_id,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def _simply(table: str, model: str) -> Reach:
    return Reach(owned(table, model), {table: f"reached AS r ON {OWN}"}, looked_through=table, where=owners())


_DOUBLED = ("tickets", "deals", "contracts", "survey_responses")
_ENTITY = ("entity", "source", "source_id")

REACHES: Mapping[str, Reach | Whole] = {
    "m_delivered": Whole(("rows",)),
    "m_account_customers": Reach(
        {"account_links": moved("account_links")}, {"account_links": f"reached AS r ON {OWN}"}
    ),
    "m_customers": Reach(
        customers_of("m_account_customers")
        | {
            "accounts": """SELECT t.customer_id FROM m_account_customers AS t
                           SEMI JOIN new_accounts AS n ON n.source = t.source AND n.source_id = t.source_id""",
            "users": """SELECT t.customer_id FROM m_account_customers AS t
                        JOIN accounts AS a ON a.source = t.source AND a.source_id = t.source_id
                        SEMI JOIN new_users AS n ON n.source = a.source AND n.source_id = a.owner_id""",
        },
        {"m_account_customers": CUSTOMER},
        key=("customer_id",),
        told="SELECT customer_id FROM {rows} WHERE is_test",
    ),
    "m_accounts": Reach(
        {
            "accounts": moved("accounts"),
            "m_account_customers": moved("m_account_customers"),
            "m_customers": with_customer("m_accounts"),
        },
        {"accounts": f"reached AS r ON {OWN}"},
    ),
    "m_domains": Reach(
        {
            "domain": "SELECT source_id AS domain FROM new_domain",
            "accounts": domains_of("accounts"),
            "m_account_customers": domains_of("m_account_customers"),
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
            "contacts": moved("contacts"),
            "contact_links": moved("contact_links"),
            "m_account_customers": by_link("contacts", "account_id", "m_account_customers"),
            "m_primary_links": of_kind("contacts", "m_primary_links"),
        },
        {"contacts": f"reached AS r ON {OWN}"},
        looked_through="contacts",
        where={
            "m_account_customers": names("account_id", "m_account_customers"),
            "m_domains": by_email("email")["m_domains"],
        },
        spread=MERGED_TOGETHER,
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
        {table: with_external_id(table) for table in _DOUBLED},
        {table: f"reached AS r ON r.entity = '{table}' AND r.external_id = t.external_id" for table in _DOUBLED},
        key=("entity", "external_id"),
        told="SELECT entity, source, source_id, kept_source, kept_id FROM {rows}",
    ),
    "m_quotes": Whole(("fx_rates", "deals", "contracts", "marketing_spend")),
    "m_rates": Whole(("m_quotes",)),
    "m_deals": Reach(
        owned("deals", "m_deals", ("account_id", "contact_id"))
        | {
            "deal_stages": "SELECT source, deal_id AS source_id FROM new_deal_stages",
            "left_deals": moved("left_deals"),
            "m_duplicates": of_kind("deals", "m_duplicates"),
            "m_rates": convertible("m_deals", "t.source, t.source_id", "closed_on"),
        },
        {
            "deals": f"reached AS r ON {OWN}",
            "deal_stages": "reached AS r ON r.source = t.source AND r.source_id = t.deal_id",
        },
        looked_through="deals",
        where=owners() | {"users": names("owner_id", "users")},
        told="""SELECT source, source_id, customer_id, owner, team, pipeline, status, amount > 0 AS has_amount,
                       recurring_monthly_amount, currency, contract_start, contract_end, closed_on, supersedes, excluded
                FROM {rows}""",
    ),
    "m_contracts": Reach(
        {
            "contracts": "SELECT 'contracts' AS entity, source, source_id FROM new_contracts",
            "left_deals": "SELECT 'deals' AS entity, source, source_id FROM new_left_deals",
            "left_contracts": "SELECT 'contracts' AS entity, source, source_id FROM new_left_contracts",
            "m_duplicates": either(
                "SELECT entity, source, source_id FROM new_m_duplicates WHERE entity IN ('contracts', 'deals')",
                "SELECT entity, kept_source, kept_id FROM new_m_duplicates WHERE entity IN ('contracts', 'deals')",
            ),
            "m_account_customers": f"""SELECT 'contracts' AS entity, t.source, t.source_id
                FROM contracts AS t WHERE {names("account_id", "m_account_customers")}""",
            "m_customers": with_customer("m_contracts", ENTITIES),
            "m_deals": """SELECT 'deals' AS entity, source, source_id FROM new_m_deals
                          UNION ALL
                          SELECT 'deals', source, supersedes FROM new_m_deals WHERE supersedes IS NOT NULL""",
            "m_rates": convertible("m_contracts", ENTITIES, "booked_on"),
        },
        {
            "contracts": f"reached AS r ON r.entity = 'contracts' AND {OWN}",
            "m_deals": f"reached AS r ON r.entity = 'deals' AND {OWN}",
        },
        key=_ENTITY,
        spread=NAMING_EACH_OTHER,
    ),
    "m_segments": Reach(customers_of("m_contracts"), {"m_contracts": CUSTOMER}, key=("customer_id",)),
    "m_steps": Reach(customers_of("m_contracts"), {"m_segments": CUSTOMER}, key=("customer_id",)),
    "m_acquired": Reach(
        customers_of("m_deals", "m_contracts"),
        {"m_deals": CUSTOMER, "m_contracts": CUSTOMER},
        key=("customer_id",),
    ),
    "m_spend": Whole(("marketing_spend", "m_rates")),
    "m_sessions": _simply("web_sessions", "m_sessions"),
    "m_carts": _simply("carts", "m_carts"),
    "m_milestones": _simply("milestones", "m_milestones"),
    "m_invitations": Reach(
        owned("survey_invitations", "m_invitations"),
        {"survey_invitations": f"reached AS r ON {OWN}"},
        looked_through="survey_invitations",
        where=owners(contacts="") | by_email("respondent_email"),
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
        owned("tickets", "m_tickets", ("account_id", "contact_id"))
        | {
            "m_ticket_history": "SELECT source, ticket_id AS source_id FROM new_m_ticket_history",
            "m_duplicates": of_kind("tickets", "m_duplicates"),
        },
        {"tickets": f"reached AS r ON {OWN}"},
        looked_through="tickets",
        where=owners()
        | {"m_domains": by_email("requester_email")["m_domains"], "users": names("assignee_id", "users")},
        told="SELECT source, source_id, team, assignee, channel, COALESCE(excluded = 'deleted', false) FROM {rows}",
    ),
    "m_answers": Reach(
        owned("survey_responses", "m_answers", ("account_id",))
        | {"m_duplicates": of_kind("survey_responses", "m_duplicates")},
        {"survey_responses": f"reached AS r ON {OWN}"},
        looked_through="survey_responses",
        where=owners(contacts="") | by_email("respondent_email") | {"m_tickets": names("ticket_id", "m_tickets")},
        spread=ABOUT_ONE_TICKET,
    ),
    "m_openings": Whole(("tickets", "ticket_events", "left_tickets")),
}
"""Each table but the list of sources, in the order of building, which only settings change."""
