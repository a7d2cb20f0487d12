"""Objects that say what was asked of support, and what was thought of it."""

from __future__ import annotations

from latido_salesforce.sandbox._fields import AUDIT, sobject
from latido_salesforce.sandbox._words import CASE_ORIGINS, CASE_STATUSES

_CREATED = "CreatedDate!:datetime CreatedById!>User"

CASE = sobject(
    "Case",
    "500",
    "MasterRecordId>Case CaseNumber!:string ContactId>Contact AccountId>Account AssetId>Asset ParentId>Case "
    "SuppliedName:string SuppliedEmail:email SuppliedPhone:string SuppliedCompany:string Type:picklist "
    "Status:picklist Reason:picklist Origin:picklist Subject:string Priority:picklist Description:textarea "
    "IsClosed!:boolean ClosedDate:datetime IsEscalated!:boolean CurrencyIsoCode:picklist OwnerId!>Group|User "
    f"IsClosedOnCreate!:boolean SlaStartDate:datetime SlaExitDate:datetime IsStopped!:boolean {AUDIT} "
    "ContactPhone^:phone ContactMobile^:phone ContactEmail^:email ContactFax^:phone Comments:textarea "
    "LastViewedDate:datetime LastReferencedDate:datetime Product__c:picklist Tags__c:string Age_Days__c=:double",
    audit="",
    picklists={
        "Status": tuple(each.label for each in CASE_STATUSES),
        "Origin": CASE_ORIGINS,
        "Priority": ("High", "Medium", "Low", "Critical"),
    },
)
CASE_HISTORY = sobject(
    "CaseHistory",
    "017",
    f"CaseId!>Case {_CREATED} Field!:picklist DataType:picklist OldValue~:anyType NewValue~:anyType",
    audit="",
)
EMAIL_MESSAGE = sobject(
    "EmailMessage",
    "02s",
    "ParentId>Case ActivityId>Task Subject:string TextBody:textarea HtmlBody:textarea Headers:textarea FromName:string "
    "FromAddress:email ToAddress:string CcAddress:string Incoming!:boolean HasAttachment!:boolean Status!:picklist "
    "MessageDate:datetime IsClientManaged!:boolean IsExternallyVisible!:boolean MessageIdentifier:string "
    "RelatedToId>Case|Account IsBounced!:boolean",
)
CASE_COMMENT = sobject(
    "CaseComment", "00a", "ParentId!>Case IsPublished!:boolean CommentBody:textarea CreatorName:string"
)
CASE_MILESTONE = sobject(
    "CaseMilestone",
    "555",
    "CaseId!>Case StartDate:datetime TargetDate:datetime CompletionDate:datetime MilestoneTypeId!>MilestoneType "
    "IsCompleted!:boolean IsViolated!:boolean TargetResponseInMins:int TimeRemainingInMins~:string "
    "ElapsedTimeInMins:int BusinessHoursId>BusinessHours",
    deletable=False,
    replicated=False,
)
MILESTONE_TYPE = sobject(
    "MilestoneType", "557", "Name!:string Description:textarea RecurrenceType:picklist", replicated=False
)
CASE_STATUS = sobject(
    "CaseStatus",
    "01J",
    "MasterLabel!:string ApiName:string SortOrder:int IsDefault!:boolean IsClosed!:boolean",
    deletable=False,
    bulk=False,
    replicated=False,
)
SURVEY_INVITATION = sobject(
    "SurveyInvitation",
    "0Ki",
    "Name:string SurveyId!>Survey ParticipantId>Contact|User ContactId>Contact UserId>User LeadId>Lead OwnerId!>User "
    "ResponseStatus:picklist InvitationLink:url InviteExpiryDateTime:datetime",
)
SURVEY_RESPONSE = sobject(
    "SurveyResponse",
    "0Kw",
    "Name:string SurveyId>Survey InvitationId>SurveyInvitation SubmitterId>Contact|User|Lead SurveyVersionId!:string "
    "Status:picklist CompletionDateTime:datetime Language:picklist IpAddress:string InterviewId:string",
)
SURVEY_QUESTION_RESPONSE = sobject(
    "SurveyQuestionResponse",
    "0Kx",
    "ResponseId!>SurveyResponse QuestionId!>SurveyQuestion QuestionChoiceId:string SurveyVersionId:string "
    "InvitationId>SurveyInvitation ResponseValue:string NumberValue:int ChoiceValue:textarea IsTrueOrFalse!:boolean "
    "DateValue:date DateTimeValue:datetime Rank:int Datatype:picklist",
)
SURVEY_QUESTION = sobject(
    "SurveyQuestion",
    "0Kq",
    "Name:string QuestionName:string DeveloperName:string QuestionType:picklist SurveyVersionId:string "
    "SurveyPageId:string QuestionOrder:int IsDeprecated!:boolean",
    replicated=False,
)
SURVEY_SUBJECT = sobject(
    "SurveySubject",
    "0Kj",
    "Name:string ParentId>SurveyInvitation|SurveyResponse SurveyInvitationId>SurveyInvitation "
    "SurveyResponseId>SurveyResponse SubjectId>Case|Account SubjectEntityType:picklist",
)
SURVEY = sobject("Survey", "0Kd", "Name!:string DeveloperName:string OwnerId!>User", replicated=False)
RECOMMENDATION = sobject(
    "NPS_Response__c",
    "a0N",
    "Name:string OwnerId!>User CurrencyIsoCode:picklist Score__c:double Comment__c:textarea Sent_At__c:datetime "
    "Answered_At__c:datetime Contact__c>Contact Account__c>Account",
    label="NPS Response",
)
SERVICE = (
    CASE, CASE_HISTORY, EMAIL_MESSAGE, CASE_COMMENT, CASE_MILESTONE, MILESTONE_TYPE, CASE_STATUS, SURVEY,
    SURVEY_INVITATION, SURVEY_RESPONSE, SURVEY_QUESTION_RESPONSE, SURVEY_QUESTION, SURVEY_SUBJECT, RECOMMENDATION,
)  # fmt: skip
