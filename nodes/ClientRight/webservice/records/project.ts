import { day } from './date';
import type { FieldTable } from './fields';
import type { IdModules } from './id-modules';
import { amount, recordId, text, yesNo } from './values';

/**
 * `CreateProject` (docs/protocols/clientright.md, 7.1). The CRM's own table names the operation
 * CreateAccount (docs/protocols/clientright.md, 8.1).
 */
export const PROJECT_FIELDS: FieldTable = {
	contactId: { wire: 'contactid', write: recordId, mandatory: true },
	offenderId: { wire: 'offenderid', write: recordId, mandatory: true },
	agentId: { wire: 'agentid', write: recordId },
	smsCode: { wire: 'sms', write: text },
	ip: { wire: 'ip', write: text },
	source: { wire: 'source', write: text },
	region: { wire: 'region', write: text },
	formId: { wire: 'formid', write: recordId },
	category: { wire: 'category', write: text },
	direction: { wire: 'direction', write: text },
	agreementPrice: { wire: 'agrprice', write: amount },
	subject: { wire: 'subject', write: text },
	agreementDate: { wire: 'agrdate', write: day },
	startDate: { wire: 'startdate', write: day },
	finishDate: { wire: 'finishdate', write: day },
	loss: { wire: 'loss', write: amount },
	serviceCost: { wire: 'servicecost', write: amount },
	progress: { wire: 'progress', write: amount },
	country: { wire: 'country', write: text },
	hotel: { wire: 'hotel', write: text },
	transport: { wire: 'transport', write: yesNo },
	insurance: { wire: 'insurance', write: yesNo },
	other: { wire: 'other', write: text },
	description: { wire: 'description', write: text },
	independently: { wire: 'independently', write: yesNo },
	claimDate: { wire: 'claimdate', write: day },
	returned: { wire: 'returned', write: amount },
};

/** Whose ids they are; which module a form belongs to is not known (docs/protocols/clientright.md, 7.4). */
export const PROJECT_IDS: IdModules = {
	contactId: 'Contacts',
	offenderId: 'Accounts',
	agentId: 'Accounts',
};
