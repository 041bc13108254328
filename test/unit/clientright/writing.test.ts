import { CONTACT_SAMPLE } from '../../clientright-samples';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { answerChallenge, withQuery, writeForm } from '../../../nodes/ClientRight/wire/envelope';
import {
	ACCOUNT_FIELDS,
	CONTACT_FIELDS,
	FieldError,
	PROJECT_FIELDS,
	writeFields,
	type WritingRules,
} from '../../../nodes/ClientRight/wire/records';

const rules: WritingRules = {
	timeZone: 'Europe/Moscow',
	validateChecksums: false,
	normalizeMobile: false,
};
const ids = { contactId: '83834', offenderId: '84675' };
const project = (input: object, more: Partial<WritingRules> = {}) =>
	writeFields(PROJECT_FIELDS, { ...ids, ...input }, { ...rules, ...more });
const problem = (run: () => unknown): string => {
	try {
		run();
	} catch (error) {
		if (error instanceof FieldError) return `${error.field} ${error.message}`;
		throw error;
	}
	return 'none';
};

describe('the challenge', () => {
	it('is answered by the md5 of token and key, in lower case', () => {
		// `printf tokenkey | md5sum`
		expect(answerChallenge('token', 'key')).toBe('86d3c72215a03abb189f367aa758054b');
	});
});

describe('a form', () => {
	it('sends + as %2B (docs/protocols/vtiger.md, 2.5)', () => {
		expect(writeForm({ mobile: '+7 900' })).toBe('mobile=%2B7+900');
	});

	it('brings any text back whole', () => {
		fc.assert(
			fc.property(
				fc.dictionary(fc.string({ minLength: 1 }), fc.string({ unit: 'grapheme' })),
				(fields) => {
					const own = Object.fromEntries(
						Object.entries(fields).filter(([name]) => name !== '__proto__'),
					);
					expect(Object.fromEntries(new URLSearchParams(writeForm(own)))).toEqual(own);
				},
			),
		);
	});

	it('keeps a query that the address has', () => {
		expect(withQuery('https://crm.test/webservice.php?a=1', { operation: 'x y' })).toBe(
			'https://crm.test/webservice.php?a=1&operation=x+y',
		);
	});
});

describe('the fields of the document', () => {
	it('are laid out for CreateContact as in its example', () => {
		expect(writeFields(CONTACT_FIELDS, CONTACT_SAMPLE.item, rules)).toEqual(CONTACT_SAMPLE.wire);
	});

	it('number 12, 7 and 27, as listed', () => {
		const tables = [CONTACT_FIELDS, ACCOUNT_FIELDS, PROJECT_FIELDS];
		expect(tables.map((table) => Object.keys(table).length)).toEqual([12, 7, 27]);
	});

	it('are not sent when they are absent, null or blank', () => {
		expect(project({ region: ' ', other: null, loss: '', agentId: undefined })).toEqual({
			contactid: '83834',
			offenderid: '84675',
		});
	});

	it.each(['firstName', 'lastName', 'birthday', 'mobile', 'inn'])('want %s', (name) => {
		const contact = {
			firstName: 'A',
			lastName: 'B',
			birthday: '1980-01-01',
			mobile: '1',
			inn: '1234567890',
		};
		expect(problem(() => writeFields(CONTACT_FIELDS, { ...contact, [name]: '' }, rules))).toBe(
			`${name} is missing`,
		);
	});
});

describe('a date', () => {
	const written = (value: unknown, timeZone = 'Europe/Moscow') =>
		project({ claimDate: value }, { timeZone }).claimdate;

	it('without a time stays that day in every time zone', () => {
		fc.assert(
			fc.property(
				fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true }),
				fc.constantFrom(
					'Pacific/Kiritimati',
					'America/New_York',
					'Europe/Moscow',
					'Pacific/Pago_Pago',
				),
				(date, zone) => {
					const day = date.toISOString().slice(0, 10);
					expect(written(day, zone)).toBe(day);
				},
			),
		);
	});

	it.each([
		['2026-01-31T00:00:00', '2026-01-31'],
		['2026-01-31 23:59', '2026-01-31'],
		['2026-01-31T22:30:00Z', '2026-02-01'],
		['2026-01-31T22:30:00.000+03:00', '2026-01-31'],
		['2026-02-01T00:30:00+05:00', '2026-01-31'],
		[new Date('2026-01-31T22:30:00Z'), '2026-02-01'],
		[DateTime.fromISO('2026-01-31T22:30:00Z', { zone: 'utc' }), '2026-02-01'],
	])('with a time is the day in the time zone of the workflow: %s', (value, day) => {
		expect(written(value)).toBe(day);
	});

	it.each(['1980-13-01', '1980-02-30', '1980', 'yesterday', 0, true, '1980-1-1'])(
		'is refused when it is none: %s (docs/protocols/vtiger.md, 10.7)',
		(value) => {
			expect(problem(() => written(value))).toMatch(/^claimDate must be a date such as 1986-11-15/);
		},
	);
});

