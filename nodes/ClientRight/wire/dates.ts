import { DateTime, FixedOffsetZone, Info, type Zone } from 'luxon';
import { FieldError, previewValue, type ValueWriter } from './values';

const WIRE_FORMAT = 'yyyy-MM-dd';
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;
const ISO_MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;
const OFFSET = /(Z|[+-]\d{2}(?::?\d{2})?)$/i;
/** The zone's name behind a moment, and other notes, as Java and JavaScript's Temporal write them. */
const NOTES = /^(\d[^[\]]*)((?:\[[^[\]]+\])+)$/;
const ZONE_NOTE = /^\[!?([^=\]]+)\]/;
/** Day, month and year as people write them, maybe with a time behind, as programs export it. */
const PARTS =
	/^(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})(?:\s*г(?:\.|ода)?)?(?:[ T,]\s*(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?)?$/;
const NUMBER = /^\d+(?:\.\d+)?$/;
/** Excel counts days from here; these are 1910 to 2099, so neither a year nor a timestamp is one. */
const EXCEL_START = DateTime.fromISO('1899-12-30', { zone: 'utc' });
const FIRST_SERIAL = 3_654;
const LAST_SERIAL = 73_050;

/** What is wrong with a date, to follow it in the error. */
class DateProblem {
	constructor(readonly reason: string) {}
}

const NO_SUCH_DAY = new DateProblem('there is no such day');

/**
 * A day as `YYYY-MM-DD` (docs/protocols/clientright.md, 5.1 and 7.1). vtiger stores nothing for other
 * forms and reports a success (docs/protocols/vtiger.md, 10.7). A date without a time is that
 * day, whatever the zone; a moment's day is told by {@link dayOf}.
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

/** @returns a day, or what is wrong; `undefined` for what is no date at all */
function readDay(value: unknown, zone: string): DateTime | DateProblem | undefined {
	// Expressions hand over the host's Luxon, so `instanceof` would not know its own kind.
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
 * The day of a moment in ISO 8601; without an offset it is in the zone that is named behind it, or
 * else in the workflow's.
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

/** A zone by its name in IANA's database, or an offset such as `+03:00`. */
function zoneOf(name: string): Zone {
	return Info.normalizeZone(/^[+-]/.test(name) ? `UTC${name}` : name);
}

/** Where clocks are put forward at midnight, the day begins at one. */
function isDayStart(moment: DateTime): boolean {
	return moment.isValid && +moment.startOf('day') === +moment;
}

/**
 * The calendar day of a moment. Databases and programs hand a day over as its first moment, in a zone
 * that they do not tell: exactly midnight where the value says, in the workflow's zone, in the
 * process's own (as node-pg gives a DATE) or in UTC is the day that begins there. Any other moment
 * has its day in the workflow's zone.
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

/** With dots, day first. With slashes and dashes, only what can be read in one way. */
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
