"""An org on this machine that says what a test, or a recording, lets it say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, ClassVar, Self

from latido_salesforce.connector import Salesforce
from tests import desk, office
from tests.desk import Asked, Desk, Says

RECORDED = Path(__file__).parent / "recorded"
TOKENS = "/services/oauth2/token"
INSTANCE = "https://acme.my.salesforce.com"
CLOCK = "Sat, 10 Jan 2026 12:00:00 GMT"
"""What the server's clock says."""

QUERY = re.compile(r"SELECT (.+?) FROM (\w+)")

TYPES = {
    "Id": "id", "IsDeleted": "boolean", "CreatedDate": "datetime", "SystemModstamp": "datetime",
    "LastModifiedDate": "datetime", "MasterRecordId": "reference", "AccountId": "reference", "OwnerId": "reference",
    "Amount": "currency", "AnnualRevenue": "currency", "Probability": "percent", "NumberOfEmployees": "int",
    "CloseDate": "date", "IsClosed": "boolean", "IsWon": "boolean", "BillingAddress": "address",
}  # fmt: skip
"""The types of fields that every test agrees on; any other is text."""


def recorded(name: str) -> Any:
    """Return a recorded answer."""
    return desk.recorded(RECORDED / name)


def described(*names: str, replicateable: bool = True, **fields: Any) -> dict[str, Any]:
    """Return the description of an object with *names*, of the types that they commonly have, and other *fields*.

    A field is its type, or an object with the members that a test is about.
    """
    common = ("Id", "IsDeleted", "CreatedDate", "SystemModstamp")
    told: dict[str, Any] = {name: TYPES.get(name, "string") for name in (*common, *names)} | fields
    return {"fields": [_field(name, kind) for name, kind in told.items()], "replicateable": replicateable}


def _field(name: str, kind: Any) -> dict[str, Any]:
    more = kind if isinstance(kind, dict) else {"type": kind}
    return {"name": name, "label": name, "calculated": False, "relationshipName": None, "referenceTo": [], **more}


def found(*records: Any, done: bool = True, following: str | None = None, total: int | None = None) -> dict[str, Any]:
    """Return an answer to a query."""
    body: dict[str, Any] = {"totalSize": len(records) if total is None else total, "done": done}
    return body | ({"nextRecordsUrl": following} if following else {}) | {"records": list(records)}


def refused(code: str, sentence: str = "", status: int = 400) -> Says:
    """Return an error as the REST API sends it."""
    return Says(status, [{"message": sentence, "errorCode": code}])


def csv(*rows: list[str]) -> bytes:
    """Return rows as the Bulk API sends them, the first of which names the columns."""
    return "".join(",".join('"' + each.replace('"', '""') + '"' for each in row) + "\n" for row in rows).encode()


def result(*rows: list[str], locator: str = "null", n: int | None = None) -> Says:
    """Return a page of a job's result."""
    headers = {
        "content-type": "text/csv", "sforce-locator": locator,
        "sforce-numberofrecords": str(len(rows) - 1 if n is None else n),
    }  # fmt: skip
    return Says(200, csv(*rows), headers)


class SalesforceDesk(Desk):
    """An org in which everybody may read everything, and nothing is.

    Queries are answered by the object that they ask for: `rows` and `counts` agree on answers. By default one is
    counted, and none is there. What was asked stands in `queries`.
    """

    below = "/services/data/v64.0/"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.on(TOKENS, {"access_token": "secret-access", "instance_url": INSTANCE, "token_type": "Bearer"})
        self.has("Account")

    def has(self, sobject: str, *names: str, replicateable: bool = False, **fields: Any) -> Self:
        """Let there be an object with these fields."""
        return self.on(f"sobjects/{sobject}/describe", described(*names, replicateable=replicateable, **fields))

    def rows(self, sobject: str, *answers: Any) -> Self:
        """Answer queries for records of *sobject* with *answers*."""
        return self.on(f"/rows/{sobject}", *answers)

    def counts(self, sobject: str, *answers: Any) -> Self:
        """Answer how many there are with numbers, or `Says`."""
        return self.on(f"/counts/{sobject}", *(found(total=n) if isinstance(n, int) else n for n in answers))

    def queries(self, sobject: str) -> list[str]:
        """Return the queries for records of *sobject*, in order."""
        asked = [each for each in self.asked if self.routed(each) == f"/rows/{sobject}"]
        return [each.params["q"] for each in asked]

    def routed(self, asked: Asked) -> str:
        query = QUERY.match(asked.params.get("q", ""))
        if query is None:
            return asked.path
        return f"/{'counts' if query[1] == 'COUNT()' else 'rows'}/{query[2]}"

    def unknown(self) -> Says:
        return refused("NOT_FOUND", "The requested resource does not exist", 404)

    def _answer(self, path: str) -> Says:
        if not self._answers[path] and path.startswith(("/rows/", "/counts/")):
            return Says(200, found(total=1), {"date": CLOCK})
        said = super()._answer(path)
        return Says(said.status, said.body, {"date": CLOCK, **said.headers})


class Office(office.Office[Salesforce]):
    vendor = Salesforce
    source = "crm"
    desks = SalesforceDesk
    credential: ClassVar = {"domain": "acme", "client_id": "latido", "client_secret": "the-secret"}
