"""What `[sources.<name>]` says for Salesforce."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from latido.connect import HttpSettings, Scale
from latido.messages import marker
from latido_salesforce.terms import Recurring, RecurringObject

_ = marker("latido_salesforce")

MY_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*(\.(sandbox|develop|scratch|demo|patch|trailblaze|free))?")
SITE = ".my.salesforce.com"
LIGHTNING = ".lightning.force.com"
VERSION = re.compile(r"\d{2}\.0")
OLDEST = 41.0
"""Versions below are no longer supported, or soon will not be."""

DEAL_CLASSES = {
    "New Business": "new",
    "New Customer": "new",
    "Existing Business": "expansion",
    "Existing Customer - Upgrade": "expansion",
    "Expansion": "expansion",
    "Upsell": "expansion",
    "Add-On Business": "expansion",
    "Existing Customer - Replacement": "renewal",
    "Renewal": "renewal",
    "Reactivation": "reactivation",
}


CaseStatus = Literal["new", "open", "pending", "on_hold", "solved", "closed"]


class Question(Scale):
    """How the answers to a question of Salesforce Surveys are to be read: nothing is inferred from its text."""

    kind: Literal["nps", "csat", "ces", "other"]


QUESTIONS = {
    "NPS": Question(kind="nps", scale_min=0, scale_max=10),
    "CSAT": Question(kind="csat", scale_min=1, scale_max=5),
}
"""Salesforce's own kinds of questions that score."""


class SurveyObject(Question):
    """An object, mostly one of the user's own, whose records hold one answer each. Fields are named as in the API.

    `kind_field`, if given, tells the kind of each record, and `kind` that of a record where it is empty.
    """

    sobject: str
    score: str
    kind_field: str | None = None
    answered_at: str = "CreatedDate"
    where: str | None = None
    comment: str | None = None
    account: str | None = None
    contact: str | None = None
    case: str | None = None
    opportunity: str | None = None
    email: str | None = None


class SalesforceSettings(HttpSettings):
    """Credentials are those of an external client app: with its secret, with a key that signs, or of a person's login.

    `domain` is My Domain. `quota_share` is the part of the org's daily API requests at which a run stops. Reads of more
    than `bulk_above` rows go through the Bulk API. `currency` is that of an org with only one.

    `recurring` says which fields tell what recurs, `case_statuses` what a word for a case's status means where its
    flags say too little, `first_response_milestone` which milestone measures the first reply. `automated_users` (ids or
    user names) are no people.
    """

    domain: str | None = None
    client_id: str
    client_secret: SecretStr | None = None
    grant: Literal["client_credentials", "authorization_code"] | None = None
    redirect_uri: str = "http://localhost:8917/"
    username: str | None = None
    private_key_file: Path | None = None
    audience: str | None = None
    sandbox: bool = False
    api_version: str = "64.0"
    quota_share: float = Field(default=0.8, gt=0, le=1)
    bulk_above: int = Field(default=25_000, ge=0)
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    deal_classes: Mapping[str, str] = Field(default_factory=lambda: dict(DEAL_CLASSES))
    case_statuses: Mapping[str, CaseStatus] = Field(default_factory=dict)
    automated_users: tuple[str, ...] = ()
    first_response_milestone: str | None = None
    recurring: Mapping[RecurringObject, Recurring] = Field(default_factory=dict)
    questions: Mapping[str, Question] = Field(default_factory=lambda: dict(QUESTIONS))
    survey_objects: tuple[SurveyObject, ...] = ()

    @field_validator("domain")
    @classmethod
    def _only_the_name(cls, written: str | None) -> str | None:
        return written if written is None else my_domain(written)

    @field_validator("api_version")
    @classmethod
    def _a_version_that_lives(cls, written: str) -> str:
        version = written.removeprefix("v")
        if not VERSION.fullmatch(version) or float(version) < OLDEST:
            raise ValueError(_("write api_version as 64.0; the oldest that works is {oldest}.", oldest=OLDEST))
        return version

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if not self.domain and not self.base_url:
            raise ValueError(_("domain is missing: the acme in acme.my.salesforce.com."))
        if bool(self.username) != bool(self.private_key_file):
            raise ValueError(_("give username and private_key_file together."))
        if bool(self.client_secret) == bool(self.username):
            raise ValueError(_("give client_secret, or username and private_key_file."))
        return self

    @property
    def site(self) -> str:
        """Where tokens come from, and where requests go unless a token says otherwise."""
        return self.base_url or f"https://{self.domain}{SITE}"

    @property
    def signed_for(self) -> str:
        """The audience of an assertion."""
        if self.audience:
            return self.audience
        test = self.sandbox or (self.domain or "").endswith(".sandbox")
        return f"https://{'test' if test else 'login'}.salesforce.com"


def my_domain(written: str) -> str:
    """Return the name in *written*: a name itself, or the address of a page of the org.

    Raises ValueError for anything else, so that credentials go nowhere else.
    """
    name = written.strip().lower()
    if "://" in name:
        address: Any = urlsplit(name)
        name = "" if address.username else address.hostname or ""
    for ending in (SITE, LIGHTNING):
        name = name.removesuffix(ending)
    name = name.removesuffix(".my")
    if not MY_DOMAIN.fullmatch(name):
        raise ValueError(_("write only the acme of https://acme.my.salesforce.com."))
    return name
