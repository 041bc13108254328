import { isBeyond, quoteNumbers } from './digits';
import { endOfString, type StructureLimits } from './scan';
import type { InTurns } from './turns';

/** Characters of JSON to parse at once, which takes a few milliseconds with any content. */
const SLICE = 128 * 1024;
/** Characters to scan before other work can run, if nothing can be parsed yet. */
const LOOK = 1024 * 1024;

/**
 * The most members of one list or object, more than 16 MB of orders have. Reading the keys of an object with a
 * million members takes long.
 */
const MAX_MEMBERS = 250_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/**
 * Parses a JSON list or object in slices: the members between two commas are parsed as a list or object of
 * their own. The result is that of `JSON.parse`, except that whole numbers beyond 2^53 are text of their
 * digits.
 *
 * @param slice the number of characters to parse at once
 * @throws SyntaxError when the text is not JSON or exceeds the limits
 */
export function* parseSlices(
	text: string,
	limits: StructureLimits,
	slice = SLICE,
): InTurns<unknown> {
	const slices = new Slices(text, limits, slice);
	while (!slices.advance()) yield;
	yield;
	return slices.finish();
}

type Members = unknown[] | Record<string, unknown>;

/** A list or an object that is being read. */
interface OpenStructure {
	readonly isObject: boolean;
	/** The position of its bracket. */
	readonly start: number;
	/** The position of its first member that is not parsed yet. */
	from: number;
	/** The number of commas between its members. */
	commas: number;
	/** The position of its last comma, or of its bracket if it has none yet. */
	comma: number;
	/** The parsed members; undefined while it can still be parsed together with its parent. */
	value?: Members;
	/** The key of its open member, if it is an object. */
	key: string;
	/** What precedes {@link from}. */
	before: 'bracket' | 'comma' | 'value';
}

class Slices {
	private outermost: OpenStructure | undefined;
	private readonly open: OpenStructure[] = [];
	private at = 0;
	private lastCut = 0;
	private values = 0;

	constructor(
		private readonly text: string,
		private readonly limits: StructureLimits,
		private readonly slice: number,
	) {}

	/** Reads at most one slice. @returns whether everything is read */
	advance(): boolean {
		const { text } = this;
		const stop = Math.min(text.length, this.at + LOOK);
		while (this.at < stop) {
			const at = this.at++;
			switch (text.charCodeAt(at)) {
				case QUOTE:
					this.at = this.behindString(at);
					break;
				case COMMA:
					this.count();
					if (this.separate(at)) return false;
					break;
				case OPENING_BRACKET:
				case OPENING_BRACE:
					this.count();
					this.enter(at);
					break;
				case CLOSING_BRACKET:
				case CLOSING_BRACE:
					if (this.leave(at)) return true;
			}
		}
		if (this.at >= text.length) throw new SyntaxError('It has no end');
		return false;
	}

	/** Returns the result. A text that was never cut is parsed as a whole. */
	finish(): unknown {
		return this.outermost?.value ?? parse(this.text);
	}

	private behindString(start: number): number {
		const end = endOfString(this.text, start);
		if (end < 0) throw new SyntaxError('A text has no end');
		return end;
	}

	private count(): void {
		if (++this.values > this.limits.maxValues) throw new SyntaxError('It has too many values');
	}

	private enter(start: number): void {
		const isFirst = this.open.length === 0;
		if (isFirst && !isBlank(this.text.slice(0, start))) throw new SyntaxError('Not a structure');
		if (this.open.length === this.limits.maxDepth) throw new SyntaxError('It is too deep');
		const isObject = this.text.charCodeAt(start) === OPENING_BRACE;
		this.open.push({
			isObject,
			start,
			from: start + 1,
			commas: 0,
			comma: start,
			key: '',
			before: 'bracket',
		});
	}

	/** Handles a comma. @returns whether a slice was parsed */
	private separate(at: number): boolean {
		const inner = this.open.at(-1);
		if (!inner) throw new SyntaxError('Not a structure');
		if (++inner.commas >= MAX_MEMBERS) throw new SyntaxError('It has too many members');
		inner.comma = at;
		if (inner.before === 'value') this.endMember(inner, at);
		if (at - this.lastCut < this.slice) return false;
		this.cut(at);
		return true;
	}

