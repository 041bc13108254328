/**
 * The fields of the modules as a vtiger 8.4 describes them, with the custom fields of the recorded
 * one. Two blanks or a new line part two fields; a field is `name|label|type|default`.
 *
 * Behind a name: `!` mandatory, `-` not to be edited, `#` never null in the database, `~` null there
 * while it is empty. Without a type it is a `string`. Behind the type stand its choices
 * (`value=label;…`), the modules it refers to, the decimals of a number, or what `numbered` records
 * begin with.
 */

const OWNER = 'assigned_user_id!#|Assigned To|owner';
const TIMES = 'createdtime-#|Created Time|datetime  modifiedtime-#|Modified Time|datetime';
const MODIFIED_BY = 'modifiedby#|Last Modified By|reference Users';
const ORIGIN = 'source-|Source';
const MARKS = `${ORIGIN}  starred|starred|boolean  tags|tags`;
const DESCRIPTION = 'description|Description|text';
const SALUTATION = 'salutationtype|Salutation|picklist Mr.;Ms.;Mrs.;Dr.;Prof.';
const LEAD_SOURCE = 'leadsource|Lead Source|picklist Cold Call;Partner;Web Site;Other';
const INDUSTRY = 'industry|Industry|picklist Consulting;Education;Insurance;Other';
const RATING = 'rating|Rating|picklist Active;Acquired;Market Failed;Shutdown';

const CONTACTS = `
${SALUTATION}  firstname|First Name  contact_no-|Contact Id|numbered CON
phone|Office Phone|phone  lastname!|Last Name  mobile|Mobile Phone|phone
account_id|Organization Name|reference Accounts  homephone|Home Phone|phone
${LEAD_SOURCE}  otherphone|Secondary Phone|phone
title|Title  fax|Fax|phone  department|Department  birthday|Date of Birth|date
email|Primary Email|email  contact_id|Reports To|reference Contacts  assistant|Assistant
secondaryemail|Secondary Email|email  assistantphone|Assistant Phone|phone
donotcall|Do Not Call|boolean  emailoptout|Email Opt Out|boolean
${OWNER}  reference|Reference|boolean  notify_owner|Notify Owner|boolean
${TIMES}
${MODIFIED_BY}  isconvertedfromlead#|Is Converted From Lead|boolean  ${MARKS}
cf_inn|ИНН  cf_secondname|Отчество  cf_tgid|Telegram ID|integer
cf_birthplace|Место рождения  cf_requisites|Реквизиты|text  cf_smscode|СМС код
cf_interests|Интересы|multipicklist Отдых;Покупки;Обучение
portal|Portal User|boolean  support_start_date|Support Start Date|date
support_end_date|Support End Date|date
mailingstreet|Mailing Street|text  otherstreet|Other Street|text
mailingcity|Mailing City  othercity|Other City  mailingstate|Mailing State
otherstate|Other State  mailingzip|Mailing Zip  otherzip|Other Zip
mailingcountry|Mailing Country  othercountry|Other Country
mailingpobox|Mailing P.O. Box  otherpobox|Other P.O. Box
${DESCRIPTION}  imagename|Contact Image|image`;

const ACCOUNTS = `
accountname!|Organization Name  account_no-|Organization Number|numbered ACC
phone|Primary Phone|phone  website|Website|url  fax|Fax|phone
tickersymbol|Ticker Symbol  otherphone|Secondary Phone|phone
account_id|Member Of|reference Accounts  email1|Primary Email|email
employees|Employees|integer  email2|Secondary Email|email  ownership|Ownership
${RATING}
${INDUSTRY}  siccode|SIC Code
accounttype|Type|picklist Customer;Partner;Reseller;Other
annual_revenue|Annual Revenue|currency  emailoptout|Email Opt Out|boolean
notify_owner|Notify Owner|boolean  ${OWNER}
${TIMES}
${MODIFIED_BY}  isconvertedfromlead#|Is Converted From Lead|boolean  ${MARKS}
cf_inn|ИНН  cf_ogrn|ОГРН
bill_street|Billing Street|text  ship_street|Shipping Street|text
bill_city|Billing City  ship_city|Shipping City  bill_state|Billing State
ship_state|Shipping State  bill_code|Billing Postal Code  ship_code|Shipping Postal Code
bill_country|Billing Country  ship_country|Shipping Country
bill_pobox|Billing Po Box  ship_pobox|Shipping Po Box  ${DESCRIPTION}`;

const LEADS = `
${SALUTATION}  firstname|First Name  lead_no-|Lead Number|numbered LEA
phone|Primary Phone|phone  lastname!|Last Name  mobile|Mobile Phone|phone
company|Company  fax|Fax|phone  designation|Designation  email|Primary Email|email
${LEAD_SOURCE}  website|Website|url
${INDUSTRY}
leadstatus|Lead Status|picklist Cold;Contacted;Hot;Junk Lead;Lost Lead;Qualified
annualrevenue|Annual Revenue|currency
${RATING}
noofemployees|Number of Employees|integer  ${OWNER}
secondaryemail|Secondary Email|email  ${TIMES}
${MODIFIED_BY}  emailoptout|Email Opt Out|boolean  ${MARKS}
lane|Street|text  code|Postal Code  city|City  country|Country  state|State
pobox|PO Box  ${DESCRIPTION}`;

