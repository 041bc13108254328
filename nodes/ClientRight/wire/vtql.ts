import { sendable } from '../../shared/wire/text';
import type { Query } from './query';
import { FieldError } from '../../shared/wire/field-error';

/** A user's query, parsed so that it can be paged. */
export interface WrittenQuery extends Omit<Query, 'isEntity'> {
	/** The number of records in its own LIMIT. */
	limit: number;
}

interface Token {
	kind: 'text' | 'word' | 'sign';
	text: string;
	/** The text in upper case, to compare it with keywords. */
	upper: string;
	/** Its position in the query. */
	start: number;
	end: number;
}

const TOKEN =
	/\s+|(?<text>'(?:[^']|'')*')|(?<sign><=|>=|!=|[=<>(),;*])|(?<word>[^\s'"=<>!(),;*]+)|(?<other>[^])/gy;
const DECIMAL = /^[+-]?\d+\.\d+$/;
/** Keywords of other query languages that VTQL does not support. */
const UNKNOWN = new Set(['JOIN', 'IS', 'AS', 'GROUP', 'HAVING', 'UNION', 'BETWEEN', 'DISTINCT']);

/**
 * Parses a user's query.
 *
 * @param field the parameter that contains it
 * @throws FieldError for a query that VTQL does not support (docs/protocols/vtiger.md, 9): the CRM would
 *   return an unknown error or an empty list
 *
 * @example
 * clientright.readVtql('query', "SELECT * FROM Contacts WHERE lastname = 'Образцова' LIMIT 5;");
 * // => { module: 'Contacts', select: '*', alternatives: ["lastname = 'Образцова'"], orderBy: [], descending: false, offset: 0, limit: 5 }
 * clientright.readVtql('query', 'SELECT COUNT(*) FROM Contacts;');
 * // throws FieldError: must not contain COUNT: the CRM returns nothing for it. Count the items instead
 */
export function readVtql(field: string, written: unknown): WrittenQuery {
	const problem = (reason: string) => new FieldError(field, reason);
	if (typeof written !== 'string' || written.trim() === '') throw problem('is missing');
	const query = sendable(written).trim();
	const tokens = withoutEnd(tokensOf(query, problem), problem);
	checkWords(tokens, problem);
	const at = (word: string) => tokens.findIndex(({ upper }) => upper === word);
	const [from, where, order, limit] = [at('FROM'), at('WHERE'), at('ORDER'), at('LIMIT')];
	if (tokens[0]?.upper !== 'SELECT' || from < 2 || tokens[from + 1]?.kind !== 'word') {
		throw problem('must have the form SELECT … FROM Module WHERE … ORDER BY … LIMIT …;');
	}
	const clauses = [where, order, limit].filter((index) => index !== -1);
	if (clauses.some((index, place) => index < (clauses[place - 1] ?? from + 2))) {
		throw problem('must have WHERE, ORDER BY and LIMIT in this order');
	}
	if ((clauses[0] ?? tokens.length) !== from + 2) {
		throw problem('must name one module after FROM: joins and aliases are not supported');
	}
	const endOf = (clause: number) => clauses.find((index) => index > clause) ?? tokens.length;
	const part = (start: number, end: number) => tokens.slice(start, end);
	return {
		module: tokens[from + 1]!.text,
		select: textOf(query, part(1, from)),
		alternatives: where === -1 ? [] : alternativesIn(query, part(where + 1, endOf(where)), problem),
		...(order === -1
			? { orderBy: [], descending: false }
			: orderIn(part(order + 1, endOf(order)), problem)),
		...(limit === -1
			? { offset: 0, limit: Infinity }
			: limitIn(part(limit + 1, tokens.length), problem)),
	};
}

type Problem = (reason: string) => FieldError;

function tokensOf(query: string, problem: Problem): Token[] {
	const tokens: Token[] = [];
	for (const match of query.matchAll(TOKEN)) {
		const { text, sign, word, other } = match.groups ?? {};
		if (other === '"') throw problem('must have text in single quotes, not in double quotes');
		if (other === "'") {
			throw problem(
				`has a text without a closing quote: write a quote inside a text twice, as in O''Hara`,
			);
		}
		if (other !== undefined)
			throw problem(`must not contain ${JSON.stringify(other)} outside of a text`);
		const kind = text !== undefined ? 'text' : word !== undefined ? 'word' : 'sign';
		const found = text ?? word ?? sign;
		if (found === undefined) continue;
		const start = match.index;
		const upper = kind === 'text' ? '' : found.toUpperCase();
		tokens.push({ kind, text: found, upper, start, end: start + found.length });
	}
	return tokens;
}

