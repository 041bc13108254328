/** The key of the content in the answer to `files_retrieve` (docs/protocols/vtiger.md, 12.6). */
const KEY = Buffer.from('"filecontents"');
const BEGINNING = /^"filecontents"\s*:\s*"/;
const HALF_BEGINNING = /^"filecontents"\s*(?::\s*)?$/;
/** The key with what blanks a program may write behind it. */
const LONGEST_BEGINNING = 64;
const QUOTE = 0x22;
const NOTHING = Buffer.alloc(0);

/** What JSON may have escaped in base64, and what it may be broken into lines by. */
const ESCAPES = /\\[/nrt]|\s/g;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Why a content cannot be taken: it is no base64, or larger than wanted. */
export class ContentError extends Error {
	override readonly name = 'ContentError';

	constructor(readonly fault: 'damaged' | 'tooLarge') {
		super(fault);
	}
}

/** A part of an answer, divided. */
interface Divided {
	/** The answer without the content: JSON in which that is an empty text. */
	rest: Buffer;
	/** The bytes of the file. */
	content: Buffer;
}

/**
 * Takes the content of a file out of the answer to `files_retrieve`, piece by piece, so that it is never in
 * memory as a whole: there it would be base64 in the text of a JSON in the bytes of an answer.
 */
export class ContentSieve {
	/** Bytes of content so far. */
	bytes = 0;
	private state: 'after' | 'before' | 'within' = 'before';
	/** Of the answer, what may be the beginning of the key. */
	private undecided = NOTHING;
	/** Of the content, what does not make whole bytes yet. */
	private undecoded = '';
	private isPadded = false;

	/** @param maxBytes of content */
	constructor(private readonly maxBytes: number) {}

	/** Whether the content has begun, and maybe ended. */
	get hasContent(): boolean {
		return this.state !== 'before';
	}

	/** Whether the content is over. */
	get isOver(): boolean {
		return this.state === 'after';
	}

	/**
	 * Divides the next part of the answer.
	 *
	 * @throws ContentError
	 */
	take(part: Buffer): Divided {
		const [before, behind] =
			this.state === 'before' ? this.lookForBeginning(part) : [NOTHING, part];
		if (this.state === 'before') return { rest: before, content: NOTHING };
		const [content, after] = this.state === 'within' ? this.decode(behind) : [NOTHING, behind];
		return { rest: Buffer.concat([before, after]), content };
	}

	/** @returns what is left of the answer at its end */
	end(): Buffer {
		return this.undecided;
	}

	/** @returns the answer up to the content, and what is behind its opening quote */
	private lookForBeginning(part: Buffer): [before: Buffer, behind: Buffer] {
		const text = Buffer.concat([this.undecided, part]);
		let from = 0;
		for (let at = text.indexOf(KEY); at !== -1; at = text.indexOf(KEY, from)) {
			const head = text.toString('latin1', at, at + LONGEST_BEGINNING);
			const [beginning] = BEGINNING.exec(head) ?? [];
			if (beginning !== undefined) {
				const start = at + beginning.length;
				this.state = 'within';
				this.undecided = NOTHING;
				return [text.subarray(0, start), text.subarray(start)];
			}
			if (head.length < LONGEST_BEGINNING && HALF_BEGINNING.test(head)) {
				return this.waitFrom(text, at);
			}
			from = at + KEY.length;
		}
		return this.waitFrom(text, Math.max(from, text.length - KEY.length + 1));
	}

	private waitFrom(text: Buffer, at: number): [before: Buffer, behind: Buffer] {
		// A copy, which does not keep the whole part.
		this.undecided = Buffer.from(text.subarray(at));
		return [text.subarray(0, at), NOTHING];
	}

	/** @returns the content, and what is behind it with its closing quote */
	private decode(part: Buffer): [content: Buffer, after: Buffer] {
		const end = part.indexOf(QUOTE);
		const isEnd = end !== -1;
		const raw = this.undecoded + part.toString('latin1', 0, isEnd ? end : part.length);
		// An escape may be cut in two.
		const half = !isEnd && raw.endsWith('\\') ? 1 : 0;
		const whole = raw.slice(0, raw.length - half);
		const text = /[\\\s]/.test(whole) ? whole.replace(ESCAPES, unescaped) : whole;
		// Only the end may be padded, and none ends with a quarter of three bytes.
		const goesOn = this.isPadded && text !== '';
		if (!BASE64.test(text) || goesOn || (isEnd && text.length % 4 === 1)) {
			throw new ContentError('damaged');
		}
		const decodable = isEnd ? text : text.slice(0, text.length - (text.length % 4));
		this.isPadded ||= decodable.endsWith('=');
		this.undecoded = text.slice(decodable.length) + raw.slice(raw.length - half);
		const content = Buffer.from(decodable, 'base64');
		this.bytes += content.length;
		if (this.bytes > this.maxBytes) throw new ContentError('tooLarge');
		if (!isEnd) return [content, NOTHING];
		this.state = 'after';
		return [content, part.subarray(end)];
	}
}

function unescaped(escape: string): string {
	return escape === '\\/' ? '/' : '';
}
