import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { FieldError } from '../../../nodes/shared/wire/field-error';
import {
	alternativesOf,
	checkName,
	type Condition,
	isPagedByKey,
	type Operator,
	quoted,
	type Query,
	selectOf,
	writeCondition,
	writePage,
} from '../../../nodes/ClientRight/wire/query';
import { readVtql } from '../../../nodes/ClientRight/wire/vtql';

interface Exchange {
	name: string;
	request: { url: string };
	response: { body: string };
}

/** Queries that a real vtiger 8.4 was asked, with what it answered. */
const recorded = new Map(
	(
		JSON.parse(
			readFileSync(join(__dirname, '..', '..', 'vectors', 'vtiger-8.4.json'), 'utf8'),
		) as Exchange[]
	).map((exchange) => [exchange.name, exchange]),
);
const vtqlOf = (name: string): string =>
	new URL(recorded.get(name)!.request.url, 'http://crm').searchParams.get('query') ?? '';

const query = (more: Partial<Query> = {}): Query => ({
	module: 'Leads',
	select: '*',
	alternatives: [],
	orderBy: [],
	descending: false,
	offset: 0,
	isEntity: true,
	...more,
});
const condition = (field: string, operator: Operator, ...values: string[]): Condition => ({
	field,
	operator,
	values,
});
const first = { done: 0, size: 100 };

describe('writePage', () => {
	it.each<[string, string, Query, Parameters<typeof writePage>[1]]>([
		[
			'a page behind an id',
			'query.130-records.keyset-2',
			query({ select: 'id' }),
			{ after: '10x60', done: 100, size: 100 },
		],
		[
			'the records with the greatest ids',
			'query.130-records.order-by-id-desc',
			query({ select: 'id', orderBy: ['id'], descending: true }),
			{ done: 0, size: 2 },
		],
		[
			'an order by another field',
			'query.130-records.order-two-fields',
			query({ select: 'id', orderBy: ['company'] }),
			{ done: 0, size: 3 },
		],
		[
			'a condition that is distributed over alternatives',
			'query.changed-since.keyset',
			query({
				select: 'id, modifiedtime',
				alternatives: [
					"modifiedtime > '2026-11-27 09:30:12'",
					"modifiedtime = '2026-11-27 09:30:12' AND id > '10x23'",
				],
				orderBy: ['modifiedtime'],
			}),
			{ done: 0, size: 3 },
		],
	])('writes %s as vtiger was asked', (_, name, wanted, page) => {
		expect(writePage(wanted, page)).toBe(vtqlOf(name));
	});

	it('puts what is behind the last id beside each alternative', () => {
		const alternatives = alternativesOf(
			[condition('a', 'equals', '1'), condition('b', 'equals', '2')],
			false,
		);
		expect(writePage(query({ alternatives }), { ...first, after: '10x7', done: 100 })).toBe(
			"SELECT * FROM Leads WHERE a = '1' AND id > '10x7' OR b = '2' AND id > '10x7' ORDER BY id LIMIT 100;",
		);
	});

	it('goes down the ids where the order is descending', () => {
		const wanted = query({ orderBy: ['id'], descending: true });
		expect(writePage(wanted, { ...first, after: '10x7', done: 100 })).toBe(
			"SELECT * FROM Leads WHERE id < '10x7' ORDER BY id DESC LIMIT 100;",
		);
	});

	it('pages by offset in another order, and keeps equal records in one order', () => {
		const wanted = query({ orderBy: ['company'], descending: true, offset: 5 });
		expect(isPagedByKey(wanted)).toBe(false);
		expect(writePage(wanted, { after: '10x7', done: 100, size: 50 })).toBe(
			'SELECT * FROM Leads ORDER BY company, id DESC LIMIT 105, 50;',
		);
	});

	it('asks a list of the CRM without an order', () => {
		expect(writePage(query({ module: 'Groups', isEntity: false }), first)).toBe(
			'SELECT * FROM Groups LIMIT 100;',
		);
	});
});

describe('writeCondition', () => {
	it.each<[string, Condition, string]>([
		['query.where-cyrillic', condition('lastname', 'equals', 'Лидов1'), ''],
		['query.in', condition('lastname', 'in', 'Лидов1', 'Лидов3'), ''],
		['query.apostrophe-doubled', condition('lastname', 'startsWith', "О'Хара"), ''],
		['query.percent-in-like-beginning', condition('lastname', 'endsWith', 'ов1'), ''],
		['query.id-equals', condition('id', 'equals', '12x2'), ''],
		['query.decimal-quoted', condition('cf_agrprice', 'greater', '100.5'), ''],
		['query.value-with-semicolon', condition('lastname', 'equals', 'a;b'), ''],
	])('writes %s as vtiger was asked', (name, wanted) => {
		const asked = vtqlOf(name);
		expect(asked).toContain(writeCondition(wanted));
		expect(JSON.parse(recorded.get(name)!.response.body)).toMatchObject({ success: true });
	});

	it('finds empty fields by a blank', () => {
		expect(writeCondition(condition('email', 'isEmpty'))).toBe("email = ' '");
		expect(writeCondition(condition('email', 'isNotEmpty'))).toBe("email != ' '");
	});

	it('takes the wildcards of LIKE for what they are', () => {
		expect(writeCondition(condition('a', 'contains', '100%_\\'))).toBe(
			"a LIKE '%100\\%\\_\\\\\\\\%'",
		);
	});

	it.each([
		[condition('a', 'equals', ''), /no empty text/],
		[condition('a', 'contains', ''), /no empty text/],
		[condition('a', 'in'), /at least one value/],
		[condition('a', 'in', ''), /at least one value/],
		[condition('a b', 'equals', '1'), /must be a name/],
		[condition('a; SELECT', 'equals', '1'), /must be a name/],
		[condition('', 'equals', '1'), /is missing/],
	])('refuses %j', (wanted, reason) => {
		expect(() => writeCondition(wanted)).toThrow(FieldError);
		expect(() => writeCondition(wanted)).toThrow(reason);
	});
});

