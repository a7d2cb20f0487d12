"""Objects that say who buys, who asks and who answers."""

from __future__ import annotations

from latido_salesforce.sandbox._fields import sobject

_ADDRESS = (
    "{0}Street:textarea@{0}Address {0}City:string@{0}Address {0}State:string@{0}Address "
    "{0}PostalCode:string@{0}Address {0}Country:string@{0}Address {0}Latitude:double@{0}Address "
    "{0}Longitude:double@{0}Address {0}GeocodeAccuracy:picklist@{0}Address {0}Address:address"
)
_VIEWED = "LastActivityDate:date LastViewedDate:datetime LastReferencedDate:datetime"

ACCOUNT = sobject(
    "Account",
    "001",
    f"MasterRecordId>Account Name!:string Type:picklist ParentId>Account {_ADDRESS.format('Billing')} Phone:phone "
    f"Website:url Industry:picklist AnnualRevenue:currency NumberOfEmployees:int Description:textarea OwnerId!>User "
    f"CurrencyIsoCode:picklist {_VIEWED} AccountSource:picklist External_Key__c:string Tax_Id__c:string Tags__c:string "
    f"Health_Score__c=:double LastName:string FirstName:string IsPersonAccount!:boolean PersonContactId>Contact "
    f"PersonEmail:email",
    picklists={"Type": ("Prospect", "Customer - Direct", "Other")},
)
CONTACT = sobject(
    "Contact",
    "003",
    f"MasterRecordId>Contact AccountId>Account LastName!:string@Name FirstName:string@Name Name!:string "
    f"{_ADDRESS.format('Mailing')} Phone:phone MobilePhone:phone Email:email Title:string LeadSource:picklist "
    f"Description:textarea OwnerId!>User CurrencyIsoCode:picklist HasOptedOutOfEmail!:boolean {_VIEWED} "
    f"EmailBouncedDate:datetime IsEmailBounced!:boolean Language__c:picklist Newsletter__c!:boolean "
    f"IsPersonAccount!:boolean",
)
ACCOUNT_CONTACT_RELATION = sobject(
    "AccountContactRelation",
    "07k",
    "AccountId!>Account ContactId!>Contact Roles:multipicklist IsDirect!:boolean IsActive!:boolean StartDate:date "
    "EndDate:date",
)
LEAD = sobject(
    "Lead",
    "00Q",
    "MasterRecordId>Lead LastName!:string@Name FirstName:string@Name Name!:string Title:string Company!:string "
    "Phone:phone Email:email Website:url LeadSource:picklist Status!:picklist Industry:picklist "
    "OwnerId!>Group|User CurrencyIsoCode:picklist IsConverted!:boolean ConvertedDate:date ConvertedAccountId>Account "
    "ConvertedContactId>Contact ConvertedOpportunityId>Opportunity LastActivityDate:date",
    picklists={"Status": ("Open - Not Contacted", "Working - Contacted", "Closed - Converted")},
)
USER = sobject(
    "User",
    "005",
    "Username!:string LastName!:string@Name FirstName:string@Name Name!:string Email!:email Alias!:string "
    "IsActive!:boolean TimeZoneSidKey!:picklist LocaleSidKey!:picklist LanguageLocaleKey!:picklist UserType:picklist "
    "ManagerId>User Department:string Title:string DefaultCurrencyIsoCode:picklist",
    deletable=False,
)
GROUP = sobject(
    "Group",
    "00G",
    "Name:string DeveloperName:string RelatedId>User Type!:picklist Email:email",
    deletable=False,
)
CUSTOMERS = (ACCOUNT, CONTACT, ACCOUNT_CONTACT_RELATION, LEAD, USER, GROUP)