const HELP_DESK = `
ticket_no-|Ticket Number|numbered TT  ${OWNER}
parent_id|Organization Name|reference Accounts
ticketpriorities|Priority|picklist Low;Normal;High;Urgent
product_id|Product Name|reference Products
ticketseverities|Severity|picklist Minor;Major;Feature;Critical
ticketstatus!|Status|picklist Open;In Progress;Wait For Response;Closed
ticketcategories|Category|picklist Big Problem;Small Problem;Other Problem
update_log-~|Update History|text  hours|Hours|double 8  days|Days|double 8
${TIMES}
from_portal|From Portal|boolean  ${MODIFIED_BY}  ticket_title!|Title
contact_id|Contact Name|reference Contacts  ${MARKS}
${DESCRIPTION}  solution|Solution|text`;

const PROJECT = `
projectname!|Project Name  startdate|Start Date|date
targetenddate|Target End Date|date  actualenddate|Actual End Date|date
projectstatus|Status|picklist prospecting=Prospecting;initiated=Initiated;in progress=In Progress;waiting for feedback=Waiting for Feedback;on hold=On Hold;completed=Completed;delivered=Delivered;archived=Archived
projecttype|Type|picklist administrative=Administrative;operative=Operative;other=Other
linktoaccountscontacts~|Related To|reference Accounts,Contacts  ${OWNER}
project_no-|Project Number|numbered PROJ  targetbudget|Target Budget
projecturl|Project Url|url  projectpriority|Priority|picklist low=Low;normal=Normal;high=High
progress|Progress|picklist 10%;20%;30%;40%;50%;60%;70%;80%;90%;100%
${TIMES}
${MODIFIED_BY}  ${DESCRIPTION}  ${MARKS}
isconvertedfrompotential#|Is Converted From Opportunity|boolean
potentialid|Opportunity Name|reference Potentials
cf_sms|Код из смс  cf_ip|ip  cf_source|Источник  cf_region|Регион
cf_formid|id формы  cf_category|Категория  cf_direction|Направление
cf_subject|Предмет договора  cf_country|Страна  cf_hotel|Отель
cf_transport|Транспорт  cf_insurance|Страховка  cf_other|Прочее
cf_independently|Самостоятельно  cf_offenderid|Обидчик  cf_agentid|Посредник
cf_agrprice|Цена договора|currency  cf_loss|Убыток|currency
cf_servicecost|Стоимость услуги|currency  cf_returned|Вернули|currency
cf_agrdate|Дата договора|date  cf_claimdate|Дата претензии|date
cf_finishdate|Срок конечный|date`;

const DOCUMENTS = `
notes_title!|Title  ${TIMES}  filename|File Name|file  ${OWNER}
notecontent|Note|text  filetype-|File Type  filesize-|File Size|integer
filelocationtype|Download Type  fileversion|Version  filestatus|Active|boolean
filedownloadcount-~|Download Count|integer
folderid#|Folder Name|reference DocumentFolders  note_no-|Document No|numbered DOC
${MODIFIED_BY}  ${MARKS}`;

const MOD_COMMENTS = `
commentcontent!|Comment|text  ${OWNER}
${TIMES}
related_to!|Related To|reference Accounts,Contacts,HelpDesk,Leads,Project
creator-|Creator|reference Users  parent_comments|Related To Comments|reference ModComments
${ORIGIN}  customer|Customer|reference Contacts  userid-|User Id|reference Users
reasontoedit|Reason To Edit  is_private|Is Private|boolean  filename|Attachment
related_email_id|Related Email ID|integer`;

const PRIORITY = 'taskpriority|Priority|picklist High;Medium;Low';
const TASK_STATUS = 'Not Started;In Progress;Completed;Pending Input;Deferred;Planned';
const EVENT_STATUS = 'picklist Planned;Held;Not Held';
const RELATED_TO = 'parent_id~|Related To|reference Accounts,HelpDesk,Leads,Project';
const CONTACT_NAME = 'contact_id~|Contact Name|reference Contacts';
const VISIBILITY = 'visibility|Visibility|picklist Private;Public';
const RECURRENCE = 'recurringtype|Recurrence|picklist Daily;Weekly;Monthly;Yearly';

const CALENDAR = `
subject!|Subject  ${OWNER}  date_start!|Start Date & Time|date
time_start!|Time Start|time  time_end|End Time|time  due_date!|Due Date|date
${RELATED_TO}
${CONTACT_NAME}  taskstatus!|Status|picklist ${TASK_STATUS}
eventstatus|Status|${EVENT_STATUS}  ${PRIORITY}
sendnotification|Send Notification|boolean  ${TIMES}
activitytype|Activity Type|picklist Call;Meeting  ${VISIBILITY}
${DESCRIPTION}  duration_hours|Duration  duration_minutes|Duration Minutes|integer
location|Location  reminder_time|Send Reminder  ${RECURRENCE}
notime|No Time|boolean  ${MODIFIED_BY}  ${MARKS}`;