	/** Parses everything before a comma of the innermost structure. */
	private cut(at: number): void {
		this.open.forEach((structure, depth) => {
			const child = this.open[depth + 1];
			if (child) this.takeUpTo(structure, child);
			else if (structure.from <= at) this.take(structure, at);
		});
		this.lastCut = at;
	}

	/** Parses the members before an open one, which collects its own members from now on. */
	private takeUpTo(structure: OpenStructure, child: OpenStructure): void {
		if (child.value) return;
		if (structure.comma >= structure.from) this.take(structure, structure.comma);
		if (structure.before === 'value') throw new SyntaxError('A comma is missing');
		structure.key = readKey(this.text.slice(structure.from, child.start), structure.isObject);
		structure.value ??= structure.isObject ? {} : [];
		child.value = child.isObject ? {} : [];
	}

	/** Parses the members that are not parsed yet. There must be at least one. */
	private take(structure: OpenStructure, end: number): void {
		const { isObject, from } = structure;
		structure.value ??= isObject ? {} : [];
		const members = this.text.slice(from, end);
		const parsed = parse(isObject ? `{${members}}` : `[${members}]`);
		if (putAll(structure.value, parsed as Members) === 0) {
			throw new SyntaxError('A member is missing');
		}
		structure.from = end + 1;
		structure.before = 'comma';
	}

	/** Handles a comma after a member that was added: only whitespace may be between them. */
	private endMember(structure: OpenStructure, comma: number): void {
		if (!isBlank(this.text.slice(structure.from, comma))) throw new SyntaxError('No comma');
		structure.from = comma + 1;
		structure.before = 'comma';
	}

	/** Handles a closing bracket. @returns whether it was the outermost one */
	private leave(at: number): boolean {
		const closed = this.open.pop();
		if (closed?.isObject !== (this.text.charCodeAt(at) === CLOSING_BRACE)) {
			throw new SyntaxError('It ends as something else');
		}
		const outer = this.open.at(-1);
		if (!outer && !isBlank(this.text.slice(at + 1))) throw new SyntaxError('Text behind it');
		if (closed.value) {
			this.end(closed, at);
			if (outer?.value) {
				put(outer.value, outer.key, closed.value);
				outer.from = at + 1;
				outer.before = 'value';
			}
		}
		if (!outer) this.outermost = closed;
		return !outer;
	}

	private end(structure: OpenStructure, at: number): void {
		const isRestBlank = isBlank(this.text.slice(structure.from, at));
		if (isRestBlank && structure.before !== 'comma') return;
		if (structure.before === 'value') throw new SyntaxError('A comma is missing');
		this.take(structure, at);
	}
}

function parse(json: string): unknown {
	return JSON.parse(quoteNumbers(json, isBeyond));
}

/** Reads the key before a value of an object; a value of a list has none. */
function readKey(before: string, isObject: boolean): string {
	if (!isObject) {
		if (isBlank(before)) return '';
		throw new SyntaxError('A comma is missing');
	}
	const [key] = Object.keys(parse(`{${before}null}`) as object);
	if (key === undefined) throw new SyntaxError('A key is missing');
	return key;
}

/** Adds members. @returns their number */
function putAll(into: Members, members: Members): number {
	if (Array.isArray(members)) {
		for (const value of members) put(into, '', value);
		return members.length;
	}
	const keys = Object.keys(members);
	for (const key of keys) put(into, key, members[key]);
	return keys.length;
}

function put(into: Members, key: string, value: unknown): void {
	if (Array.isArray(into)) into.push(value);
	// Assigning it would change the prototype.
	else if (key === '__proto__') {
		Object.defineProperty(into, key, {
			value,
			configurable: true,
			enumerable: true,
			writable: true,
		});
	} else into[key] = value;
}

function isBlank(text: string): boolean {
	return /^[ \t\r\n]*$/.test(text);
}
