"""Which properties each type of object has, HubSpot's own and those that people of this account made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Type: TypeAlias = Literal["string", "number", "bool", "date", "datetime", "enumeration", "phone_number"]

TICKET_STAGES = ("1", "2", "3", "4")
DEAL_STAGES = (
    "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "contractsent", "closedwon", "closedlost",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Definition:
    """A property: its type, and for those of this account the label that people see."""

    type: Type
    label: str = ""
    options: tuple[str, ...] = ()
    several: bool = False
    calculated: bool = False
    hint: str | None = None

    @property
    def ours(self) -> bool:
        """Whether somebody of this account made it."""
        return bool(self.label)


def _of(kind: Type, names: str, **more: Any) -> dict[str, Definition]:
    return {name: Definition(kind, **more) for name in names.split()}


def _entered(stages: tuple[str, ...]) -> dict[str, Definition]:
    names = (f"hs_v2_date_{way}_{stage}" for stage in stages for way in ("entered", "exited"))
    return _of("datetime", " ".join([*names, "hs_v2_date_entered_current_stage", "hs_v2_time_in_current_stage"]))


_EVERYWHERE = {
    **_of("string", "hs_object_source hs_object_source_id hs_object_source_label hs_merged_object_ids"),
    **_of("enumeration", "hubspot_owner_id hubspot_team_id"),
    **_of("number", "hs_object_id hs_created_by_user_id"),
    **_of("datetime", "hs_createdate hs_lastmodifieddate"),
}
QUESTIONNAIRE = tuple(f"respuesta_{turn:02}" for turn in range(1, 13))
"""What contacts were asked when they signed up, as accounts with hundreds of properties do."""

_OPTIONS = ("facturas", "app_movil", "integraciones", "portal", "hardware", "api")
_FEATURES = ("sso", "exports", "webhooks", "offline", "dark_mode", "roles")

DEFINITIONS: dict[str, dict[str, Definition]] = {
    "contacts": {
        **_EVERYWHERE,
        **_of("string", "firstname lastname email jobtitle company city country hs_language hs_email_domain website"),
        **_of("string", "hs_all_contact_vids hs_additional_emails"),
        **_of("phone_number", "phone mobilephone"),
        **_of("enumeration", "lifecyclestage hs_lead_status hs_analytics_source hs_latest_source"),
        **_of("bool", "hs_email_optout hs_is_contact hs_is_unworked hs_marketable_status"),
        **_of("number", "associatedcompanyid num_associated_deals num_notes hs_analytics_num_page_views"),
        **_of("number", "hs_analytics_revenue hs_analytics_num_visits"),
        **_of("datetime", "createdate lastmodifieddate closedate notes_last_contacted first_deal_created_date"),
        "idioma": Definition("enumeration", "Idioma", ("es", "en", "de", "pt", "fr")),
        "boletin": Definition("bool", "Recibe el boletín"),
        "fecha_alta": Definition("date", "Fecha de alta"),
        "puntuacion_interna": Definition("number", "Puntuación interna"),
        **{name: Definition("string", f"Cuestionario de alta, {name[-2:]}") for name in QUESTIONNAIRE},
    },
    "companies": {
        **_EVERYWHERE,
        **_of("string", "name domain website country city hs_additional_domains"),
        **_of("enumeration", "industry lifecyclestage"),
        **_of("number", "annualrevenue numberofemployees hs_parent_company_id num_associated_contacts"),
        **_of("number", "hs_num_open_deals"),
        **_of("datetime", "createdate closedate notes_last_contacted"),
        "nif": Definition("string", "NIF"),
        "clave_cliente": Definition("string", "Clave de cliente"),
        "etiquetas": Definition("enumeration", "Etiquetas", ("vip", "piloto"), several=True),
    },
    "deals": {
        **_EVERYWHERE,
        **_entered(DEAL_STAGES),
        **_of("string", "dealname closed_lost_reason hs_campaign"),
        **_of("enumeration", "deal_currency_code pipeline dealstage dealtype hs_analytics_source"),
        **_of("number", "amount amount_in_home_currency", hint="currency"),
        **_of("number", "hs_mrr hs_arr hs_acv hs_tcv", hint="currency", calculated=True),
        **_of("number", "hs_exchange_rate hs_deal_stage_probability days_to_close hs_open_deal_create_date"),
        **_of("number", "hs_primary_associated_company num_associated_contacts hs_num_of_associated_line_items"),
        **_of("bool", "hs_is_closed hs_is_closed_won hs_is_closed_lost", calculated=True),
        **_of("datetime", "createdate closedate hs_closed_won_date"),
        "inicio_contrato": Definition("date", "Inicio del contrato"),
        "fin_contrato": Definition("date", "Fin del contrato"),
        "sustituye_a": Definition("string", "Sustituye al negocio"),
    },
    "tickets": {
        **_EVERYWHERE,
        **_entered(TICKET_STAGES),
        **_of("string", "subject content hs_conversations_originating_thread_id"),
        **_of("enumeration", "hs_pipeline hs_pipeline_stage hs_ticket_priority hs_ticket_category source_type"),
        **_of("enumeration", "hs_resolution hs_most_relevant_sla_status hs_most_relevant_sla_type"),
        **_of("number", "hs_primary_company_id hs_num_times_contacted num_notes num_contacted_notes"),
        **_of("number", "hs_num_associated_conversations hs_originating_email_engagement_id hs_ticket_id"),
        **_of("number", "time_to_close time_to_first_agent_reply", hint="duration"),
        **_of("bool", "hs_last_message_from_visitor"),
        **_of("datetime", "createdate closed_date first_agent_reply_date hs_first_agent_message_sent_at"),
        **_of("datetime", "last_reply_date hs_last_message_sent_at hs_last_message_received_at"),
        **_of("datetime", "hubspot_owner_assigneddate hs_helpdesk_sort_timestamp"),
        "producto": Definition("enumeration", "Producto", _OPTIONS),
        "funciones": Definition("enumeration", "Funciones", _FEATURES, several=True),
        "importe_pedido": Definition("number", "Importe del pedido"),
        "fecha_limite": Definition("date", "Fecha límite"),
    },
    "products": {
        **_EVERYWHERE,
        **_of("string", "name description hs_sku hs_recurring_billing_period"),
        **_of("number", "price", hint="currency"),
        **_of("enumeration", "recurringbillingfrequency"),
        **_of("datetime", "createdate"),
    },
    "line_items": {
        **_EVERYWHERE,
        **_of("string", "name hs_sku hs_recurring_billing_period"),
        **_of("number", "hs_product_id quantity hs_recurring_billing_number_of_payments hs_term_in_months"),
        **_of("number", "price amount discount hs_total_discount", hint="currency"),
        **_of("number", "hs_mrr hs_arr hs_acv hs_tcv", hint="currency", calculated=True),
        **_of("number", "hs_discount_percentage"),
        **_of("enumeration", "hs_line_item_currency_code recurringbillingfrequency"),
        **_of("date", "hs_recurring_billing_start_date hs_recurring_billing_end_date"),
        **_of("date", "hs_billing_period_start_date hs_billing_period_end_date"),
        **_of("datetime", "createdate"),
    },
    "feedback_submissions": {
        **_EVERYWHERE,
        **_of("string", "hs_survey_name hs_content hs_submission_name hs_submission_url hs_contact_email_rollup"),
        **_of("string", "hs_form_guid"),
        **_of("enumeration", "hs_survey_type hs_survey_channel hs_response_group hs_sentiment"),
        **_of("number", "hs_survey_id hs_value hs_contact_id hs_ingestion_id"),
        **_of("datetime", "hs_submission_timestamp"),
    },
    "emails": {
        **_EVERYWHERE,
        **_of("string", "hs_email_subject hs_email_text hs_email_html hs_email_thread_id"),
        **_of("string", "hs_email_from_email hs_email_to_email hs_email_message_id"),
        **_of("enumeration", "hs_email_direction hs_email_status"),
        **_of("datetime", "hs_timestamp"),
    },
    "subscriptions": {
        **_EVERYWHERE,
        **_of("string", "hs_name"),
        **_of("enumeration", "hs_status hs_currency_code hs_recurring_billing_frequency"),
        **_of("number", "hs_mrr hs_recurring_revenue hs_next_payment_amount", hint="currency"),
        **_of("date", "hs_recurring_billing_start_date hs_recurring_billing_end_date hs_next_payment_due_date"),
        **_of("datetime", "hs_cancelled_date"),
    },
    "orders": {
        **_EVERYWHERE,
        **_of("string", "hs_order_name hs_external_order_id hs_external_cart_id hs_external_checkout_id"),
        **_of("enumeration", "hs_currency_code hs_payment_status hs_fulfillment_status hs_pipeline hs_pipeline_stage"),
        **_of("number", "hs_total_price hs_subtotal_price hs_refund_amount hs_homecurrency_amount", hint="currency"),
        **_of("number", "hs_exchange_rate"),
        **_of("bool", "hs_is_closed hs_is_canceled"),
        **_of("datetime", "hs_closed_date"),
    },
    "leads": {
        **_EVERYWHERE,
        **_of("string", "hs_lead_name hs_associated_contact_firstname hs_associated_contact_lastname"),
        **_of("string", "hs_associated_contact_email hs_associated_company_name"),
        **_of("enumeration", "hs_lead_type hs_lead_label hs_lead_source hs_pipeline hs_pipeline_stage"),
        **_of("number", "hs_primary_contact_id hs_primary_company_id"),
    },
    "carts": {
        **_EVERYWHERE,
        **_of("string", "hs_cart_name hs_external_cart_id hs_external_status hs_source_store hs_cart_url"),
        **_of("enumeration", "hs_currency_code"),
        **_of("number", "hs_total_price hs_cart_discount hs_tax", hint="currency"),
    },
}  # fmt: skip

_FIELDS = {
    "string": "text", "number": "number", "bool": "booleancheckbox", "date": "date", "datetime": "date",
    "enumeration": "select", "phone_number": "phonenumber",
}  # fmt: skip


def definition_json(kind: str, name: str, born: str) -> dict[str, Any]:
    """Return a property as the property list describes it."""
    found = DEFINITIONS[kind][name]
    shown: dict[str, Any] = {
        "updatedAt": born,
        "createdAt": born,
        "name": name,
        "label": found.label or name.removeprefix("hs_").replace("_", " ").capitalize(),
        "type": found.type,
        "fieldType": "checkbox" if found.several else _FIELDS[found.type],
        "description": "",
        "groupName": f"{kind.removesuffix('s')}information",
        "options": [_option(turn, value) for turn, value in enumerate(found.options)],
        "displayOrder": -1,
        "calculated": found.calculated,
        "externalOptions": name == "hubspot_owner_id",
        "archived": False,
        "hasUniqueValue": name == "hs_object_id",
        "hidden": False,
        "hubspotDefined": not found.ours,
        "modificationMetadata": {
            "archivable": found.ours,
            "readOnlyDefinition": not found.ours,
            "readOnlyValue": False,
        },
        "formField": found.ours,
        "dataSensitivity": "non_sensitive",
    }
    hint = found.hint
    return (
        shown
        | ({} if hint is None else {"numberDisplayHint": hint})
        | ({"currencyPropertyName": "deal_currency_code"} if kind == "deals" and hint == "currency" else {})
    )


def _option(turn: int, value: str) -> dict[str, Any]:
    return {"label": value.capitalize(), "value": value, "description": "", "displayOrder": turn, "hidden": False}
