import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import {
	columnsOf,
	type ModuleField,
	readDescription,
	readModules,
	readRecord,
	searchFieldsOf,
} from '../../../nodes/ClientRight/wire/describe';
import {
	type ValueRules,
	writeRecordId,
	writeValue,
} from '../../../nodes/ClientRight/wire/field-values';

interface Exchange {
	name: string;
	response: { body: string };
}

const recorded = new Map(
	(
		JSON.parse(
			readFileSync(join(__dirname, '..', '..', 'vectors', 'vtiger-8.4.json'), 'utf8'),
		) as Exchange[]
	).map(({ name, response }) => [name, response.body]),
);
const resultOf = (name: string): unknown =>
	(JSON.parse(recorded.get(name)!) as { result: unknown }).result;

const project = readDescription(resultOf('describe.Project'))!;
const rules: ValueRules = {
	timeZone: 'Europe/Moscow',
	validateChecksums: false,
	normalizeMobile: false,
	prefixes: new Map([
		['Contacts', '12'],
		['Accounts', '11'],
	]),
	userId: '19x5',
};
const field = (type: string, more: Partial<ModuleField> = {}): ModuleField => ({
	name: 'f',
	label: 'F',
	mandatory: false,
	hasDefault: false,
	writable: true,
	type,
	choices: [],
	refersTo: [],
	...more,
});
const CHOICES = [
	{ label: 'В работе', value: 'in progress' },
	{ label: 'Покупки, еда', value: 'Покупки, еда' },
	{ label: 'Отдых', value: 'Отдых' },
];

describe('readDescription', () => {
	it('reads what a vtiger 8.4 says of a module', () => {
		expect(project).toMatchObject({
			name: 'Project',
			label: 'Projects',
			idPrefix: '29',
			isEntity: true,
			labelFields: ['projectname'],
		});
		expect(project.fields.get('projectname')).toMatchObject({ mandatory: true, type: 'string' });
		expect(project.fields.get('linktoaccountscontacts')).toMatchObject({
			type: 'reference',
			refersTo: ['Accounts', 'Contacts'],
		});
		expect(project.fields.get('id')).toMatchObject({ writable: false });
		expect(project.fields.get('createdtime')).toMatchObject({ writable: false, type: 'datetime' });
	});

	it('knows a list of the CRM from users’ records', () => {
		expect(readDescription(resultOf('describe.DocumentFolders'))).toMatchObject({
			idPrefix: '22',
			isEntity: false,
		});
	});

	it.each([undefined, null, 'x', {}, { fields: 'x' }])('gives nothing for %j', (result) => {
		expect(readDescription(result)).toBeUndefined();
	});
});

it('lists the modules by label, and tells users’ records from lists', () => {
	const modules = readModules(resultOf('listtypes.by-POST'));
	expect(modules).toContainEqual({ name: 'Accounts', label: 'Organizations', isEntity: true });
	expect(modules).toContainEqual({ name: 'Groups', label: 'Groups', isEntity: false });
	const labels = modules.map(({ label }) => label);
	expect(labels).toEqual(labels.toSorted((a, b) => a.localeCompare(b)));
});

describe('columnsOf', () => {
	const owners = [{ label: 'Анна', value: '19x5' }];
	const columns = columnsOf(project, owners, true);
	const column = (id: string) => columns.find((one) => one.id === id);

	it('puts the mandatory fields first and shows no others', () => {
		expect(columns[0]).toMatchObject({ id: 'projectname', required: true, removed: false });
		expect(columns.slice(1).every(({ required, removed }) => !required && removed)).toBe(true);
	});

	it('has labels of the CRM, picklists and owners as choices, and texts for what we read', () => {
		expect(column('cf_agrprice')).toMatchObject({ displayName: 'Цена договора', type: 'string' });
		expect(column('startdate')).toMatchObject({ type: 'string' });
		expect(column('projectstatus')!.options).toContainEqual({
			name: 'In Progress',
			value: 'in progress',
		});
		expect(column('assigned_user_id')).toMatchObject({
			required: false,
			type: 'options',
			options: [{ name: 'Анна', value: '19x5' }],
		});
		expect(column('linktoaccountscontacts')!.displayName).toContain('Accounts, Contacts');
	});

	it('has no column that cannot be written', () => {
		expect(column('id')).toBeUndefined();
		expect(column('project_no')).toBeUndefined();
	});

	it('lets no text be matched that may be long', () => {
		expect(column('description')).toMatchObject({ canBeUsedToMatch: false });
		expect(column('projectname')).toMatchObject({ canBeUsedToMatch: true });
	});
});

