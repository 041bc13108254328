import { checkQuirks, ON_OR_OFF, type AllowedQuirks } from '../quirk-check';

/** How the CRM writes what docs/protocols/exapi.md leaves open (10.6), or what PHP peers write otherwise. */
export interface Quirks {
	/** Every number of a result as text, as MySQL's rows come out of PHP. */
	integersAsText: boolean;
	/**
	 * The answer's `id`: the request's own; `null`, as some servers send it
	 * (docs/protocols/exapi.md, 4.3); or the request's as a number, where it is one.
	 */
	answerId: 'echo' | 'null' | 'number';
	/** The `error` of an answer with a result: `null`, or an empty text (docs/protocols/exapi.md, 4.2). */
	noError: 'null' | 'empty';
	/**
	 * What stands for unknown orders in a list of statuses: `null`; nothing, so that PHP makes an
	 * object of a list with gaps; or nothing, with the later orders moved up.
	 */
	unknownOrders: 'null' | 'gap' | 'omit';
	/** `\/` and `\uXXXX`, as PHP's `json_encode` writes by default. */
	phpEscapes: boolean;
	/** A UTF-8 byte order mark in front of the answer. */
	byteOrderMark: boolean;
	/** An HTML warning in front of the answer, as PHP prints with `display_errors` on. */
	phpWarning: boolean;
	/** Dates of the call log: `…T…`, `…T…+03:00`, or `… …`; only the second names a zone. */
	callLogDates: 'iso' | 'isoWithOffset' | 'sql';
	/** Whether `getOrderStatusR(n)` tells of revision n itself. */
	includeRevision: boolean;
	/** Which date of an order `getOrders` compares with its parameter. */
	ordersSince: 'approved' | 'created';
}

/** docs/protocols/exapi.md to the letter, and its most convenient reading where it has several. */
export const DEFAULT_QUIRKS: Readonly<Quirks> = {
	integersAsText: false,
	answerId: 'echo',
	noError: 'null',
	unknownOrders: 'null',
	phpEscapes: false,
	byteOrderMark: false,
	phpWarning: false,
	callLogDates: 'iso',
	includeRevision: false,
	ordersSince: 'approved',
};

/** A CRM in PHP over MySQL, as docs/protocols/exapi.md, 4.2, 4.3 and 6.3, has it. */
export const PHP_QUIRKS: Readonly<Partial<Quirks>> = {
	integersAsText: true,
	answerId: 'null',
	unknownOrders: 'gap',
	phpEscapes: true,
	callLogDates: 'sql',
};

const ALLOWED: AllowedQuirks<Quirks> = {
	integersAsText: ON_OR_OFF,
	answerId: ['echo', 'null', 'number'],
	noError: ['null', 'empty'],
	unknownOrders: ['null', 'gap', 'omit'],
	phpEscapes: ON_OR_OFF,
	byteOrderMark: ON_OR_OFF,
	phpWarning: ON_OR_OFF,
	callLogDates: ['iso', 'isoWithOffset', 'sql'],
	includeRevision: ON_OR_OFF,
	ordersSince: ['approved', 'created'],
};

/** @throws SandboxControlError for a quirk or value that does not exist */
export function readQuirks(input: object): Partial<Quirks> {
	return checkQuirks(input, ALLOWED);
}
