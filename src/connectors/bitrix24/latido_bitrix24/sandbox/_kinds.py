"""What a portal holds: how each kind of record is called, how its ids run, which fields it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LEAD, DEAL, CONTACT, COMPANY, INVOICE, REQUEST, SURVEY = 1, 2, 3, 4, 31, 130, 134
"""The `entityTypeId`s that are served; the last two are smart processes of this portal."""

NUMBERS = ("integer", "user", "crm_company", "crm_contact", "crm_category", "crm_lead", "crm_entity")
TIMES = ("datetime", "date")


@dataclass(frozen=True, slots=True)
class Field:
    """A field: its type, what it is called in capitals, its title, the items of an enumeration by their ids."""

    type: str
    upper: str
    title: str = ""
    items: Mapping[int, str] = field(default_factory=dict)
    is_multiple: bool = False
    is_dynamic: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record. Record *number* has the id `first + step * number`.

    `id_name`, `changed_name` and `owner_name` are the fields by which many are found fast; "" if there is none.
    """

    name: str
    fields: Mapping[str, Field]
    first: int
    step: int = 2
    type_id: int = 0
    id_name: str = "id"
    changed_name: str = ""
    owner_name: str = ""

    def identity(self, number: int) -> int:
        return self.first + self.step * number

    def number(self, identity: int) -> int | None:
        """Return which record has *identity*, None if it cannot be one of ours."""
        number, rest = divmod(identity - self.first, self.step)
        return number if number >= 0 and not rest else None

    def at_least(self, identity: int) -> int:
        """Return the number of the first record whose id is not less than *identity*."""
        return max(0, -((self.first - identity) // self.step))


def _upper(name: str) -> str:
    return "".join(f"_{letter}" if letter.isupper() else letter.upper() for letter in name)


def _told(names: str) -> dict[str, Field]:
    """Return fields from `name:type` words; a word without type is a string."""
    found = {}
    for word in names.split():
        name, _, kind = word.partition(":")
        found[name] = Field(kind.removesuffix("[]") or "string", _UPPER.get(name, _upper(name)), name,
                            is_multiple=kind.endswith("[]"))  # fmt: skip
    return found


def _own(
    name: str, upper: str, kind: str, title: str, *items: str, first: int = 0, many: bool = False
) -> dict[str, Field]:
    """Return a user field; an enumeration's items have ids from *first* on."""
    return {name: Field(kind, upper, title, dict(enumerate(items, first)), many, is_dynamic=True)}


def _small(names: str) -> dict[str, Field]:
    """Return the fields of a list in capitals."""
    return {name: Field(each.type, name) for name, each in _told(names).items()}


_UPPER = {
    "id": "ID", "createdTime": "DATE_CREATE", "updatedTime": "DATE_MODIFY", "createdBy": "CREATED_BY_ID",
    "updatedBy": "MODIFY_BY_ID",
}  # fmt: skip

_FIRST = (
    "id:integer createdTime:datetime updatedTime:datetime createdBy:user updatedBy:user assignedById:user"
    " opened:boolean"
)
_LAST = (
    "lastActivityBy:user lastActivityTime:datetime utmSource utmMedium utmCampaign utmContent utmTerm"
    " observers:user[] entityTypeId:integer"
)
_PARTIES = "companyId:crm_company contactId:crm_contact contactIds:crm_contact[]"
_ORIGIN = "sourceId:crm_status sourceDescription:text originatorId originId webformId:integer"
_SPA = (
    f"{_FIRST} xmlId title categoryId:crm_category movedBy:user movedTime:datetime stageId:crm_status"
    f" previousStageId:crm_status {_PARTIES} {_ORIGIN}"
)

LOST_REASONS = ("Precio", "Competencia", "Sin presupuesto", "Sin respuesta", "Falta una función", "No era el momento")

_COMPANY = (
    _told(
        f"{_FIRST} title companyType:crm_status industry:crm_status revenue:double currencyId:crm_currency"
        " employees:crm_status comments:text isMyCompany:boolean hasPhone:boolean hasEmail:boolean fm:crm_multifield[]"
        f" leadId:crm_lead address {_ORIGIN} {_LAST}"
    )
    | _own("ufCrm_1700000001", "UF_CRM_1700000001", "string", "NIF")
    | _own("ufCrm_5_CLAVE", "UF_CRM_5_CLAVE", "string", "Clave de cliente")
    | _own("ufCrm_1700000003", "UF_CRM_1700000003", "money", "Ingresos anuales")
    | _own("ufCrm_1700000004", "UF_CRM_1700000004", "enumeration", "Etiquetas", "vip", first=61, many=True)
    | _own("ufCrm_1700000005", "UF_CRM_1700000005", "string", "País")
)
_CONTACT = (
    _told(
        f"{_FIRST} name lastName secondName birthdate:date typeId:crm_status post companyId:crm_company"
        f" companyIds:crm_company[] export:boolean hasPhone:boolean hasEmail:boolean fm:crm_multifield[]"
        f" {_ORIGIN} {_LAST}"
    )
    | _own("ufCrm_1720019876534", "UF_CRM_1720019876534", "string", "Idioma")
    | _own("ufCrm3Boletin", "UF_CRM_3_BOLETIN", "boolean", "Boletín")
)
EMPTY_IN_LEADS = (
    "dateCreateShort", "dateModifyShort", "statusDescription", "shortName", "post", "address", "comments", "honorific",
    "login", "phoneMobile", "phoneWork", "phoneMailing", "emailHome", "emailWork", "emailMailing", "skype", "icq",
    "imol", "email", "phone", "searchContent",
)  # fmt: skip
"""What a lead can say and most do not."""
_LEAD = _told(
    f"{_FIRST} title name lastName secondName companyTitle stageId:crm_status stageSemanticId isConvert:boolean"
    f" {_PARTIES} opportunity:double currencyId:crm_currency isManualOpportunity:boolean dateClosed:datetime"
    f" isReturnCustomer:boolean movedBy:user movedTime:datetime hasEmail:boolean fm:crm_multifield[] {_ORIGIN} {_LAST}"
    f" hasPhone:boolean hasImol:boolean productId:integer birthdate:date {' '.join(EMPTY_IN_LEADS)}"
)
_DEAL = (
    _told(
        f"{_FIRST} title typeId:crm_status categoryId:crm_category stageId:crm_status stageSemanticId isNew:boolean"
        " isRecurring:boolean isReturnCustomer:boolean isRepeatedApproach:boolean closed:boolean opportunity:double"
        " isManualOpportunity:boolean taxValue:double currencyId:crm_currency probability:integer begindate:date"
        f" closedate:date leadId:crm_lead movedBy:user movedTime:datetime comments:text {_PARTIES} {_ORIGIN} {_LAST}"
    )
    | _own("ufCrm_1698765432", "UF_CRM_1698765432", "enumeration", "Motivo de pérdida", *LOST_REASONS, first=71)
    | _own("ufCrm_1698765433", "UF_CRM_1698765433", "date", "Inicio del contrato")
    | _own("ufCrm_1698765434", "UF_CRM_1698765434", "date", "Fin del contrato")
    | _own("ufCrm_1698765435", "UF_CRM_1698765435", "integer", "Sustituye a")
    | _own("ufCrm2_BAJA", "UF_CRM_2_BAJA", "date", "Fecha de baja")
    | _own("ufCrm2Estado", "UF_CRM_2_ESTADO", "enumeration", "Estado del contrato", "Activo", "Baja", first=111)
)
_INVOICE = _told(
    f"{_SPA} opportunity:double isManualOpportunity:boolean taxValue:double currencyId:crm_currency begindate:date"
    f" closedate:date accountNumber parentId2:crm_entity {_LAST}"
)
PRIORITIES = ("low", "normal", "high", "urgent")
CHANNELS = ("email", "web", "chat", "phone", "api")
_REQUEST = (
    _told(f"{_SPA} {_LAST}")
    | _own("ufCrm4_1712074666", "UF_CRM_4_1712074666", "enumeration", "Prioridad", *PRIORITIES, first=81)
    | _own("ufCrm4Canal", "UF_CRM_4_CANAL", "enumeration", "Canal", *CHANNELS, first=91)
    | _own("ufCrm4_DESCRIPCION", "UF_CRM_4_DESCRIPCION", "string", "Descripción")
    | _own("ufCrm4Etiquetas", "UF_CRM_4_ETIQUETAS", "string", "Etiquetas", many=True)
)
ASKED = ("NPS", "CSAT", "CES")
_SURVEY = (
    _told(f"{_SPA} parentId130:crm_entity parentId2:crm_entity {_LAST}")
    | _own("ufCrm6Score", "UF_CRM_6_SCORE", "integer", "Puntuación")
    | _own("ufCrm6Kind", "UF_CRM_6_KIND", "enumeration", "Encuesta", *ASKED, first=101)
    | _own("ufCrm6Comment", "UF_CRM_6_COMMENT", "string", "Comentario")
)

_HISTORY = _small(
    "ID:integer TYPE_ID:integer OWNER_ID:integer CREATED_TIME:datetime CATEGORY_ID:integer STAGE_SEMANTIC_ID STAGE_ID"
)
_LEAD_HISTORY = _small("ID:integer TYPE_ID:integer OWNER_ID:integer CREATED_TIME:datetime STATUS_SEMANTIC_ID STATUS_ID")
_ACTIVITY = _small(
    "ID:integer OWNER_ID:integer OWNER_TYPE_ID:integer TYPE_ID:integer PROVIDER_ID PROVIDER_TYPE_ID PROVIDER_GROUP_ID"
    " ASSOCIATED_ENTITY_ID:integer SUBJECT START_TIME:datetime END_TIME:datetime DEADLINE:datetime COMPLETED:boolean"
    " STATUS:integer RESPONSIBLE_ID:integer PRIORITY:integer DIRECTION:integer AUTHOR_ID:integer CREATED:datetime"
    " LAST_UPDATED:datetime EDITOR_ID:integer SETTINGS:object ORIGIN_ID PROVIDER_PARAMS:object RESULT_MARK:integer"
    " RESULT_STATUS:integer IS_INCOMING_CHANNEL:boolean DESCRIPTION"
)
_USER = _small(
    "ID:integer ACTIVE:boolean NAME LAST_NAME SECOND_NAME EMAIL LAST_LOGIN:datetime DATE_REGISTER:datetime TIME_ZONE"
    " IS_ONLINE TIMESTAMP_X LAST_ACTIVITY_DATE PERSONAL_GENDER PERSONAL_BIRTHDAY PERSONAL_WWW PERSONAL_MOBILE"
    " PERSONAL_CITY WORK_PHONE WORK_POSITION UF_EMPLOYMENT_DATE UF_DEPARTMENT:integer[] USER_TYPE"
)
_TASK = _told(
    "id:integer parentId:integer title description mark priority:integer status:integer groupId:integer"
    " responsibleId:user createdBy:user createdDate:datetime changedDate:datetime changedBy:user closedDate:datetime"
    " closedBy:user deadline:datetime commentsCount:integer timeEstimate:integer ufCrmTask:string[]"
)
EMPTY_IN_ORDERS = (
    "affiliateId", "comments", "dateCanceled", "dateLock", "dateMarked", "dateStatus", "empCanceledId", "empMarkedId",
    "empStatusId", "externalOrder", "id1c", "lockedBy", "orderTopic", "personTypeXmlId", "reasonCanceled",
    "reasonMarked", "recountFlag", "recurringId", "statusXmlId", "updated1c", "userDescription", "version1c",
)  # fmt: skip
"""What an order can say and most do not."""
_ORDER = _told(
    "id:integer accountNumber price:double currency payed canceled statusId dateInsert:datetime dateUpdate:datetime"
    " datePayed:datetime userId:user companyId:crm_company personTypeId:integer lid responsibleId:user taxValue:double"
    " discountValue:double xmlId version:integer deducted marked additionalInfo"
    f" {' '.join(EMPTY_IN_ORDERS)}"
)
_RECURRING = _told("id:integer deal_id:integer based_id:integer category_id:integer") | _small(
    "ACTIVE IS_LIMIT COUNTER_REPEAT:integer LIMIT_REPEAT:integer LIMIT_DATE:date START_DATE:date NEXT_EXECUTION:date"
    " LAST_EXECUTION:date PARAMS:object"
)


def _history(type_id: int, first: int) -> Kind:
    fields = _LEAD_HISTORY if type_id == LEAD else _HISTORY
    return Kind(f"history:{type_id}", fields, first, 2, id_name="ID", owner_name="OWNER_ID")


_ALL = (
    Kind("companies", _COMPANY, 11, 2, COMPANY, changed_name="updatedTime"),
    Kind("contacts", _CONTACT, 7, 3, CONTACT, changed_name="updatedTime"),
    Kind("leads", _LEAD, 250, 1, LEAD, changed_name="updatedTime"),
    Kind("deals", _DEAL, 37, 1, DEAL, changed_name="updatedTime"),
    Kind("invoices", _INVOICE, 3, 2, INVOICE, changed_name="updatedTime"),
    Kind("requests", _REQUEST, 1, 1, REQUEST, changed_name="updatedTime"),
    Kind("surveys", _SURVEY, 5, 2, SURVEY, changed_name="updatedTime"),
    Kind("activities", _ACTIVITY, 1_001, 2, id_name="ID", changed_name="LAST_UPDATED", owner_name="OWNER_ID"),
    Kind("users", _USER, 1, 2, id_name="ID"),
    Kind("tasks", _TASK, 101, 2, changed_name="changedDate"),
    Kind("orders", _ORDER, 9, 1, changed_name="dateUpdate"),
    Kind("recurring", _RECURRING, 1, 4),
    *(
        _history(each, first)
        for each, first in ((LEAD, 21), (DEAL, 35), (INVOICE, 11), (REQUEST, 15), (SURVEY, 17))
    ),
)  # fmt: skip

KINDS = {kind.name: kind for kind in _ALL}
ITEMS = {kind.type_id: kind for kind in _ALL if kind.type_id}
