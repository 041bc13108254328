import { checkQuirks, defaultQuirks, type QuirkValues } from '../core/input';

/** How the CRM writes what docs/protocols/exapi.md leaves open (10.6), or what PHP peers write differently. */
export interface Quirks {
	/** Every number of a result as text, as MySQL's rows come out of PHP. */
	integersAsText: boolean;
	/** The answer's `id`: that of the request, or `null`, as some servers send it (docs/protocols/exapi.md, 4.3). */
	answerId: 'echo' | 'null';
	/** The `error` of an answer with a result: `null`, or an empty text (docs/protocols/exapi.md, 4.2). */
	noError: 'null' | 'empty';
	/**
	 * What represents unknown orders in a list of statuses: `null`; nothing, so that PHP makes an
	 * object of a list with gaps; or nothing, with the later orders moved up.
	 */
	unknownOrders: 'null' | 'gap' | 'omit';
	/** `\/` and `\uXXXX`, as PHP's `json_encode` writes by default. */
	phpEscapes: boolean;
	/** A UTF-8 byte order mark before the answer. */
	byteOrderMark: boolean;
	/** An HTML warning before the answer, as PHP prints with `display_errors` on. */
	phpWarning: boolean;
	/** Dates of the call log: `…T…`, `…T…+03:00`, or `… …`; only the second names a zone. */
	callLogDates: 'iso' | 'isoWithOffset' | 'sql';
}

const VALUES: QuirkValues<Quirks> = {
	integersAsText: [false, true],
	answerId: ['echo', 'null'],
	noError: ['null', 'empty'],
	unknownOrders: ['null', 'gap', 'omit'],
	phpEscapes: [false, true],
	byteOrderMark: [false, true],
	phpWarning: [false, true],
	callLogDates: ['iso', 'isoWithOffset', 'sql'],
};

/** docs/protocols/exapi.md to the letter, and its most convenient reading where it has several. */
export const DEFAULT_QUIRKS: Readonly<Quirks> = defaultQuirks(VALUES);

/** @throws SandboxControlError for a quirk or a value that does not exist */
export function readQuirks(input: object): Partial<Quirks> {
	return checkQuirks(input, VALUES);
}