const EVENTS = `
subject!|Subject  ${OWNER}  date_start!|Start Date & Time|date
time_start!|Time Start|time  due_date!|End Date & Time|date  time_end!|End Time|time
${RECURRENCE}
duration_hours!|Duration  duration_minutes|Duration Minutes|integer
${RELATED_TO}  eventstatus!|Status|${EVENT_STATUS}
sendnotification|Send Notification|boolean
activitytype!|Activity Type|picklist Call;Meeting  location|Location
${TIMES}  ${PRIORITY}
notime|No Time|boolean  ${VISIBILITY}  ${MODIFIED_BY}  ${DESCRIPTION}
reminder_time|Send Reminder|integer  ${CONTACT_NAME}  ${MARKS}`;

const PRODUCTS = `
productname!|Product Name  product_no-|Product Number|numbered PRO
productcode|Part Number  discontinued|Product Active|boolean
manufacturer|Manufacturer|picklist AltvetPet Inc.;LexPon Inc.;MetBeat Corp
productcategory|Product Category|picklist Hardware;Software;CRM Applications
sales_start_date|Sales Start Date|date  sales_end_date|Sales End Date|date
start_date|Support Start Date|date  expiry_date|Support Expiry Date|date
website|Website|url  vendor_id|Vendor Name|reference Vendors
mfr_part_no|Mfr PartNo  vendor_part_no|Vendor PartNo  serial_no|Serial No
productsheet|Product Sheet  glacct|GL Account|picklist 300-Sales-Software
${TIMES}
${MODIFIED_BY}  unit_price|Unit Price|currency  commissionrate|Commission Rate|double 3
taxclass|Taxes  usageunit|Usage Unit|picklist Box;Each;Hours;Pack
qty_per_unit|Qty/Unit|double 2  qtyinstock|Qty In Stock|double 3
reorderlevel|Reorder Level|integer  ${OWNER}  qtyindemand|Qty In Demand|integer
imagename|Product Image|image  ${DESCRIPTION}  purchase_cost|Purchase Cost|currency
${MARKS}`;

const USERS = `
user_name!|User Name  is_admin|Admin|boolean  first_name|First Name
last_name!|Last Name  email1!|Primary Email|email  status|Status|string|Active
hour_format|Calendar Hour Format|picklist 12;24|12  title|Title
phone_work|Office Phone|phone  department|Department  phone_mobile|Mobile Phone|phone
date_format|Date Format|picklist dd-mm-yyyy;mm-dd-yyyy;yyyy-mm-dd;dd.mm.yyyy;dd/mm/yyyy
language|Language|string|en_us  userlabel|User Label`;

/** By module. */
export const FIELD_TABLES: Readonly<Record<string, string>> = {
	Contacts: CONTACTS,
	Accounts: ACCOUNTS,
	Leads: LEADS,
	HelpDesk: HELP_DESK,
	Project: PROJECT,
	Documents: DOCUMENTS,
	ModComments: MOD_COMMENTS,
	Calendar: CALENDAR,
	Events: EVENTS,
	Products: PRODUCTS,
	Users: USERS,
	Groups: 'groupname!#|groupname  description|description',
	Currency:
		'currency_name|currency_name  currency_code|currency_code  currency_symbol|currency_symbol  ' +
		'conversion_rate|conversion_rate|double 5  currency_status|currency_status  ' +
		'defaultid|defaultid  deleted|deleted|integer',
	DocumentFolders:
		'foldername!#|foldername  description|description  createdby!#|createdby|reference  ' +
		'sequence|sequence|integer',
};

/** Modules of related lists by their labels, as far as the sandbox has these modules. */
const ACTIVITIES = { Activities: 'Calendar', 'Activity History': 'Calendar' };
const COMMON_LISTS = { Documents: 'Documents', ModComments: 'ModComments' };

/** By module. */
export const RELATED_LISTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	Contacts: {
		...ACTIVITIES,
		HelpDesk: 'HelpDesk',
		Products: 'Products',
		Projects: 'Project',
		...COMMON_LISTS,
	},
	Accounts: {
		Contacts: 'Contacts',
		...ACTIVITIES,
		HelpDesk: 'HelpDesk',
		Products: 'Products',
		Projects: 'Project',
		...COMMON_LISTS,
	},
	Leads: { ...ACTIVITIES, Products: 'Products', ...COMMON_LISTS },
	HelpDesk: { ...ACTIVITIES, ...COMMON_LISTS },
	Project: { ...ACTIVITIES, Contacts: 'Contacts', HelpDesk: 'HelpDesk', ...COMMON_LISTS },
	Products: { Contacts: 'Contacts', Leads: 'Leads', HelpDesk: 'HelpDesk', ...COMMON_LISTS },
};
