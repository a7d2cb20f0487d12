"""What customers answered: questionnaires about cases, and recommendations in an object of the org's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from latido_salesforce.sandbox import _ids as ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    from latido.testing.world import Ticket
    from latido_salesforce.sandbox._account import Account

SURVEY_ID = ids.identity("0Kd", 0)
VERSION_ID = ids.identity("0Kv", 0)
QUESTIONS = (("satisfaction", "CSAT"), ("effort", "Rating"), ("remark", "FreeText"))
_SATISFACTION, _EFFORT, _REMARK = range(3)


def invitation_record(account: Account, ticket: Ticket) -> dict[str, Any]:
    """Return the invitation to the questionnaire about a case that was sent one."""
    survey = ticket.survey
    assert survey is not None  # noqa: S101 - for the types: asked only of tickets with a survey
    contact = account.contact(ticket.requester)
    return {
        "Name": f"Case {ticket.number + 1_000:08}",
        "SurveyId": SURVEY_ID,
        "ParticipantId": contact,
        "ContactId": contact,
        "OwnerId": account.integration,
        "ResponseStatus": "NotStarted" if survey.answered_at is None else "Completed",
        "InvitationLink": f"https://acme.my.site.example/survey/{ticket.number}",
        "InviteExpiryDateTime": survey.expires_at,
        **_by(account, survey.offered_at, survey.changed_at or survey.answered_at),
    }


def response_record(account: Account, ticket: Ticket, invitation: str) -> dict[str, Any]:
    """Return the answered questionnaire. Each invitation has at most one; a changed answer keeps its moment."""
    survey = ticket.survey
    assert survey is not None  # noqa: S101 - for the types
    return {
        "Name": f"Response {ticket.number}",
        "SurveyId": SURVEY_ID,
        "InvitationId": invitation,
        "SubmitterId": account.contact(ticket.requester),
        "SurveyVersionId": VERSION_ID,
        "Status": "Completed",
        "CompletionDateTime": survey.answered_at,
        "Language": ticket.language,
        **_by(account, survey.answered_at or survey.offered_at, survey.changed_at),
    }


def answer_records(account: Account, ticket: Ticket, invitation: str, response: str) -> Iterator[dict[str, Any]]:
    """Yield one answer for each question; a question left out has an answer without a value."""
    survey = ticket.survey
    assert survey is not None  # noqa: S101 - for the types
    numbers = {_SATISFACTION: survey.satisfaction, _EFFORT: survey.ease}
    for question, (_, kind) in enumerate(QUESTIONS):
        number = numbers.get(question)
        text = survey.remark if question == _REMARK else None if number is None else str(number)
        yield {
            "ResponseId": response,
            "QuestionId": ids.identity("0Kq", question),
            "SurveyVersionId": VERSION_ID,
            "InvitationId": invitation,
            "ResponseValue": text,
            "NumberValue": number,
            "IsTrueOrFalse": False,
            "Datatype": "String" if kind == "FreeText" else "Int",
            **_by(account, survey.answered_at or survey.offered_at, survey.changed_at),
        }


def subject_record(account: Account, ticket: Ticket, invitation: str, response: str | None) -> dict[str, Any]:
    """Return what ties the questionnaire to its case: the invitation first, the response once there is one."""
    survey = ticket.survey
    assert survey is not None  # noqa: S101 - for the types
    return {
        "Name": f"Subject {ticket.number}",
        "ParentId": response or invitation,
        "SurveyInvitationId": invitation,
        "SurveyResponseId": response,
        "SubjectId": account.case(ticket.number),
        "SubjectEntityType": "Case",
        **_by(account, survey.offered_at, survey.answered_at),
    }


def question_records(account: Account) -> Iterator[dict[str, Any]]:
    for order, (name, kind) in enumerate(QUESTIONS):
        yield {
            "Name": name.capitalize(),
            "QuestionName": f"How was it: {name}?",
            "DeveloperName": name,
            "QuestionType": kind,
            "SurveyVersionId": VERSION_ID,
            "QuestionOrder": order,
            "IsDeprecated": False,
            **_by(account, account.world.start, None),
        }


def survey_records(account: Account) -> Iterator[dict[str, Any]]:
    yield {
        "Name": "After support",
        "DeveloperName": "after_support",
        "OwnerId": account.integration,
        **_by(account, account.world.start, None),
    }


def recommendation_records(account: Account) -> Iterator[dict[str, Any]]:
    """Yield what people were asked: whether they would recommend us. Most have not answered."""
    for each in account.world.recommendations():
        person = account.person(each.person)
        yield {
            "Name": f"NPS-{each.number:06}",
            "OwnerId": account.integration,
            "CurrencyIsoCode": "EUR",
            "Score__c": each.score,
            "Comment__c": each.remark,
            "Sent_At__c": each.offered_at,
            "Answered_At__c": each.answered_at,
            "Contact__c": account.contact(each.person),
            "Account__c": account.account_of(person.customer, person.number),
            **_by(account, each.offered_at, each.answered_at),
        }


def _by(account: Account, created_at: int, changed_at: int | None) -> dict[str, Any]:
    return {
        "CreatedDate": created_at,
        "CreatedById": account.system,
        "LastModifiedById": account.system,
        "SystemModstamp": changed_at or created_at,
    }
