import { DateTime, FixedOffsetZone, Info, type Zone } from 'luxon';
import { FieldError, previewValue } from '../../shared/wire/field-error';
import { asText, type ValueWriter } from './values';

const WIRE_FORMAT = 'yyyy-MM-dd';
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
const OFFSET = /(Z|[+-]\d{2}(?::?\d{2})?)$/i;
/** The zone's name and other notes after a date and time, as Java and JavaScript's Temporal write them. */
const NOTES = /^(\d[^[\]]*)((?:\[[^[\]]+\])+)$/;
const ZONE_NOTE = /^\[!?([^=\]]+)\]/;
/** Day, month and year as people write them, also with a time, as programs export it. */
const PARTS =
	/^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:\s*г(?:\.|ода)?)?(?:[ T,]\s*(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?$/;
const NUMBER = /^\d+(?:\.\d+)?$/;
/** The start of Excel's dates. Only 1910 to 2099 are accepted, so that years and timestamps are not. */
const EXCEL_START = DateTime.fromISO('1899-12-30', { zone: 'utc' });
const FIRST_SERIAL = 3_654;
const LAST_SERIAL = 73_050;

/** The reason why a date is rejected, which follows it in the error. */
class DateProblem {
	constructor(readonly reason: string) {}
}

const NO_SUCH_DAY = new DateProblem('there is no such day');

/**
 * Writes a day as `YYYY-MM-DD` (docs/protocols/clientright.md, 5.1 and 7.1). vtiger stores nothing for other
 * formats and reports a success (docs/protocols/vtiger.md, 10.7). A date without a time is that day in any
 * zone; {@link dayOf} returns the day of a date and time.
 */
export const day: ValueWriter = (field, value, { timeZone }) => {
	const read = readDay(value, timeZone);
	if (read instanceof DateTime) return read.toFormat(WIRE_FORMAT);
	const reason = read instanceof DateProblem ? `: ${read.reason}` : '';
	throw new FieldError(
		field,
		`must be a date such as 1986-11-15, or a date and time, not "${previewValue(value)}"${reason}`,
	);
};

/** Reads a day. @returns the day or the problem; `undefined` for a value that is not a date */
function readDay(value: unknown, zone: string): DateTime | DateProblem | undefined {
	// Expressions return objects of n8n's own Luxon, which `instanceof` would not recognize.
	if (DateTime.isDateTime(value)) return dayOf(value.toMillis(), zone, value.zone);
	if (value instanceof Date) return dayOf(value.getTime(), zone);
	if (typeof value === 'number') return excelDay(value);
	if (typeof value !== 'string') return undefined;
	const [, moment, notes = ''] = NOTES.exec(value.trim()) ?? [];
	const text = (moment ?? value).trim();
	if (ISO_DAY.test(text)) return valid(DateTime.fromISO(text, { zone: 'utc' })) ?? NO_SUCH_DAY;
	if (ISO_MOMENT.test(text))
		return momentDay(text.replace(' ', 'T'), zone, ZONE_NOTE.exec(notes)?.[1]);
	const parts = PARTS.exec(text);
	if (parts) return writtenDay(parts);
	return NUMBER.test(text) ? excelDay(Number(text)) : undefined;
}

const ISO_LENGTH = 'YYYY-MM-DD'.length;

/**
 * Returns the day of a date and time in ISO 8601. Without an offset it is in the zone named after it, or else
 * in the workflow's zone.
 */
function momentDay(iso: string, zone: string, name?: string): DateTime | undefined {
	const named = name === undefined ? undefined : zoneOf(name);
	if (named && !named.isValid) return undefined;
	const hasOffset = OFFSET.test(iso.slice(ISO_LENGTH));
	if (!hasOffset && !named) return valid(DateTime.fromISO(iso, { zone }));
	const moment = hasOffset
		? DateTime.fromISO(iso.replace(/\s+(?=[+-])/, ''), { setZone: true })
		: DateTime.fromISO(iso, { zone: named! });
	const own = named && isDayStart(moment.setZone(named)) ? named : moment.zone;
	return dayOf(moment.toMillis(), zone, own);
}

/** Reads a zone: an IANA name, or an offset such as `+03:00`. */
function zoneOf(name: string): Zone {
	return Info.normalizeZone(/^[+-]/.test(name) ? `UTC${name}` : name);
}

/** Whether it is the start of a day, which is one o'clock if the clocks are put forward at midnight. */
function isDayStart(moment: DateTime): boolean {
	return moment.isValid && +moment.startOf('day') === +moment;
}

/**
 * Returns the calendar day of a date and time. Databases and programs return a day as its midnight in an
 * unknown zone. Therefore exact midnight in the value's own zone, in the workflow's zone, in the process's
 * zone (as node-pg returns a DATE) or in UTC is the day that starts there. Any other time has its day in the
 * workflow's zone.
 */
export function dayOf(
	milliseconds: number,
	workflowZone: string,
	ownZone: Zone | string = workflowZone,
	processZone: Zone | string = 'system',
): DateTime | undefined {
	if (!Number.isFinite(milliseconds)) return undefined;
	for (const zone of [ownZone, workflowZone, processZone, FixedOffsetZone.utcInstance]) {
		const moment = DateTime.fromMillis(milliseconds, { zone });
		if (isDayStart(moment)) return moment;
	}
	return valid(DateTime.fromMillis(milliseconds, { zone: workflowZone }));
}

function excelDay(serial: number): DateTime | DateProblem {
	const days = Math.floor(serial);
	if (days >= FIRST_SERIAL && days <= LAST_SERIAL) return EXCEL_START.plus({ days });
	return new DateProblem('a number must be an Excel date from 3654 (1910) to 73050 (2099)');
}

/** Reads a day with dots as day first. With slashes and dashes, it accepts only unambiguous dates. */
function writtenDay(parts: RegExpExecArray): DateTime | DateProblem | undefined {
	const [, first = '', separator, second = '', last = ''] = parts;
	if (first.length > 2) {
		const isYearFirst = first.length === 4 && last.length <= 2 && separator !== '-';
		return isYearFirst ? (date(first, second, last) ?? NO_SUCH_DAY) : undefined;
	}
	if (last.length !== 4) {
		return new DateProblem('write the year with four digits');
	}
	const dayFirst = date(last, second, first);
	if (separator === '.') return dayFirst ?? NO_SUCH_DAY;
	const monthFirst = date(last, first, second);
	if (!dayFirst || !monthFirst || +dayFirst === +monthFirst) {
		return dayFirst ?? monthFirst ?? NO_SUCH_DAY;
	}
	const readings = [dayFirst, monthFirst].map((reading) => reading.toFormat(WIRE_FORMAT));
	return new DateProblem(`it may be ${readings.join(' or ')}: write it as one of them`);
}

function date(year: string, month: string, dayOfMonth: string): DateTime | undefined {
	return valid(DateTime.utc(Number(year), Number(month), Number(dayOfMonth)));
}

function valid(moment: DateTime): DateTime | undefined {
	return moment.isValid ? moment : undefined;
}

/** Weights of the control digits, by the tax service's rules for the INN. */
const INN_10 = [2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12_FIRST = [7, 2, 4, 10, 3, 5, 9, 4, 6, 8];
const INN_12_SECOND = [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8];

/** Spaces, dashes and other characters between groups of digits, which are not part of the number. */
const BETWEEN = /[\s\p{Z}\p{Cf}\p{Pd}\u2212.,_'’]/gu;
/** A possible decimal part: a last group of zeros, or of one or two digits. */
const DECIMALS = /^(.*\d)\s*([.,])\s*(0+|\d\d?)$/su;
/** A number as programs write it: without groups, or in groups of three digits. */
const WHOLE = /^(?:\d+|\d{1,3}(?:[\s\p{Z}\p{Cf}.,_'’]+\d{3})+)$/u;

/**
 * Writes an INN: 10 digits of a company or 12 of a person. Control digits are checked only if requested,
 * because the CRM's own examples fail the check (docs/protocols/clientright.md, 5.5).
 */
export const inn: ValueWriter = (field, value, { validateChecksums }) => {
	const digits = digitsOf(field, value);
	if (!/^(\d{10}|\d{12})$/.test(digits)) {
		const problem = `must be an INN of 10 or 12 digits, not "${previewValue(value)}"`;
		throw new FieldError(
			field,
			/^(\d{9}|\d{11})$/.test(digits) ? `${problem}. ${zeroLost(digits)}` : problem,
		);
	}
	if (validateChecksums && !isInn(digits)) {
		throw new FieldError(field, `is not an INN: the control digits of "${digits}" are wrong`);
	}
	return digits;
};

/**
 * Writes an OGRN: digits. Length and control digit are checked only if requested, because the CRM's own example
 * has 11 digits (docs/protocols/clientright.md, 6.3).
 */
export const ogrn: ValueWriter = (field, value, { validateChecksums }) => {
	const digits = digitsOf(field, value);
	if (!/^\d+$/.test(digits) || /^0+$/.test(digits)) {
		throw new FieldError(field, `must be an OGRN, digits only, not "${previewValue(value)}"`);
	}
	if (typeof value === 'number' && /^(\d{12}|\d{14})$/.test(digits)) {
		throw new FieldError(
			field,
			`must be an OGRN of 13 or 15 digits, not "${previewValue(value)}". ${zeroLost(digits)}`,
		);
	}
	if (validateChecksums && !isOgrn(digits)) {
		throw new FieldError(
			field,
			`is not an OGRN: it must have 13 or 15 digits, and the last one must fit, not "${digits}"`,
		);
	}
	return digits;
};

/**
 * Whether 10 or 12 digits have valid control digits.
 *
 * @example
 * clientright.isInn('500100732259'); // => true
 * clientright.isInn('500100732250'); // => false
 */
export function isInn(digits: string): boolean {
	if (/^\d{10}$/.test(digits)) return digits.endsWith(controlDigit(digits, INN_10));
	if (!/^\d{12}$/.test(digits)) return false;
	const last = controlDigit(digits, INN_12_FIRST) + controlDigit(digits, INN_12_SECOND);
	return digits.endsWith(last);
}

/**
 * Whether 13 digits (OGRN) or 15 digits (OGRNIP) have a valid control digit.
 *
 * @example
 * clientright.isOgrn('1027700132195'); // => true
 * clientright.isOgrn('1027700132190'); // => false
 */
export function isOgrn(digits: string): boolean {
	if (!/^(\d{13}|\d{15})$/.test(digits)) return false;
	const number = BigInt(digits.slice(0, -1));
	const remainder = number % BigInt(digits.length - 2);
	return digits.endsWith(String(remainder % 10n));
}

function digitsOf(field: string, value: unknown): string {
	const text = asText(field, value);
	return withoutDecimals(field, text).replace(BETWEEN, '');
}

/**
 * Removes the zeros that a spreadsheet adds after a number. Appended to its digits they would make another
 * number, so a text is rejected unless it is clearly a number with zeros.
 */
function withoutDecimals(field: string, text: string): string {
	const [, whole = '', mark = '', decimals = ''] = DECIMALS.exec(text) ?? [];
	if (decimals === '') return text;
	const isWhole = WHOLE.test(whole) && !whole.includes(mark);
	if (isWhole && Number(decimals) === 0) return whole;
	// 77.07.08.38.93 is in pairs: a decimal separator occurs only once.
	const isInPairs = whole.split(mark).length > 1 && whole.split(mark).every(isPair);
	if (isInPairs || (Number(decimals) > 0 && whole.includes(mark) && !WHOLE.test(whole)))
		return text;
	// 7.707.083.000 is a number in groups, whose last group is zeros.
	if (
		decimals.length === 3 &&
		WHOLE.test(text) &&
		whole.replace(BETWEEN, '') === whole.split(mark).join('')
	)
		return text;
	throw new FieldError(
		field,
		`must be digits only, not "${previewValue(text)}": it ends in decimals ("${mark}${decimals}")`,
	);
}

function isPair(group: string): boolean {
	return /^\d\d$/.test(group);
}

function zeroLost(digits: string): string {
	return `One digit is missing. A spreadsheet that stores the value as a number drops a leading zero: if that happened, enter it as text, "0${digits}"`;
}

function controlDigit(digits: string, weights: readonly number[]): string {
	const sum = weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
	return String((sum % 11) % 10);
}
