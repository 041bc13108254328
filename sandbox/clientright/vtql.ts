import { webserviceError, WebserviceError } from './errors';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'LIKE' | 'IN';

export interface Condition {
	field: string;
	comparison: Comparison;
	/** Several for `IN`; without quotes, as MySQL gets them. */
	values: string[];
}

/** A query of vtiger's language. */
export interface Query {
	/** What stands behind SELECT; `COUNT` for `COUNT(*)`. */
	columns: string[] | '*' | 'COUNT';
	/** One of these must hold, with all its conditions; none: everything. AND binds before OR. */
	alternatives: Condition[][];
	orderBy: string[];
	descending: boolean;
	offset: number;
	limit: number;
}

/** vtiger gives no more rows, whatever the query says. */
const MOST_ROWS = 100;

/**
 * The module that vtiger takes a query to be about, before it reads the rest.
 *
 * @throws WebserviceError when it names none
 */
export function moduleIn(query: string): string {
	const [, module] = /from\s+([^\s;]+)/i.exec(query) ?? [];
	if (module !== undefined) return module;
	throw new WebserviceError(
		'ACCESS_DENIED',
		'Permission to perform the operation is denied for query',
	);
}

/** @throws WebserviceError as vtiger words it, as far as recorded */
export function parseQuery(text: string): Query {
	const tokens = new Tokens(text);
	tokens.take('SELECT');
	const columns = readColumns(tokens);
	tokens.take('FRM');
	tokens.take('TABLENAME');
	const alternatives = tokens.takeIf('WHERE') ? readAlternatives(tokens) : [];
	const orderBy = tokens.takeIf('ORDERBY') ? readNames(tokens) : [];
	const direction = orderBy.length > 0 && (tokens.takeIf('DESC') ?? tokens.takeIf('ASC'));
	const limits = tokens.takeIf('LIMIT') ? readLimit(tokens) : { offset: 0, limit: MOST_ROWS };
	tokens.take('SEMICOLON');
	tokens.end();
	return {
		columns,
		alternatives,
		orderBy,
		descending: direction !== false && direction?.toLowerCase() === 'desc',
		offset: limits.offset,
		limit: Math.min(limits.limit, MOST_ROWS),
	};
}

function readColumns(tokens: Tokens): Query['columns'] {
	if (tokens.takeIf('ASTERISK') !== undefined) return '*';
	if (tokens.takeIf('COUNT') === undefined) return readNames(tokens);
	for (const kind of ['PARENOPEN', 'ASTERISK', 'PARENCLOSE'] as const) tokens.take(kind);
	return 'COUNT';
}

function readNames(tokens: Tokens): string[] {
	const names: string[] = [];
	do names.push(tokens.take('COLUMNNAME'));
	while (tokens.takeIf('COMMA') !== undefined);
	return names;
}

function readAlternatives(tokens: Tokens): Condition[][] {
	const alternatives: Condition[][] = [];
	do {
		const conditions: Condition[] = [];
		do conditions.push(readCondition(tokens));
		while (tokens.takeIf('LOGICAL_AND') !== undefined);
		alternatives.push(conditions);
	} while (tokens.takeIf('LOGICAL_OR') !== undefined);
	return alternatives;
}

function readCondition(tokens: Tokens): Condition {
	const field = tokens.take('COLUMNNAME');
	if (tokens.takeIf('IN') === undefined) {
		const comparison = tokens.take(...COMPARISONS).toUpperCase() as Comparison;
		return { field, comparison, values: [readText(tokens.take('VALUE'))] };
	}
	tokens.take('PARENOPEN');
	const values: string[] = [];
	do values.push(readText(tokens.take('VALUE')));
	while (tokens.takeIf('COMMA') !== undefined);
	tokens.take('PARENCLOSE');
	return { field, comparison: 'IN', values };
}

/** In single quotes, doubled within, or a bare word. */
function readText(token: string): string {
	return token.startsWith("'") ? token.slice(1, -1).replaceAll("''", "'") : token;
}

function readLimit(tokens: Tokens): { offset: number; limit: number } {
	const first = Number(tokens.take('VALUE'));
	if (tokens.takeIf('COMMA') === undefined) return { offset: 0, limit: first };
	return { offset: first, limit: Number(tokens.take('VALUE')) };
}

/** vtiger's names of what a query is made of, which its errors show. */
type Kind =
	| ComparisonKind
	| 'ASC'
	| 'ASTERISK'
	| 'COLUMNNAME'
	| 'COMMA'
	| 'COUNT'
	| 'DESC'
	| 'FRM'
	| 'IN'
	| 'LIMIT'
	| 'LOGICAL_AND'
	| 'LOGICAL_OR'
	| 'ORDERBY'
	| 'PARENCLOSE'
	| 'PARENOPEN'
	| 'SELECT'
	| 'SEMICOLON'
	| 'TABLENAME'
	| 'VALUE'
	| 'WHERE';
type ComparisonKind = 'EQ' | 'GT' | 'GTE' | 'LIKE' | 'LT' | 'LTE' | 'NE';

