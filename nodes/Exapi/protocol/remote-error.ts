const LONGEST_TEXT = 1_000;
/** An error is for a person to read; a list of thousands is not looked through. */
const MOST_PARTS = 20;
const TOO_DEEP = 'an error nested too deeply to be shown';
/** How PHP writes nothing as text: an error code of 0, and what was encoded twice. */
const NOTHING = /^(?:0+(?:\.0+)?|null|false|\[\s*\]|\{\s*\})?$/i;

/**
 * Whether an `error` says that there is none. PHP has many spellings of `null`
 * (docs/protocols/exapi.md, 4.2). Taken for an error, any of them would have an order that was added sent again. Text, a
 * number other than 0 and `true` say something, wherever in a list or an object they are. What the
 * method then makes of a result that is missing beside is for its own reader to say.
 */
export function isNoError(error: unknown): boolean {
	return leavesOf(error).next().done === true;
}

/** The CRM's error for a person: the texts in a list or an object, with its codes behind them. */
export function textOfError(error: unknown): string {
	const texts: string[] = [];
	const codes: string[] = [];
	for (const { name, value } of leavesOf(error)) {
		if (typeof value === 'string') texts.push(value.trim());
		else if (typeof value === 'number') codes.push(`${name} ${value}`.trim());
		if (texts.length + codes.length >= MOST_PARTS) break;
	}
	if (texts.length === 0) return jsonOf(error) ?? (codes.join(', ') || TOO_DEEP);
	const behind = codes.length > 0 ? ` (${codes.join(', ')})` : '';
	return cut(texts.join('; ')) + behind;
}

/** A value that says something, with its name; an entry of a list has that of its list. */
interface Leaf {
	name: string;
	value: unknown;
}

/**
 * The values in an error that say something, in their order. They are found without recursion: an
 * error may be nested deeper than the stack is.
 */
function* leavesOf(error: unknown): Generator<Leaf> {
	const left: Leaf[] = [{ name: '', value: error }];
	for (let leaf = left.pop(); leaf; leaf = left.pop()) {
		const { name, value } = leaf;
		if (typeof value !== 'object' || value === null) {
			if (saysSomething(value)) yield leaf;
			continue;
		}
		const entries: Leaf[] = Array.isArray(value)
			? value.map((entry: unknown) => ({ name, value: entry }))
			: Object.entries(value).map(([key, entry]: [string, unknown]) => ({
					name: key,
					value: entry,
				}));
		for (const entry of entries.reverse()) left.push(entry);
	}
}

function saysSomething(value: unknown): boolean {
	return typeof value === 'string' ? !NOTHING.test(value.trim()) : Boolean(value);
}

/** `undefined` for what is nested too deeply to be written. */
function jsonOf(error: unknown): string | undefined {
	try {
		return cut(JSON.stringify(error));
	} catch {
		return undefined;
	}
}

function cut(text: string): string {
	return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
