"""Objects that say what is sold, what it costs to win it, and the small tables of the org."""

from __future__ import annotations

from latido_salesforce.sandbox._fields import sobject
from latido_salesforce.sandbox._words import STAGES

OPPORTUNITY = sobject(
    "Opportunity",
    "006",
    "AccountId>Account IsPrivate!:boolean Name!:string Description:textarea StageName!:picklist Amount:currency "
    "Probability:percent ExpectedRevenue^:currency TotalOpportunityQuantity:double CloseDate!:date Type:picklist "
    "NextStep:string LeadSource:picklist IsClosed!:boolean IsWon!:boolean ForecastCategory!^:picklist "
    "ForecastCategoryName:picklist CurrencyIsoCode:picklist CampaignId>Campaign HasOpportunityLineItem!^:boolean "
    "Pricebook2Id>Pricebook2 OwnerId!>User LastActivityDate:date LastStageChangeDate^:datetime "
    "FiscalQuarter^:int@Fiscal FiscalYear^:int@Fiscal Fiscal^:string ContactId#>Contact LastViewedDate:datetime "
    "LastReferencedDate:datetime HasOpenActivity!~^:boolean HasOverdueTask!~^:boolean "
    "LastAmountChangedHistoryId^>OpportunityHistory LastCloseDateChangedHistoryId^>OpportunityHistory "
    "Loss_Reason__c:picklist Monthly_Amount__c:currency Contract_Start__c:date Contract_End__c:date "
    "Supersedes__c>Opportunity",
    picklists={"StageName": tuple(each.label for each in STAGES)},
)
OPPORTUNITY_HISTORY = sobject(
    "OpportunityHistory",
    "008",
    "OpportunityId!>Opportunity CreatedById!>User CreatedDate!:datetime StageName:picklist Amount:currency "
    "ExpectedRevenue:currency CloseDate:date Probability:percent ForecastCategory:picklist CurrencyIsoCode:picklist "
    "SystemModstamp!:datetime",
    audit="",
)
OPPORTUNITY_LINE_ITEM = sobject(
    "OpportunityLineItem",
    "00k",
    "OpportunityId!>Opportunity SortOrder:int PricebookEntryId:string Product2Id>Product2 ProductCode:string "
    "Name:string CurrencyIsoCode:picklist Quantity!:double TotalPrice:currency UnitPrice:currency ListPrice:currency "
    "Discount:percent ServiceDate:date Description:string Term_Months__c:double Billing__c:picklist",
    picklists={"Billing__c": ("Recurring", "One-off")},
)
PRODUCT = sobject(
    "Product2",
    "01t",
    "Name!:string ProductCode:string Description:textarea IsActive!:boolean Family:picklist CurrencyIsoCode:picklist "
    "Billing__c:picklist",
)
CONTRACT = sobject(
    "Contract",
    "800",
    "AccountId!>Account Pricebook2Id:string OwnerExpirationNotice:picklist StartDate:date EndDate:date "
    "ContractTerm:int OwnerId!>User Status!:picklist CompanySignedDate:date Description:textarea StatusCode!:picklist "
    "ContractNumber!:string ActivatedDate:datetime LastActivityDate:date CurrencyIsoCode:picklist "
    "Monthly_Amount__c:currency Opportunity__c>Opportunity Cancelled_On__c:date",
)
ASSET = sobject(
    "Asset",
    "02i",
    "ContactId>Contact AccountId>Account ParentId>Asset Product2Id>Product2 Name!:string SerialNumber:string "
    "InstallDate:date PurchaseDate:date UsageEndDate:date LifecycleStartDate:datetime LifecycleEndDate:datetime "
    "Status:picklist Price:currency Quantity:double Description:textarea OwnerId!>User CurrencyIsoCode:picklist "
    "HasLifecycleManagement!:boolean CurrentMrr:currency CurrentQuantity:double CurrentAmount:currency "
    "CurrentLifecycleEndDate:datetime Opportunity__c>Opportunity",
)
ASSET_STATE_PERIOD = sobject(
    "AssetStatePeriod",
    "0tS",
    "AssetStatePeriodNumber!:string AssetId!>Asset StartDate!:datetime EndDate:datetime Quantity:double Mrr:currency "
    "Amount:currency CurrencyIsoCode:picklist",
)
CAMPAIGN = sobject(
    "Campaign",
    "701",
    "Name!:string ParentId>Campaign Type:picklist Status:picklist StartDate:date EndDate:date ExpectedRevenue:currency "
    "BudgetedCost:currency ActualCost:currency ExpectedResponse:percent NumberSent:double IsActive!:boolean "
    "Description:textarea CurrencyIsoCode:picklist NumberOfLeads!:int NumberOfConvertedLeads!:int "
    "NumberOfContacts!:int NumberOfResponses!:int NumberOfOpportunities!:int NumberOfWonOpportunities!:int "
    "AmountAllOpportunities!:currency AmountWonOpportunities!:currency HierarchyActualCost:currency OwnerId!>User",
)
CURRENCY_TYPE = sobject(
    "CurrencyType",
    "01L",
    "IsoCode!:picklist ConversionRate!:double DecimalPlaces!:int IsActive!:boolean IsCorporate!:boolean",
    deletable=False,
    replicated=False,
)
DATED_CONVERSION_RATE = sobject(
    "DatedConversionRate",
    "04w",
    "IsoCode!:picklist StartDate!:date NextStartDate!:date ConversionRate!:double",
    deletable=False,
    replicated=False,
)
OPPORTUNITY_STAGE = sobject(
    "OpportunityStage",
    "01J",
    "MasterLabel!:string ApiName:string IsActive!:boolean SortOrder:int IsClosed!:boolean IsWon!:boolean "
    "ForecastCategory!:picklist ForecastCategoryName!:picklist DefaultProbability:percent Description:string",
    deletable=False,
    bulk=False,
    replicated=False,
)
ORGANIZATION = sobject(
    "Organization",
    "00D",
    "Name!:string Division:string Street:textarea@Address City:string@Address State:string@Address "
    "PostalCode:string@Address Country:string@Address Latitude:double@Address Longitude:double@Address "
    "GeocodeAccuracy:picklist@Address Address:address Phone:phone Fax:phone PrimaryContact:string "
    "DefaultLocaleSidKey!:picklist TimeZoneSidKey!:picklist LanguageLocaleKey!:picklist ReceivesInfoEmails!:boolean "
    "ReceivesAdminInfoEmails!:boolean PreferencesRequireOpportunityProducts!:boolean "
    "PreferencesTransactionSecurityPolicy!:boolean PreferencesTerminateOldestSession!:boolean "
    "PreferencesConsentManagementEnabled!:boolean PreferencesAutoSelectIndividualOnMerge!:boolean "
    "PreferencesLightningLoginEnabled!:boolean PreferencesOnlyLLPermUserAllowed!:boolean FiscalYearStartMonth:int "
    "UsesStartDateAsFiscalYearName!:boolean DefaultAccountAccess:picklist DefaultContactAccess:picklist "
    "DefaultOpportunityAccess:picklist DefaultLeadAccess:picklist DefaultCaseAccess:picklist "
    "DefaultCalendarAccess:picklist DefaultPricebookAccess:picklist DefaultCampaignAccess:picklist "
    "DelegatedAuthenticationServiceUrl:url ComplianceBccEmail:email UiSkin:picklist SignupCountryIsoCode:string "
    "TrialExpirationDate:datetime NumKnowledgeService:int OrganizationType:picklist NamespacePrefix:string "
    "InstanceName:string IsSandbox!:boolean WebToCaseDefaultOrigin:string MonthlyPageViewsUsed:int "
    "MonthlyPageViewsEntitlement:int IsReadOnly!:boolean",
    deletable=False,
    replicated=False,
)
SALES = (
    OPPORTUNITY, OPPORTUNITY_HISTORY, OPPORTUNITY_LINE_ITEM, PRODUCT, CONTRACT, ASSET, ASSET_STATE_PERIOD, CAMPAIGN,
    CURRENCY_TYPE, DATED_CONVERSION_RATE, OPPORTUNITY_STAGE, ORGANIZATION,
)  # fmt: skip
