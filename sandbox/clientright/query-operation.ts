import { webserviceError, WebserviceError } from './errors';
import type { Operation } from './operation-table';
import { fieldNames, type CrmRecord, type RecordBook, type RecordKind } from './records';
import type { ClientRightState } from './state';

/** Modules, and what their ids begin with, as the recorded vtiger has them. */
const MODULES: Readonly<Record<string, { kind: RecordKind; prefix: string }>> = {
	Contacts: { kind: 'contact', prefix: '12' },
	Accounts: { kind: 'account', prefix: '11' },
	Project: { kind: 'project', prefix: '31' },
};
/** vtiger gives no more rows, whatever the query says. */
const MOST_ROWS = 100;
const TOKEN = /'(?:[^']|'')*'|[a-z_]\w*|\d+|\S/gi;
const WORD = /^[a-z_]\w*$/i;

/** The part of vtiger's query language that finds records by the exact values of fields. */
interface Query {
	columns: string[];
	module: string;
	conditions: Array<[field: string, value: string]>;
	limit: number;
}

/**
 * vtiger's own `query`: `SELECT * FROM Contacts WHERE mobile = '+79000000001' AND inn = '1' LIMIT 1;`
 * Fields have the names that they have in the documented operations.
 */
export function queryOperation(state: ClientRightState): Operation {
	return {
		name: 'query',
		httpMethod: 'GET',
		run: (call) => {
			const text = call.parameter('query');
			if (text === '') throw accessDenied('for query');
			return rowsOf(state.records, parse(text));
		},
	};
}

function rowsOf(records: RecordBook, { columns, module, conditions, limit }: Query): unknown[] {
	const known = MODULES[module];
	if (!known) throw accessDenied(`for name : ${module}`);
	const { kind, prefix } = known;
	const names = fieldNames(kind);
	for (const name of [...columns, ...conditions.map(([field]) => field)]) {
		if (names.includes(name) || name === 'id' || name === '*') continue;
		throw new WebserviceError('ACCESS_DENIED', `Permission to access ${name} attribute denied.`);
	}
	const shown = columns.includes('*') ? names : columns.filter((name) => name !== 'id');
	const idOf = ({ id }: CrmRecord) => `${prefix}x${id}`;
	return records
		.all(kind)
		.filter((record) =>
			conditions.every(([field, value]) =>
				field === 'id' ? idOf(record) === value : record.fields[field] === value,
			),
		)
		.slice(0, Math.min(limit, MOST_ROWS))
		.map((record) => ({
			...Object.fromEntries(shown.map((name) => [name, record.fields[name]])),
			id: idOf(record),
		}));
}

/** @throws WebserviceError as vtiger words it, as far as recorded */
function parse(text: string): Query {
	const tokens = text.match(TOKEN) ?? [];
	let at = 0;
	const next = () => tokens[at++] ?? '';
	const isNext = (word: string) => tokens[at]?.toLowerCase() === word;
	const expect = (word: string, name: string) => {
		if (!isNext(word)) throw unexpected(tokens, at, name);
		at++;
	};
	const word = () => {
		if (!WORD.test(tokens[at] ?? '')) throw unexpected(tokens, at, 'Column Name');
		return next();
	};

	expect('select', 'SELECT');
	const columns: string[] = [];
	do {
		columns.push(isNext('*') ? next() : word());
	} while (isNext(',') && next());
	expect('from', 'FROM');
	const module = word();
	const conditions: Query['conditions'] = [];
	if (isNext('where')) {
		do {
			at++;
			const field = word();
			expect('=', 'EQ');
			conditions.push([field, readText(next())]);
		} while (isNext('and'));
	}
	let limit = MOST_ROWS;
	if (isNext('limit')) {
		at++;
		limit = Number(next());
	}
	expect(';', 'SEMICOLON');
	return { columns, module, conditions, limit };
}

/** In single quotes, doubled within; vtiger's lexer knows no empty text. */
function readText(token: string): string {
	if (token.length > 2 && token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
	if (/^\d+$/.test(token)) return token;
	throw webserviceError('INTERNAL_SERVER_ERROR');
}

function unexpected(tokens: readonly string[], at: number, expected: string): WebserviceError {
	const token = tokens[at];
	const [shown, found] =
		token === undefined ? [tokens.at(-1) ?? '', 'End of Input(0)'] : [token, `Unknown(${token})`];
	return new WebserviceError(
		'QUERY_SYNTAX_ERROR',
		`Syntax Error on line 1: token '${shown}' Unexpected ${found}, expected one of: ${expected}`,
	);
}

function accessDenied(what: string): WebserviceError {
	const text = `Permission to perform the operation is denied ${what}`;
	return new WebserviceError('ACCESS_DENIED', text);
}
