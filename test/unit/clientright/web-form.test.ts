import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	captureUrl,
	type FormValue,
	formParameters,
	openEnvelope,
	placeholderPdf,
	readFormRedirect,
	readPublicId,
	refusalOf,
	valuesNotIn,
	writeFormValues,
	zeroedFields,
} from '../../../nodes/ClientRight/wire';
import { readDescription } from '../../../nodes/ClientRight/wire/describe';

interface Exchange {
	name: string;
	request: { url: string; body: string };
	response: { status: string; body: string; location?: string };
}

/** Forms that a real vtiger 8.4 was sent, with what it answered. */
const recorded = (
	JSON.parse(
		readFileSync(join(__dirname, '..', '..', 'vectors', 'vtiger-8.4.json'), 'utf8'),
	) as Exchange[]
).filter(({ name }) => name.startsWith('capture.'));

const field = (name: string, label: string, type = 'string', more: object = {}) => ({
	name,
	label,
	type: { name: type, ...more },
});
const description = readDescription({
	name: 'Contacts',
	label: 'Клиенты',
	idPrefix: '12',
	fields: [
		field('lastname', 'Фамилия'),
		field('firstname', 'Имя'),
		field('mobile', 'Телефон', 'phone'),
		field('email', 'Email', 'email'),
		field('birthday', 'День рождения', 'date'),
		field('mailingstreet', 'Адрес', 'text'),
		field('cf_inn', 'ИНН'),
		field('cf_smscode', 'СМС код'),
		field('cf_price', 'Цена', 'currency'),
		field('donotcall', 'Не звонить', 'boolean'),
		field('cf_interests', 'Интересы', 'multipicklist', {
			picklistValues: ['Отдых', 'Покупки'].map((value) => ({ label: value, value })),
		}),
	],
})!;
const rules = {
	timeZone: 'Europe/Moscow',
	validateChecksums: false,
	normalizeMobile: false,
	prefixes: new Map<string, string>(),
	userId: '',
};
const write = (values: object, isAutoMapped = false, described = true): FormValue[] =>
	writeFormValues({ ...values }, described ? description : undefined, rules, isAutoMapped);

describe('a form is written', () => {
	const accepted = recorded.filter(
		({ name, request }) =>
			/publicid=[\da-f]{32}&urlencodeenable=1/.test(request.body) && !/callback/.test(name),
	);
	it.each(accepted.map((exchange) => [exchange.name, exchange] as const))(
		'as a real vtiger was sent it: %s',
		(_, { request }) => {
			const sent = [...new URLSearchParams(request.body)].filter(([name]) => name !== 'name');
			const own = sent.filter(([name]) => name !== 'publicid' && name !== 'urlencodeenable');
			const parameters = formParameters(sent[0]![1], write(Object.fromEntries(own)));
			expect(parameters).toEqual(sent);
		},
	);

	it('with all values of a multipicklist, under vtiger’s own name or that of the HTML', () => {
		expect(
			formParameters('1', write({ cf_interests: ['Отдых', 'Покупки'], lastname: 'А' })),
		).toEqual([
			['publicid', '1'],
			['urlencodeenable', '1'],
			['cf_interests[]', 'Отдых'],
			['cf_interests[]', 'Покупки'],
			['lastname', 'А'],
		]);
		expect(formParameters('1', write({ 'label:Интересы[]': 'Отдых' }))[2]).toEqual([
			'label:Интересы[]',
			'Отдых',
		]);
	});

	it('with names as PHP reads them, and values as the CRM stores them', () => {
		const values = write({
			'label:СМС код': '0123',
			birthday: '31.01.1990',
			cf_price: '20000,5',
			donotcall: 'нет',
			firstname: ' ',
		});
		expect(formParameters('1', values).slice(2)).toEqual([
			['label:СМС_код', '0123'],
			['birthday', '1990-01-31'],
			['cf_price', '20000.5'],
			['donotcall', '0'],
		]);
	});

	it('without what is no field, of an item', () => {
		expect(
			write({ lastname: 'А', submittedAt: 'now', 'label:ИНН': '1', publicid: 'x' }, true).map(
				({ name }) => name,
			),
		).toEqual(['lastname', 'label:ИНН']);
	});

	it('as it is given, where the CRM does not describe the module', () => {
		const values = write({ anything: 'x', 'label:Y z': ['1', '2'] }, false, false);
		expect(formParameters('1', values).slice(2)).toEqual([
			['anything', 'x'],
			['label:Y_z[]', '1'],
			['label:Y_z[]', '2'],
		]);
	});

	it.each([
		[{ nonsense: 'x' }, 'nonsense', 'is no field of Contacts: check its name in the form’s HTML'],
		[{ 'label:ОГРН': 'x' }, 'label:ОГРН', 'is no field of Contacts'],
		[{ publicid: 'x' }, 'publicid', 'must not be among the fields'],
		[{ 'Callback[]': 'x' }, 'Callback[]', 'must not be among the fields'],
		[{ 'a"\r\nb': 'x' }, 'a"\r\nb', 'is not a name that a form can have'],
		[{ 'a[b]c': 'x' }, 'a[b]c', 'is not a name that a form can have'],
		[{ birthday: 'вчера' }, 'birthday', 'must be'],
	])('never: %j', (values, name, message) => {
		expect(() => write(values)).toThrow(
			expect.objectContaining({ field: name, message: expect.stringContaining(message) }),
		);
	});
});