const COMPARISONS: readonly ComparisonKind[] = ['EQ', 'LT', 'GT', 'LTE', 'GTE', 'NE', 'LIKE'];
const SIGNS: Readonly<Record<string, Kind>> = {
	'=': 'EQ',
	'<': 'LT',
	'<=': 'LTE',
	'>': 'GT',
	'>=': 'GTE',
	'!=': 'NE',
	'(': 'PARENOPEN',
	')': 'PARENCLOSE',
	',': 'COMMA',
	';': 'SEMICOLON',
	'*': 'ASTERISK',
};
const TOKEN = /\s+|'(?:[^']|'')+'|[+-]?\d+(?!\w)|[a-z0-9_]+|<=|>=|!=|[=<>(),;*]/iy;

/**
 * The parts of a query, one after the other. vtiger tells names and values apart by where they
 * stand, so a part is looked at only when it is its turn.
 */
class Tokens {
	private readonly words: string[] = [];
	private at = 0;
	private clause: 'columns' | 'limit' | 'order' | 'start' | 'table' | 'where' = 'start';
	/** Whether the name of a condition's field has been read. */
	private hasColumn = false;
	/** Whether the values of an IN are being read. */
	private isInList = false;

	/** A text with what vtiger's lexer does not know ends there: it is an error when it gets there. */
	constructor(text: string) {
		TOKEN.lastIndex = 0;
		let end = 0;
		for (let match = TOKEN.exec(text); match; match = TOKEN.exec(text)) {
			end = TOKEN.lastIndex;
			if (match[0].trim() !== '') this.words.push(match[0]);
		}
		if (end < text.length) this.words.push(UNKNOWN);
	}

	/** @throws WebserviceError when the next part is none of these kinds */
	take(...kinds: readonly Kind[]): string {
		const kind = this.kind();
		const word = this.words[this.at];
		if (kind === undefined || word === undefined || !kinds.includes(kind)) {
			throw this.unexpected(kind, kinds);
		}
		this.pass(kind, word);
		return word;
	}

	/** The next part, if it is of this kind. */
	takeIf(kind: Kind): string | undefined {
		return this.kind() === kind ? this.take(kind) : undefined;
	}

	/** @throws WebserviceError when anything follows */
	end(): void {
		if (this.at < this.words.length) throw this.unexpected(this.kind(), []);
	}

	private kind(): Kind | undefined {
		// "ORDER" is left out by vtiger's lexer, which looks for its "BY".
		while (this.clause !== 'start' && this.clause !== 'columns' && this.isNext('order')) this.at++;
		const word = this.words[this.at];
		if (word === undefined) return undefined;
		if (word === UNKNOWN) throw webserviceError('INTERNAL_SERVER_ERROR');
		const lower = word.toLowerCase();
		if (this.clause === 'start') return lower === 'select' ? 'SELECT' : undefined;
		if (this.clause === 'columns') {
			if (lower === 'from') return 'FRM';
			return lower === 'count' ? 'COUNT' : (SIGNS[word] ?? 'COLUMNNAME');
		}
		if (this.clause === 'table') return SIGNS[word] ?? 'TABLENAME';
		if (lower === 'where') return 'WHERE';
		if (lower === 'limit') return 'LIMIT';
		if (lower === 'by' && this.words[this.at - 1]?.toLowerCase() === 'order') return 'ORDERBY';
		const sign = SIGNS[word];
		if (sign) return sign;
		if (this.clause === 'limit') return 'VALUE';
		if (this.clause === 'order') {
			return lower === 'asc' ? 'ASC' : lower === 'desc' ? 'DESC' : 'COLUMNNAME';
		}
		if (lower === 'and') return 'LOGICAL_AND';
		if (lower === 'or') return 'LOGICAL_OR';
		if (!this.hasColumn) return 'COLUMNNAME';
		return lower === 'in' ? 'IN' : lower === 'like' ? 'LIKE' : 'VALUE';
	}

	private isNext(word: string): boolean {
		return this.words[this.at]?.toLowerCase() === word;
	}

	private pass(kind: Kind, word: string): void {
		this.at += 1;
		switch (kind) {
			case 'SELECT':
				this.clause = 'columns';
				break;
			case 'FRM':
				this.clause = 'table';
				break;
			case 'TABLENAME':
				this.clause = 'where';
				break;
			case 'LIMIT':
				this.clause = 'limit';
				break;
			case 'ORDERBY':
				this.clause = 'order';
				break;
			case 'COLUMNNAME':
				this.hasColumn = true;
				break;
			case 'IN':
				this.isInList = true;
				break;
			case 'PARENCLOSE':
				this.isInList = false;
				this.hasColumn = false;
				break;
			case 'VALUE':
				this.hasColumn = this.isInList;
				break;
		}
		if (kind === 'TABLENAME' || word === ';') this.hasColumn = false;
	}

	private unexpected(kind: Kind | undefined, kinds: readonly Kind[]): WebserviceError {
		const word = this.words[this.at];
		const [shown, found] =
			word === undefined
				? [this.words[this.at - 1] ?? '', 'End of Input(0)']
				: [word, `${kind ?? 'Unknown'}(${word})`];
		return new WebserviceError(
			'QUERY_SYNTAX_ERROR',
			`Syntax Error on line 1: token '${shown}' Unexpected ${found}, expected one of: ${kinds.join(',')}`,
		);
	}
}

/** Stands for what vtiger's lexer cannot read. */
const UNKNOWN = '\0';
