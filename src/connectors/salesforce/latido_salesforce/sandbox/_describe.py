"""What the org says of itself: versions, objects, fields."""

from __future__ import annotations

import re
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from latido.testing import json
from latido_salesforce.sandbox import _errors as errors
from latido_salesforce.sandbox import _ids as ids
from latido_salesforce.sandbox._shape import JsonShape

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.requests import Request

    from latido_salesforce.sandbox._fields import Field, SObject
    from latido_salesforce.sandbox._org import Org

NEWEST_VERSION = 68
_SOAP = {
    "id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "double": "xsd:double",
    "currency": "xsd:double", "percent": "xsd:double", "date": "xsd:date", "datetime": "xsd:dateTime",
    "address": "urn:address", "anyType": "xsd:anyType",
}  # fmt: skip
_LENGTHS = {
    "id": 18, "reference": 18, "string": 255, "picklist": 255, "email": 80, "phone": 40, "url": 255,
    "multipicklist": 4099, "textarea": 32_000, "anyType": 255,
}  # fmt: skip
_DIGITS = {"int": (8, 0, 0), "double": (0, 18, 2), "currency": (0, 18, 2), "percent": (0, 3, 0)}
_UNGROUPABLE = {"datetime", "textarea", "currency", "double", "percent", "address", "anyType"}
_SYSTEM = {
    "Id", "IsDeleted", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
    "MasterRecordId", "LastViewedDate", "LastReferencedDate", "LastActivityDate", "IsClosed", "IsWon", "ClosedDate",
}  # fmt: skip


_NUMBERED = {"CaseNumber", "ContractNumber", "AssetStatePeriodNumber"}
_NAMES = {"Name", "CaseNumber"}


