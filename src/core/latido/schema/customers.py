"""Whom a company works for, who works there, and what links one record to another."""

from __future__ import annotations

from typing import ClassVar

from latido.schema._columns import Flag, Money, Tags, Text, Whole
from latido.schema._record import Record


class Account(Record):
    """A company (or a person who buys) as one source knows it."""

    table: ClassVar[str] = "accounts"

    name: Text | None = None
    domain: Text | None = None
    website: Text | None = None
    tax_id: Text | None = None
    industry: Text | None = None
    country: Text | None = None
    employees: Whole | None = None
    annual_revenue: Money | None = None
    currency: Text | None = None
    owner_id: Text | None = None
    parent_id: Text | None = None
    lifecycle_stage: Text | None = None
    tags: Tags | None = None
    is_test: Flag | None = None


class Contact(Record):
    """A person at an account. A lead has `lifecycle_stage` 'lead'; a converted one is merged into its contact."""

    table: ClassVar[str] = "contacts"

    first_name: Text | None = None
    last_name: Text | None = None
    name: Text | None = None
    email: Text | None = None
    phone: Text | None = None
    title: Text | None = None
    account_id: Text | None = None
    owner_id: Text | None = None
    lifecycle_stage: Text | None = None
    lead_source: Text | None = None
    locale: Text | None = None
    tags: Tags | None = None
    is_test: Flag | None = None


class User(Record):
    """Somebody who works with customers: an agent, an owner, a sales person."""

    table: ClassVar[str] = "users"

    name: Text | None = None
    email: Text | None = None
    role: Text | None = None
    team: Text | None = None
    active: Flag | None = None


class Association(Record):
    """A link between two records of one source; `from_entity` and `to_entity` are table names."""

    table: ClassVar[str] = "associations"

    from_entity: Text | None = None
    from_id: Text | None = None
    to_entity: Text | None = None
    to_id: Text | None = None
    label: Text | None = None
    is_primary: Flag | None = None