describe('an answer is read', () => {
	it.each(recorded.map((exchange) => [exchange.name, exchange] as const))(
		'as a real vtiger gave it: %s',
		(name, { response }) => {
			const isRefused = /missing-mandatory|publicid|captcha/.test(name);
			const said =
				response.location === undefined
					? openEnvelope(response.body)?.envelope.success
					: readFormRedirect(response.location, 'https://crm/')?.accepted;
			expect(said).toBe(!isRefused);
		},
	);

	it.each([
		['https://site/thanks?success=ok', { accepted: true }],
		['/thanks?id=7&success=ok', { accepted: true }],
		[
			'https://site/?error=lastname+does+not+have+a+value',
			{ accepted: false, message: 'lastname does not have a value' },
		],
		// The return address has a parameter of that name of its own.
		['https://site/?success=1&error=no', { accepted: false, message: 'no' }],
		['https://crm/modules/Webforms/capture.php', undefined],
		['', undefined],
		['http://[', undefined],
	])('of a redirect to %j', (location, expected) => {
		expect(readFormRedirect(location, 'https://crm/')).toEqual(expected);
	});

	it.each([
		['Webform not found.', 'unknownForm'],
		['lastname does not have a value', 'mandatory'],
		['Please verify you are not a robot.', 'captcha'],
		['Duplicate(s) detected!', 'duplicate'],
		['Database error while performing required operation', undefined],
		['Unknown Error', undefined],
		['', undefined],
	])('for its reason: %s', (message, reason) => {
		expect(refusalOf(message)).toBe(reason);
	});
});

describe('a record is recognized by what was sent', () => {
	const stored = {
		id: '12x7',
		lastname: 'Образцова',
		mobile: '+7 900 000-00-01',
		mailingstreet: 'Калуга,\nул. Новая, 1',
		birthday: '1990-01-31',
		cf_price: '20000.50000000',
		donotcall: '0',
		cf_interests: 'Покупки |##| Отдых',
		cf_inn: null,
	};
	it('whatever its form in the CRM', () => {
		const values = write({
			lastname: ' <b>Образцова</b> ',
			mobile: '+7 900 000-00-01',
			mailingstreet: 'Калуга,\r\nул. Новая, 1',
			birthday: '31.01.1990',
			cf_price: '20 000,50',
			donotcall: 'нет',
			'label:Интересы[]': ['Отдых', 'Покупки'],
		});
		expect(valuesNotIn(stored, values)).toEqual([]);
	});

	it.each([
		[{ lastname: 'Образцов' }, 'lastname'],
		[{ mobile: '+7 900 000-00-02' }, 'mobile'],
		[{ 'label:ИНН': '1' }, 'label:ИНН'],
		[{ cf_price: '20000' }, 'cf_price'],
		[{ donotcall: 'да' }, 'donotcall'],
		[{ cf_interests: 'Отдых' }, 'cf_interests'],
		[{ birthday: '1990-01-30' }, 'birthday'],
		[{ firstname: 'Анна' }, 'firstname'],
	])('and by nothing less: %j', (more, missing) => {
		expect(valuesNotIn(stored, write({ lastname: 'Образцова', ...more }))).toEqual([missing]);
	});

	it('and the zeros of a form with a return address are found', () => {
		const zeroed = { ...stored, firstname: '0', email: '0', cf_smscode: '', donotcall: '0' };
		expect(
			zeroedFields(zeroed, write({ lastname: 'Образцова', firstname: '0' }), description),
		).toEqual(['email']);
	});
});

it.each([
	[
		'https://crm.example.com/webservice.php',
		'https://crm.example.com/modules/Webforms/capture.php',
	],
	['http://h:8080/crm/webservice.php?x=1', 'http://h:8080/crm/modules/Webforms/capture.php'],
])('the form’s script is beside %s', (webservice, expected) => {
	expect(captureUrl(webservice)).toBe(expected);
});

it.each(['', 'a b', 'x"', '../x', 'ф'.repeat(32), null])('no public id: %j', (value) => {
	expect(() => readPublicId(value)).toThrow(expect.objectContaining({ field: 'publicId' }));
});

describe('the placeholder', () => {
	const pdf = placeholderPdf().toString('latin1');

	it('has its objects where its table says', () => {
		const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
		expect(pdf.slice(start, start + 4)).toBe('xref');
		const offsets = [...pdf.matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
		expect(offsets).toHaveLength(3);
		offsets.forEach((offset, index) => {
			expect(pdf.slice(offset)).toMatch(new RegExp(`^${index + 1} 0 obj\\n`));
		});
	});
});