class Descriptions:
    """Answers what there is. Each description says when it last changed."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._seen: dict[str, tuple[tuple[str, ...], datetime]] = {}

    def versions(self, request: Request) -> Response:
        """Answer which versions there are; nobody needs to be known for that."""
        del request
        return json([_version(number) for number in range(self._org.switches.oldest_version, NEWEST_VERSION + 1)])

    def resources(self, request: Request) -> Response:
        """Answer what lies below a version."""
        root = _root(request)
        names = ("query", "queryAll", "sobjects", "limits", "jobs", "search", "tooling", "composite")
        return json({name: f"{root}/{name}" for name in names})

    def sobjects(self, request: Request) -> Response:
        """Answer with all objects, in short."""
        root = _root(request)
        shown = [
            {name: value for name, value in _object(table.sobject, root).items() if name not in _LONG}
            for table in self._org.tables()
        ]
        return json({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})

    def describe(self, request: Request) -> Response:
        """Answer with an object and its fields: those that this user may see."""
        table = self._org.table(request.path_params["sobject"])
        if table is None:
            return errors.not_found()
        sobject = table.sobject
        fields = self._org.fields(sobject)
        changed = self._changed(sobject, fields)
        since = request.headers.get("if-modified-since")
        if since is not None and changed <= parsedate_to_datetime(since):
            return Response(status_code=304)
        body = _object(sobject, _root(request)) | {"fields": [_field(sobject, each) for each in fields]}
        answer = json(body)
        answer.headers["Last-Modified"] = format_datetime(changed, usegmt=True)
        return answer

    def record(self, request: Request) -> Response:
        """Answer with one record and all its fields."""
        table = self._org.table(request.path_params["sobject"])
        number = ids.number(request.path_params["id"])
        if table is None or number is None or number >= table.count or not table.there(number, self._org.now):
            return errors.not_found()
        tree = {each.name: None for each in self._org.fields(table.sobject)}
        return Response(
            JsonShape(self._org, table.sobject, {**tree}, _root(request)).row(table, number),
            media_type="application/json",
        )

    def _changed(self, sobject: SObject, fields: list[Field]) -> datetime:
        """Return when the visible fields were last others than now; HTTP knows whole seconds."""
        names = tuple(each.name for each in fields)
        if self._seen.get(sobject.name, ((), None))[0] != names:
            self._seen[sobject.name] = names, self._org.clock.now().replace(microsecond=0)
        return self._seen[sobject.name][1]


def _version(number: int) -> dict[str, str]:
    year, season = divmod(number - 31, 3)
    label = f"{('Summer', 'Winter', 'Spring')[season]} '{14 + year + (season > 0)}"
    return {"label": label, "url": f"/services/data/v{number}.0", "version": f"{number}.0"}


def _root(request: Request) -> str:
    return f"/services/data/v{request.path_params['version']}"


_LONG = {
    "actionOverrides", "childRelationships", "fields", "namedLayoutInfos", "recordTypeInfos", "supportedScopes",
    "listviewable", "lookupLayoutable", "networkScopeFieldName", "compactLayoutable", "searchLayoutable",
    "sobjectDescribeOption", "defaultImplementation", "extendedBy", "extendsInterfaces", "implementedBy",
    "implementsInterfaces",
}  # fmt: skip


def _object(sobject: SObject, root: str) -> dict[str, Any]:
    custom = sobject.name.endswith("__c")
    url = f"{root}/sobjects/{sobject.name}"
    return {
        "actionOverrides": [],
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        "childRelationships": [],
        "compactLayoutable": True,
        "createable": True,
        "custom": custom,
        "customSetting": False,
        "deepCloneable": False,
        "defaultImplementation": None,
        "deletable": sobject.deletable,
        "deprecatedAndHidden": False,
        "extendedBy": None,
        "extendsInterfaces": None,
        "feedEnabled": sobject.replicated,
        "fields": [],
        "hasSubtypes": False,
        "implementedBy": None,
        "implementsInterfaces": None,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": sobject.prefix,
        "label": sobject.label,
        "labelPlural": re.sub("y?$", lambda end: "ies" if end[0] else "s", sobject.label, count=1),
        "layoutable": True,
        "listviewable": None,
        "lookupLayoutable": None,
        "mergeable": sobject.name in {"Account", "Contact", "Lead", "Case"},
        "mruEnabled": True,
        "name": sobject.name,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "queryable": True,
        "recordTypeInfos": [_master(url)],
        "replicateable": sobject.replicated,
        "retrieveable": True,
        "searchLayoutable": True,
        "searchable": True,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": [{"label": f"All {sobject.label.lower()}s", "name": "everything"}],
        "triggerable": True,
        "undeletable": sobject.deletable,
        "updateable": True,
        "urls": {"rowTemplate": f"{url}/{{ID}}", "describe": f"{url}/describe", "sobject": url},
    }


def _master(url: str) -> dict[str, Any]:
    identity = "012000000000000AAA"
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": identity,
        "urls": {"layout": f"{url}/describe/layouts/{identity}"},
    }


def _field(sobject: SObject, field: Field) -> dict[str, Any]:
    """Return a field as the describe call tells it."""
    length = _LENGTHS.get(field.type, 0)
    digits, precision, scale = _DIGITS.get(field.type, (0, 0, 0))
    written = field.writable and field.name not in _SYSTEM | _NUMBERED and not field.formula
    several = len(field.to) > 1
    return {
        "aggregatable": field.type not in {"boolean", "textarea", "address"},
        "aiPredictionField": False,
        "autoNumber": field.name in _NUMBERED,
        "byteLength": length if field.type in {"id", "reference"} else 3 * length,
        "calculated": field.formula,
        "calculatedFormula": "Hidden__c * 1" if field.formula else None,
        "cascadeDelete": False,
        "caseSensitive": False,
        "compoundFieldName": field.compound,
        "controllerName": None,
        "createable": written,
        "custom": field.custom,
        "defaultValue": False if field.type == "boolean" else None,
        "defaultValueFormula": None,
        "defaultedOnCreate": not field.nillable,
        "dependentPicklist": False,
        "deprecatedAndHidden": False,
        "digits": digits,
        "displayLocationInDecimal": False,
        "encrypted": False,
        "externalId": field.name == "External_Key__c",
        "extraTypeInfo": "plaintextarea" if field.type == "textarea" else None,
        "filterable": field.filterable,
        "filteredLookupInfo": None,
        "formulaTreatNullNumberAsZero": False,
        "groupable": field.type not in _UNGROUPABLE and field.name not in _NUMBERED and not field.formula,
        "highScaleNumber": False,
        "htmlFormatted": False,
        "idLookup": field.type == "id" or field.name in _NAMES,
        "inlineHelpText": None,
        "label": _label(sobject, field),
        "length": length,
        "mask": None,
        "maskType": None,
        "name": field.name,
        "nameField": field.name in _NAMES,
        "namePointing": several,
        "nillable": field.nillable,
        "permissionable": field.nillable and written,
        "picklistValues": [_choice(each) for each in sobject.picklists.get(field.name, ())],
        "polymorphicForeignKey": several,
        "precision": precision,
        "queryByDistance": False,
        "referenceTargetField": None,
        "referenceTo": list(field.to),
        "relationshipName": field.relationship,
        "relationshipOrder": None,
        "restrictedDelete": False,
        "restrictedPicklist": False,
        "scale": scale,
        "searchPrefilterable": field.type == "reference" and field.nillable,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "sortable": field.filterable,
        "type": field.type,
        "unique": False,
        "updateable": written,
        "writeRequiresMasterRead": False,
    }


def _choice(value: str) -> dict[str, Any]:
    return {"active": True, "defaultValue": False, "label": value, "validFor": None, "value": value}


def _label(sobject: SObject, field: Field) -> str:
    if field.name == "Id":
        return f"{sobject.label} ID"
    bare = field.name.removesuffix("__c").replace("_", " ")
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", bare).removesuffix(" Id") + (
        " ID" if field.to and not field.custom else ""
    )