describe('a number', () => {
	const written = (value: unknown) => project({ loss: value }).loss;

	it.each([0, '0', '0.0', '00', '0.00', -0])('that is zero is sent as 0.0: %s', (value) => {
		expect(written(value)).toBe('0.0');
	});

	it.each([
		[20000, '20000'],
		['1500.50', '1500.50'],
		[0.1, '0.1'],
	])('is sent as it is: %s', (value, text) => expect(written(value)).toBe(text));

	it.each(['1 500', '1,5', 'a', -1, Number.NaN, '1e3', {}, [], true])('is refused: %s', (value) => {
		expect(problem(() => written(value))).toMatch(/^loss /);
	});
});

describe('an id', () => {
	it.each([
		'0',
		0,
		'000',
		'abc',
		'12x',
		'x5',
		'12x0',
		'0x10',
		'00x5',
		'012x5',
		'1x2x3',
		-5,
		1.5,
		'8 3',
		2 ** 60,
	])('is refused: %s', (value) => {
		expect(problem(() => project({ agentId: value }))).toMatch(/^agentId /);
	});

	it.each(['contactId', 'offenderId', 'agentId', 'formId'])(
		'of vtiger’s own form is the number behind its module: %s',
		(name) => {
			expect(project({ [name]: ' 12x83859 ' })).toMatchObject({ [name.toLowerCase()]: '83859' });
		},
	);

	it('of Telegram has no module', () => {
		const telegram = { telegramId: CONTACT_FIELDS.telegramId! };
		expect(problem(() => writeFields(telegram, { telegramId: '12x5' }, rules))).toBe(
			'telegramId must be a number of digits only, and not zero, not "12x5"',
		);
	});

	it.each([83859, '83859', ' 83859 '])('is sent as digits: %s', (value) => {
		expect(project({ agentId: value }).agentid).toBe('83859');
	});
});

describe('yes and no', () => {
	it.each([true, 1, '1', 'да', 'Да ', 'ДА', 'yes', 'true', 'TRUE', 'ИСТИНА', 'y', 'on'])(
		'%s is sent as да',
		(value) => {
			expect(project({ transport: value }).transport).toBe('да');
		},
	);

	it.each([false, 0, '0', ' 0 ', 'нет', 'НЕТ', 'no', 'false', 'Ложь', 'n', 'off'])(
		'%s is sent as нет',
		(value) => {
			expect(project({ insurance: value }).insurance).toBe('нет');
		},
	);

	it.each([2, -1, '10', '01', 'не знаю', 'данет', [], {}])('%j is refused', (value) => {
		expect(problem(() => project({ transport: value }))).toMatch(/^transport must be true, false/);
	});

	it('is refused when it is neither', () => {
		expect(problem(() => project({ independently: 'maybe' }))).toBe(
			'independently must be true, false, да or нет, not "maybe"',
		);
	});

	it('is not sent when it is not set', () => {
		expect(project({})).not.toHaveProperty('transport');
	});
});

describe('text', () => {
	it('of a lone 0 is refused, since vtiger loses it (docs/protocols/vtiger.md, 2.6)', () => {
		expect(problem(() => project({ other: 0 }))).toMatch(/^other must not be "0"/);
	});

	it('loses control characters but tab and line ends, which vtiger 8.4 would give back raw', () => {
		const all = String.fromCharCode(...Array.from({ length: 0x20 }, (_, code) => code));
		expect(project({ description: `до\u000bпосле${all}.` }).description).toBe('допосле\t\n\r.');
		expect(project({ description: '\u0000 \u001f' })).not.toHaveProperty('description');
		const name = { firstName: CONTACT_FIELDS.firstName! };
		expect(problem(() => writeFields(name, { firstName: '\u000b' }, rules))).toBe(
			'firstName is missing',
		);
	});

	it('is kept whole otherwise', () => {
		const text = '<b>"ООО" & Ко</b> \\ +7\r\nстр2';
		expect(project({ description: text }).description).toBe(text);
	});
});
