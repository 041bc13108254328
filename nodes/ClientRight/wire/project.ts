import { day } from './text-values';
import { FieldError, previewValue } from '../../shared/wire/field-error';
import { amount, type DocumentedFields, idPrefix, recordId, text, yesNo } from './values';

/**
 * `CreateProject` (docs/protocols/clientright.md, 7.1). The CRM's own table names the operation
 * CreateAccount (docs/protocols/clientright.md, 8.1). The module of a form is not known
 * (docs/protocols/clientright.md, 7.4).
 */
export const PROJECT_FIELDS: DocumentedFields = {
	contactId: {
		wire: 'contactid',
		write: recordId,
		idOf: { module: 'Contacts', one: 'a client', example: '83859' },
		mandatory: true,
		displayName: 'Contact ID',
		description:
			"The client, or the ID that 'Contact: Create or Update' returned (ID клиента, contactid)",
	},
	offenderId: {
		wire: 'offenderid',
		write: recordId,
		idOf: { module: 'Accounts', one: 'a company', example: '83837' },
		mandatory: true,
		displayName: 'Offender ID',
		description:
			"The offending company, or the ID that 'Account: Create or Update' returned for it (ID контрагента-обидчика, offenderid)",
	},
	agentId: {
		wire: 'agentid',
		write: recordId,
		idOf: { module: 'Accounts', one: 'a company', example: '83838' },
		displayName: 'Agent ID',
		description:
			'The intermediary’s account, if there was one, or its ID (ID контрагента-посредника, agentid)',
	},
	smsCode: {
		wire: 'sms',
		write: text,
		displayName: 'SMS Code',
		placeholder: 'e.g. 1234',
		description: 'Code that confirmed the phone number (Код из смс, sms)',
	},
	ip: {
		wire: 'ip',
		write: text,
		displayName: 'IP Address',
		placeholder: 'e.g. 203.0.113.7',
		description: 'Address that the user’s request came from (ip пользователя, ip)',
	},
	source: {
		wire: 'source',
		write: text,
		displayName: 'Source',
		description: 'Where the client came from (Откуда пришли, source)',
	},
	region: {
		wire: 'region',
		write: text,
		displayName: 'Region',
		placeholder: 'e.g. Владивосток',
		description:
			'Region the inquiry came from (Регион пользователя, откуда поступило обращение, region)',
	},
	formId: {
		wire: 'formid',
		write: recordId,
		displayName: 'Form ID',
		placeholder: 'e.g. 1376',
		description: 'Number of the form, digits only (ID формы, formid)',
	},
	category: {
		wire: 'category',
		write: text,
		displayName: 'Category',
		description: 'Category of the inquiry (Категория обращения, category)',
	},
	direction: {
		wire: 'direction',
		write: text,
		displayName: 'Direction',
		description: 'Subject area of the inquiry (Направление обращения, direction)',
	},
	agreementPrice: {
		wire: 'agrprice',
		write: amount,
		displayName: 'Contract Price',
		description: 'Contract price (Цена договора, agrprice)',
	},
	subject: {
		wire: 'subject',
		write: text,
		displayName: 'Subject',
		description: 'Subject of the contract (Предмет договора, subject)',
	},
	agreementDate: {
		wire: 'agrdate',
		write: day,
		displayName: 'Contract Date',
		description: 'Date of the contract (Дата заключения договора, agrdate)',
	},
	startDate: {
		wire: 'startdate',
		write: day,
		displayName: 'Start Date',
		description: 'First day of the term (Срок начальный, startdate)',
	},
	finishDate: {
		wire: 'finishdate',
		write: day,
		displayName: 'Finish Date',
		description: 'Last day of the term (Срок конечный, finishdate)',
	},
	loss: {
		wire: 'loss',
		write: amount,
		displayName: 'Loss Amount',
		description: 'Amount of the loss (Убыток, loss)',
	},
	serviceCost: {
		wire: 'servicecost',
		write: amount,
		displayName: 'Service Cost',
		description: 'Cost of the service received (Стоимость полученной услуги, servicecost)',
	},
	progress: {
		wire: 'progress',
		write: amount,
		displayName: 'Progress (%)',
		description: 'Progress in percent (Прогресс в %, progress)',
	},
	country: {
		wire: 'country',
		write: text,
		displayName: 'Country',
		description: 'Country of travel (Страна путешествия, country)',
	},
	hotel: {
		wire: 'hotel',
		write: text,
		displayName: 'Hotel',
		description: 'Where the client was to stay (Средство размещения (отель), hotel)',
	},
	transport: {
		wire: 'transport',
		write: yesNo,
		displayName: 'Transport Services',
		description:
			'Whether transport services were included (Транспортные услуги, transport). It is sent as да or нет.',
	},
	insurance: {
		wire: 'insurance',
		write: yesNo,
		displayName: 'Insurance',
		description:
			'Whether there is insurance (Страховка (страховая), insurance). It is sent as да or нет.',
	},
	other: {
		wire: 'other',
		write: text,
		displayName: 'Other Information',
		description: 'Any information without its own field (Прочее, other)',
	},
	description: {
		wire: 'description',
		write: text,
		rows: 4,
		displayName: 'Description',
		description: 'What happened (Описание, description)',
	},
	independently: {
		wire: 'independently',
		write: yesNo,
		displayName: 'Pre-Trial Procedure Followed',
		description:
			'Whether the client has already followed the pre-trial procedure without help (Самостоятельно соблюден претензионный порядок, independently). It is sent as да or нет.',
	},
	claimDate: {
		wire: 'claimdate',
		write: day,
		displayName: 'Claim Date',
		description: 'Date on which the claim was sent (Дата направления претензии, claimdate)',
	},
	returned: {
		wire: 'returned',
		write: amount,
		displayName: 'Amount Returned',
		description:
			'Amount returned in the pre-trial procedure (Вернули в претензионном порядке, returned)',
	},
};