it('looks for a record by what it is called and by numbers', () => {
	const fields = new Map(
		[
			field('string', { name: 'lastname' }),
			field('phone', { name: 'mobile' }),
			field('string', { name: 'cf_inn' }),
			field('string', { name: 'cf_7', label: 'ИНН' }),
			field('string', { name: 'winner' }),
		].map((one) => [one.name, one]),
	);
	expect(searchFieldsOf({ ...project, fields, labelFields: ['lastname', 'gone'] })).toEqual({
		names: ['lastname'],
		numbers: ['mobile', 'cf_inn', 'cf_7'],
	});
});

describe('writeValue', () => {
	it.each<[ModuleField | undefined, unknown, string]>([
		[field('currency'), '20000,5', '20000.5'],
		[field('currency'), '20\u00a0000,50', '20000.50'],
		[field('double'), -0.5, '-0.5'],
		[field('double'), '0,125', '0.125'],
		[field('integer'), '1 500', '1500'],
		[field('integer'), '15.0', '15'],
		[field('integer'), 0, '0'],
		[field('boolean'), 'да', '1'],
		[field('boolean'), false, '0'],
		[field('boolean'), 'ЛОЖЬ', '0'],
		[field('date'), '31.01.1990', '1990-01-31'],
		[field('datetime'), '2026-01-31T10:00:00+03:00', '2026-01-31 07:00:00'],
		[field('datetime'), '2026-01-31T07:00:00Z', '2026-01-31 07:00:00'],
		[field('datetime'), '2026-01-31 10:00', '2026-01-31 07:00:00'],
		[field('datetime'), '31.01.2026 10:00', '2026-01-31 07:00:00'],
		[field('datetime'), '2026-01-31', '2026-01-30 21:00:00'],
		[field('datetime'), new Date(Date.UTC(2026, 0, 31, 7)), '2026-01-31 07:00:00'],
		[field('datetime'), DateTime.utc(2026, 1, 31, 7), '2026-01-31 07:00:00'],
		[field('time'), '9:30', '9:30'],
		[field('picklist', { choices: CHOICES }), 'В работе', 'in progress'],
		[field('picklist', { choices: CHOICES }), 'In Progress', 'in progress'],
		[field('picklist'), 'anything', 'anything'],
		[field('multipicklist', { choices: CHOICES }), ['Отдых', 'В работе'], 'Отдых |##| in progress'],
		[field('multipicklist', { choices: CHOICES }), 'Отдых; В работе', 'Отдых |##| in progress'],
		[field('multipicklist', { choices: CHOICES }), 'Отдых |##| В работе', 'Отдых |##| in progress'],
		[
			field('multipicklist', { choices: CHOICES }),
			'["Отдых","В работе"]',
			'Отдых |##| in progress',
		],
		[field('multipicklist', { choices: CHOICES }), 'Покупки, еда', 'Покупки, еда'],
		[field('reference', { refersTo: ['Contacts'] }), '12x83859', '12x83859'],
		[field('reference', { refersTo: ['Contacts'] }), 83859, '12x83859'],
		[field('reference', { refersTo: ['Accounts', 'Contacts'] }), '12x7', '12x7'],
		[field('reference', { refersTo: ['Unknown'] }), '99x7', '99x7'],
		[field('owner'), '20x3', '20x3'],
		[field('owner'), 7, '19x7'],
		[field('string'), ' Анна\u000b ', 'Анна'],
		[field('string'), 0, '0'],
		[undefined, true, '1'],
		[undefined, '03/04/2026', '03/04/2026'],
	])('%j: %p', (described, value, written) => {
		expect(writeValue('f', described, value, rules)).toBe(written);
	});

	it.each<[ModuleField, unknown, RegExp]>([
		[field('currency'), '12,345', /12\.345 or 12345/],
		[field('currency'), '1.500,50', /must be a number/],
		[field('currency'), 'много', /must be a number/],
		[field('integer'), '1.5', /whole number/],
		[field('boolean'), 'может быть', /must be true, false/],
		[field('date'), '03/04/2026', /may be 2026-0/],
		[field('datetime'), 'завтра', /date and time/],
		[field('datetime'), '2026-02-30T10:00', /date and time/],
		[field('time'), '25:00', /must be a time/],
		[field('picklist', { choices: CHOICES }), 'Работа', /must be one of in progress/],
		[field('multipicklist', { choices: CHOICES }), 'Отдых; Сон', /must be one of/],
		[field('reference', { refersTo: ['Contacts'] }), '11x7', /ID of a record in Contacts/],
		[field('reference', { refersTo: ['Accounts', 'Contacts'] }), '7', /12x83859/],
		[field('reference', { refersTo: ['Contacts'] }), 'ООО', /12x83859/],
		[field('owner'), 'Анна', /ID of a user or a group/],
		[field('string'), 'C:\\users\\u0041bc', /\\u0041/],
		[field('string'), { a: 1 }, /text or a number/],
	])('refuses %j: %p', (described, value, reason) => {
		expect(() => writeValue('f', described, value, rules)).toThrow(reason);
	});
});