/** Reads a value of VTQL as vtiger's lexer and MySQL do, one after the other. */
function readByDatabase(value: string): string {
	expect(value).toMatch(/^'(?:[^']|'')*'$/);
	// Within MySQL's literal both '' and an escape end nothing.
	const inner = value.slice(1, -1);
	expect(inner.replace(/\\[^]/g, '').replaceAll("''", '')).not.toContain("'");
	return inner.replaceAll("''", "'").replace(/\\([^])/g, '$1');
}

it('a quoted text reaches the database as it was, and ends nowhere before', () => {
	fc.assert(
		fc.property(fc.stringMatching(/^[ -~а-я'\\%_;"\n]*$/), (text) => {
			expect(readByDatabase(quoted(text))).toBe(text);
		}),
	);
});

it('no value ends its query or begins another', () => {
	fc.assert(
		fc.property(
			fc.string({ unit: fc.constantFrom("'", '\\', ';', '(', ' OR ', 'a', '"') }),
			(text) => {
				fc.pre(text !== '');
				const alternatives = alternativesOf([condition('a', 'equals', text)], true);
				const read = readVtql('vtql', writePage(query({ alternatives }), first));
				expect(read).toMatchObject({ module: 'Leads', alternatives });
			},
		),
	);
});

describe('selectOf', () => {
	it.each([
		[[], '*'],
		[['lastname', 'email', 'lastname'], 'lastname, email'],
		[['id'], 'id'],
		[['id', 'email'], 'email'],
	])('%j', (fields, select) => {
		expect(selectOf(fields)).toBe(select);
	});

	it('refuses what is no name', () => {
		expect(() => selectOf(['COUNT(*)'])).toThrow(FieldError);
		expect(() => checkName('module', 'Contacts; x')).toThrow(/module|must be a name/);
	});
});

describe('readVtql', () => {
	it.each([
		'query.keyset',
		'query.130-records.order-by-id-desc',
		'query.changed-since.keyset',
		'query.in',
		'query.value-with-semicolon',
		'query.apostrophe-doubled',
	])('takes %s apart so that it comes together again', (name) => {
		const asked = vtqlOf(name);
		const { limit, ...read } = readVtql('vtql', asked);
		const again = { ...read, isEntity: false };
		const size = limit === Infinity ? 100 : limit;
		expect(writePage(again, { done: 0, size }).replace(' LIMIT 100;', ';')).toBe(asked);
	});

	it('reads keywords in any case, line ends, an offset and a missing “;”', () => {
		expect(
			readVtql(
				'vtql',
				"select lastname, email\nfrom Leads where a = 'x' or b in ('y','z')\norder by a, b desc limit 20, 500",
			),
		).toEqual({
			module: 'Leads',
			select: 'lastname, email',
			alternatives: ["a = 'x'", "b in ('y','z')"],
			orderBy: ['a', 'b'],
			descending: true,
			offset: 20,
			limit: 500,
		});
	});

	it.each([
		['query.parentheses', /brackets/],
		['query.double-quotes', /single quotes/],
		['query.empty-string', /empty text/],
		['query.two-statements', /one query/],
		['query.decimal', /in single quotes/],
		['query.empty-in', /at least one value/],
		['query.order-by-asc-desc-mixed', /one direction/],
		['query.count-where', /COUNT/],
		['query.apostrophe-backslash', /O''Hara/],
	])('refuses %s, which vtiger did not answer', (name, reason) => {
		expect(JSON.parse(recorded.get(name)!.response.body)).not.toMatchObject({
			success: true,
			result: [{}],
		});
		expect(() => readVtql('vtql', vtqlOf(name))).toThrow(FieldError);
		expect(() => readVtql('vtql', vtqlOf(name))).toThrow(reason);
	});

	it('refuses a list of bare numbers for ids, in which vtiger finds nothing and says nothing', () => {
		expect(() => readVtql('vtql', 'SELECT lastname FROM Leads WHERE id IN (22,23);')).toThrow(
			/complete IDs such as '12x83859'/,
		);
		expect(
			readVtql('vtql', "SELECT lastname FROM Leads WHERE id IN ('10x22','10x23');"),
		).toMatchObject({ alternatives: ["id IN ('10x22','10x23')"] });
		expect(() =>
			readVtql('vtql', "SELECT * FROM Leads WHERE a = '1' OR id in ('10x22', '23');"),
		).toThrow(/complete IDs/);
	});

	it.each([
		['', /is missing/],
		[undefined, /is missing/],
		['DELETE FROM Leads;', /SELECT … FROM/],
		['SELECT * FROM Leads l WHERE a = 1;', /one module/],
		['SELECT * FROM Leads JOIN Contacts;', /JOIN/],
		['SELECT * FROM Leads WHERE a IS NULL;', /IS/],
		[
			"SELECT * FROM Leads WHERE a = 'O'Hara';",
			/without a closing quote|next to each other|incomplete/,
		],
		['SELECT * FROM Leads ORDER BY a LIMIT x;', /LIMIT with a number/],
		['SELECT * FROM Leads LIMIT 1 ORDER BY a;', /in this order/],
		["SELECT * FROM Leads WHERE a = 'x' OR;", /incomplete/],
		['SELECT * FROM Leads ORDER BY;', /after ORDER BY/],
		["SELECT * FROM Leads WHERE a = 'x\\';", /backslash/],
	])('refuses %j', (text, reason) => {
		expect(() => readVtql('vtql', text)).toThrow(reason);
	});
});