/** An ID of vtiger's own form, `12x83859`, whose first number is that of the module. */
export interface PrefixedId {
	field: string;
	/** The module that the ID must belong to. */
	module: string;
	prefix: string;
	value: unknown;
}

/**
 * Returns the IDs of an item that contain the number of their module.
 *
 * @throws FieldError when the IDs of two modules have the same number: one of them is wrong, and a claim would
 *   be about another person or company
 *
 * @example
 * clientright.prefixedIds(clientright.PROJECT_FIELDS, { contactId: '12x7', offenderId: '8' });
 * // => [{ field: 'contactId', module: 'Contacts', prefix: '12', value: '12x7' }]
 */
export function prefixedIds(
	fields: DocumentedFields,
	input: Readonly<Record<string, unknown>>,
): PrefixedId[] {
	const ids = Object.entries(fields).flatMap(([field, { idOf }]): PrefixedId[] => {
		const value = input[field];
		const prefix = idPrefix(value);
		return !idOf || prefix === undefined ? [] : [{ field, module: idOf.module, prefix, value }];
	});
	ids.forEach((id, at) => {
		const earlier = ids
			.slice(0, at)
			.find(({ module, prefix }) => module !== id.module && prefix === id.prefix);
		if (earlier) throw sameModule(earlier, id);
	});
	return ids;
}

/**
 * Checks the modules of IDs.
 *
 * @param prefixes the numbers of the modules, if the CRM returns them
 * @throws FieldError for an ID of another module than that of its field
 *
 * @example
 * const ids = clientright.prefixedIds(clientright.PROJECT_FIELDS, { contactId: '11x7' });
 * clientright.checkModules(ids, new Map([['Contacts', '12']]));
 * // throws FieldError: must be the ID of a record in Contacts, which starts with "12x", not "11x7"
 */
export function checkModules(
	ids: readonly PrefixedId[],
	prefixes: ReadonlyMap<string, string>,
): void {
	for (const { field, module, prefix, value } of ids) {
		const right = prefixes.get(module);
		if (right === undefined || right === prefix) continue;
		throw new FieldError(
			field,
			`must be the ID of a record in ${module}, which starts with "${right}x", not "${previewValue(value)}"`,
		);
	}
}

function sameModule(one: PrefixedId, other: PrefixedId): FieldError {
	return new FieldError(
		other.field,
		`must be the ID of a record in ${other.module}, not "${previewValue(other.value)}": the ID in "${one.field}", of a record in ${one.module}, also starts with "${one.prefix}x"`,
	);
}