describe('writeRecordId', () => {
	it.each([
		['12x83859', '12', '12x83859'],
		[83859, '12', '12x83859'],
		[' 83859 ', '12', '12x83859'],
		['12x83859', undefined, '12x83859'],
	])('%p', (value, prefix, written) => {
		expect(writeRecordId('recordId', value, 'Contacts', prefix)).toBe(written);
	});

	it.each([
		['11x83859', '12', /in Contacts, which starts with "12x"/],
		['', '12', /is missing/],
		[undefined, '12', /is missing/],
		['0', '12', /must be an ID/],
		["12x1' OR", '12', /must be an ID/],
		['83859', undefined, /number of its module in front/],
	])('refuses %p', (value, prefix, reason) => {
		expect(() => writeRecordId('recordId', value, 'Contacts', prefix)).toThrow(reason);
	});
});

describe('readRecord', () => {
	it('reads the values of a project as a vtiger 8.4 gave them', () => {
		const [record] = resultOf('api.query.currency') as Array<Record<string, unknown>>;
		expect(readRecord(record!, project, 'Europe/Moscow')).toEqual({
			projectname: 'Деньги',
			cf_agrprice: 20000.5,
			startdate: '2026-01-31',
			createdtime: '2026-11-27T12:30:57+03:00',
			modifiedtime: '2026-11-27T12:30:57+03:00',
		});
	});

	it('reads yes and no and lists, and keeps what has no such form', () => {
		const fields = new Map(
			['boolean', 'multipicklist', 'integer', 'datetime'].map((type) => [type, field(type)]),
		);
		const read = (record: Record<string, unknown>) =>
			readRecord(record, { ...project, fields }, 'Europe/Moscow');
		expect(
			read({ boolean: '1', multipicklist: 'a |##| b', integer: '007', datetime: '', other: '5' }),
		).toEqual({ boolean: true, multipicklist: ['a', 'b'], integer: 7, datetime: '', other: '5' });
		expect(read({ boolean: 'x', multipicklist: '', integer: '', datetime: null })).toEqual({
			boolean: 'x',
			multipicklist: [],
			integer: '',
			datetime: null,
		});
	});

	it('keeps the digits of a long number', () => {
		const fields = new Map([['f', field('double')]]);
		const read = (f: string) => readRecord({ f }, { ...project, fields }, 'utc').f;
		expect(read('12345678901234567.50')).toBe('12345678901234567.5');
		expect(read('20000.00000000')).toBe(20000);
	});
});