/** Removes the `;` at the end, which is added for each page. Inside a query it would start another one. */
function withoutEnd(tokens: Token[], problem: Problem): Token[] {
	const end = tokens.findIndex(({ text }) => text === ';');
	if (end !== -1 && tokens.slice(end).some(({ text }) => text !== ';')) {
		throw problem('must be one query: nothing may follow the semicolon');
	}
	return end === -1 ? tokens : tokens.slice(0, end);
}

function checkWords(tokens: readonly Token[], problem: Problem): void {
	tokens.forEach(({ kind, text, upper }, index) => {
		const before = tokens[index - 1];
		if (text === "''") {
			throw problem(
				"must not compare with an empty text: for empty fields write = ' ', with a space",
			);
		}
		if (kind === 'text' && /(?:^|[^\\])(?:\\\\)*\\(?:''|'$)/.test(text)) {
			throw problem(
				`must not contain a backslash before a quote: write the quote twice, as in O''Hara`,
			);
		}
		if (kind === 'text' && before?.kind === 'text') {
			throw problem(
				`has two texts next to each other: write a quote inside a text twice, as in O''Hara`,
			);
		}
		if (kind === 'word' && DECIMAL.test(text)) {
			throw problem(`must have the number ${text} in single quotes, as in '${text}'`);
		}
		if (text === '(' && before?.upper === 'COUNT') {
			throw problem(
				'must not contain COUNT: the CRM returns nothing for it. Count the items instead',
			);
		}
		if (text === '(' && before?.upper !== 'IN') {
			throw problem('must not contain brackets except those of IN. AND takes precedence over OR');
		}
		if (text === '(' && tokens[index - 2]?.upper === 'ID' && !holdsIds(tokens, index)) {
			throw problem(
				"must have complete IDs such as '12x83859' behind id IN: of other numbers the CRM finds none",
			);
		}
		if (text === ')' && before?.text === '(') throw problem('must have at least one value in IN');
		if (UNKNOWN.has(upper)) {
			throw problem(`must not contain ${upper}: the CRM’s query language does not support it`);
		}
	});
}

const WHOLE_ID = /^'?\d+x\d+'?$/;

/** Whether what is in brackets are ids, each with the number of its module. */
function holdsIds(tokens: readonly Token[], opening: number): boolean {
	const closing = tokens.findIndex(({ text }, index) => index > opening && text === ')');
	return tokens
		.slice(opening + 1, closing === -1 ? undefined : closing)
		.every(({ kind, text }) => kind === 'sign' || WHOLE_ID.test(text));
}

function textOf(query: string, tokens: readonly Token[]): string {
	const first = tokens[0];
	return first ? query.slice(first.start, tokens.at(-1)!.end) : '';
}

function alternativesIn(query: string, tokens: readonly Token[], problem: Problem): string[] {
	const parts: Token[][] = [[]];
	for (const token of tokens) {
		if (token.upper === 'OR') parts.push([]);
		else parts.at(-1)!.push(token);
	}
	if (parts.some((part) => part.length < 3)) throw problem('has an incomplete condition');
	return parts.map((part) => textOf(query, part));
}

function orderIn(
	tokens: readonly Token[],
	problem: Problem,
): Pick<Query, 'descending' | 'orderBy'> {
	const [by, ...rest] = tokens;
	const last = rest.at(-1)?.upper;
	const fields = last === 'ASC' || last === 'DESC' ? rest.slice(0, -1) : rest;
	if (by?.upper !== 'BY' || fields.length === 0) throw problem('must name fields after ORDER BY');
	if (fields.some(({ upper }) => upper === 'ASC' || upper === 'DESC')) {
		throw problem('must have one direction for all fields, at the end of ORDER BY');
	}
	if (fields.some(({ kind, text }, index) => (index % 2 === 0 ? kind !== 'word' : text !== ','))) {
		throw problem('must have commas between the fields of ORDER BY');
	}
	return {
		orderBy: fields.filter((_, index) => index % 2 === 0).map(({ text }) => text),
		descending: last === 'DESC',
	};
}

function limitIn(tokens: readonly Token[], problem: Problem): { offset: number; limit: number } {
	const numbers = tokens.filter((_, index) => index % 2 === 0).map(({ text }) => text);
	const isRight =
		(tokens.length === 1 || (tokens.length === 3 && tokens[1]!.text === ',')) &&
		numbers.every((text) => /^\d{1,9}$/.test(text));
	if (!isRight)
		throw problem('must have LIMIT with a number, or with an offset, a comma and a number');
	const [first = 0, second] = numbers.map(Number);
	return second === undefined ? { offset: 0, limit: first } : { offset: first, limit: second };
}
