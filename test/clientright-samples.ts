import type { IDataObject } from 'n8n-workflow';
import type { FileSeed, RecordKind } from '../sandbox/clientright';

/** A record by our names, and as the CRM is to hold it. */
export interface Sample {
	operation: string;
	kind: RecordKind;
	/** Property of the output with the record's id. */
	id: string;
	/** Fields of the node that stand on their own. */
	mandatory: readonly string[];
	item: IDataObject;
	wire: Record<string, string>;
}

/** A sample of a client (docs/protocols/clientright.md, 5.1). */
export const CONTACT_SAMPLE: Sample = {
	operation: 'contact.upsert',
	kind: 'contact',
	id: 'contactId',
	mandatory: ['firstName', 'lastName', 'mobile', 'birthday', 'inn'],
	item: {
		firstName: 'Василий',
		secondName: 'Алибабаевич',
		lastName: 'Пупкинидзе',
		mobile: '+7(900) 000-00-01',
		email: 'client@example.com',
		telegramId: 111,
		birthday: '1986-11-15',
		birthPlace: 'г. Владивосток',
		mailingStreet: 'г. Калининград',
		inn: '321654987654',
		requisites: 'шлите на карту в тинькофф',
		smsCode: '4568',
	},
	wire: {
		firstname: 'Василий',
		secondname: 'Алибабаевич',
		lastname: 'Пупкинидзе',
		mobile: '+7(900) 000-00-01',
		email: 'client@example.com',
		tgid: '111',
		birthday: '1986-11-15',
		birthplace: 'г. Владивосток',
		mailingstreet: 'г. Калининград',
		inn: '321654987654',
		requisites: 'шлите на карту в тинькофф',
		code: '4568',
	},
};

/** Of a company (docs/protocols/clientright.md, 6.1). */
export const ACCOUNT_SAMPLE: Sample = {
	operation: 'account.upsert',
	kind: 'account',
	id: 'accountId',
	mandatory: ['accountName', 'inn', 'ogrn'],
	item: {
		accountName: 'ООО "Три бобра"',
		address: 'г. Москва, Кремль',
		email: 'company@example.com',
		website: 'https://pikabu.ru',
		phone: '+7 900 000-00-02',
		inn: '1234567899',
		ogrn: '32165498711',
	},
	wire: {
		accountname: 'ООО "Три бобра"',
		address: 'г. Москва, Кремль',
		email: 'company@example.com',
		website: 'https://pikabu.ru',
		phone: '+7 900 000-00-02',
		inn: '1234567899',
		ogrn: '32165498711',
	},
};

/** Of a claim (docs/protocols/clientright.md, 7.1). */
export const PROJECT_SAMPLE: Sample = {
	operation: 'project.create',
	kind: 'project',
	id: 'projectId',
	mandatory: ['contactId', 'offenderId'],
	item: {
		contactId: 83834,
		offenderId: 84675,
		agentId: 83859,
		smsCode: '1234',
		ip: '192.168.0.1',
		source: 'с улицы',
		region: 'Владивосток',
		formId: 1376,
		category: 'Абидили!!',
		direction: 'Путину',
		agreementPrice: 20000,
		subject: 'За мир во всем мире',
		agreementDate: '2023-07-15',
		startDate: '2023-07-20',
		finishDate: '2023-08-31',
		loss: 5000,
		serviceCost: 3000,
		progress: 25,
		country: 'Турция',
		hotel: 'Абу Мартышкин Spa',
		transport: 'да',
		insurance: 'да',
		other: 'какое-то дополнение',
		description: 'какое-то описание',
		independently: 'да',
		claimDate: '2023-10-15',
		returned: 200,
	},
	wire: {
		contactid: '83834',
		offenderid: '84675',
		agentid: '83859',
		sms: '1234',
		ip: '192.168.0.1',
		source: 'с улицы',
		region: 'Владивосток',
		formid: '1376',
		category: 'Абидили!!',
		direction: 'Путину',
		agrprice: '20000',
		subject: 'За мир во всем мире',
		agrdate: '2023-07-15',
		startdate: '2023-07-20',
		finishdate: '2023-08-31',
		loss: '5000',
		servicecost: '3000',
		progress: '25',
		country: 'Турция',
		hotel: 'Абу Мартышкин Spa',
		transport: 'да',
		insurance: 'да',
		other: 'какое-то дополнение',
		description: 'какое-то описание',
		independently: 'да',
		claimdate: '2023-10-15',
		returned: '200',
	},
};

export const SAMPLES: readonly Sample[] = [CONTACT_SAMPLE, ACCOUNT_SAMPLE, PROJECT_SAMPLE];

/** The client's files in an answer (docs/protocols/clientright.md, 4.4). */
export const FILES: readonly FileSeed[] = [
	{
		title: 'договор',
		path: 'storage/2023/December/week4/9e84c3f86209302799f46d0136e93ab6.pdf',
	},
	{
		title: 'подтверждение оплаты',
		path: 'storage/2023/December/week4/cf65c58a01e7db0b19c8e1fe119c0e32.pdf',
	},
	{
		title: 'Скриншот прогресса обучения/личного кабинета',
		path: 'storage/2023/December/week4/ef77e0e1baf3a882fba1c24c258504b3.pdf',
	},
];

/** A sample's values as the fields of the node take them. */
export function inFields({ item, mandatory }: Pick<Sample, 'item' | 'mandatory'>): IDataObject {
	const entries = Object.entries(item);
	return {
		...Object.fromEntries(entries.filter(([name]) => mandatory.includes(name))),
		additionalFields: Object.fromEntries(entries.filter(([name]) => !mandatory.includes(name))),
	};
}

/** Each value out of the item by an expression, in the fields of the node. */
export function byExpression({ item, mandatory }: Sample): IDataObject {
	const expressions = Object.keys(item).map((name) => [name, `={{ $json.${name} }}`]);
	return inFields({ item: Object.fromEntries(expressions) as IDataObject, mandatory });
}
