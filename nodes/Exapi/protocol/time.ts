import { DateTime } from 'luxon';
import { isObject, textOf } from '../../shared/wire';
import { previewValue } from '../../shared/wire/field-error';
import { ExapiInputError } from './message';

/** A date and time without a zone, as PHP and MySQL write it, from 1970 to 2099. */
const WALL_TIME = /^(?:19[7-9]|20\d)\d-\d\d-\d\d[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** If the offset is the same at these times, the clocks do not change on that day. */
const LOOKED_AT = ['00:00:00', '12:00:00', '23:59:59'];

const MAX_DAYS = 20_000;

/** The ISO 8601 offset by zone and day, `undefined` for a day on which the clocks change. It is cleared when it is full: an LRU cache would reorder at each of 100,000 lookups. */
const offsets = new Map<string, Map<string, string | undefined>>();
let days = 0;

/**
 * Adds the offset to a wall time of a zone. The result is that of Luxon, which takes 20 µs for each: an
 * answer may contain a hundred thousand, so the offset of a day is computed once.
 *
 * @param text `YYYY-MM-DD HH:mm:ss`, or with a `T`
 * @param zone IANA zone
 * @returns ISO 8601 with offset; `undefined` for other forms, days that do not exist, and days on
 *   which the clocks change
 */
export function wallTimeToIso(text: string, zone: string): string | undefined {
	if (!WALL_TIME.test(text)) return undefined;
	const day = text.slice(0, DAY_LENGTH);
	const offset = offsetOf(day, zone);
	return offset === undefined ? undefined : `${day}T${text.slice(DAY_LENGTH + 1)}${offset}`;
}

function offsetOf(day: string, zone: string): string | undefined {
	const known = offsets.get(zone);
	const offset = known?.get(day);
	if (offset !== undefined || known?.has(day)) return offset;
	return learnOffset(day, zone);
}

function learnOffset(day: string, zone: string): string | undefined {
	if (days >= MAX_DAYS) {
		offsets.clear();
		days = 0;
	}
	days++;
	const offset = offsetOfWholeDay(day, zone);
	const known = offsets.get(zone);
	if (known) known.set(day, offset);
	else offsets.set(zone, new Map([[day, offset]]));
	return offset;
}

function offsetOfWholeDay(day: string, zone: string): string | undefined {
	const found = LOOKED_AT.map((time) => {
		const wallTime = `${day}T${time}`;
		const iso = DateTime.fromISO(wallTime, { zone }).toISO({ suppressMilliseconds: true });
		// Luxon returns another time for one that the clocks skip.
		return iso?.startsWith(wallTime) ? iso.slice(wallTime.length) : undefined;
	});
	return found.every((offset) => offset === found[0]) ? found[0] : undefined;
}

/** Numbers in this range, 2000 to 2100, are read as Unix seconds; others may mean anything. */
const FIRST_SECOND = Date.UTC(2000, 0) / 1000;
const LAST_SECOND = Date.UTC(2100, 0) / 1000;
const SECONDS = /^\d{9,10}(\.\d{1,9})?$/;

/** Longer text is not a date. Searching it for a zone would take quadratic time. */
const LONGEST_DATE = 100;

const PHP_WALL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/;
/** PHP's `timezone_type` of a zone by its name; an abbreviation is of type 2. */
const BY_NAME = 3;

const OFFSET = /^[+-]\d\d:?\d\d$/;
const UTC = /^(?:UTC|GMT|Z)$/i;
/**
 * PHP's abbreviations with their hours from UTC, as PHP reads them. Others, such as IST and AST, belong
 * to several countries, and Luxon and PHP read them differently.
 */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
	WET: 0,
	WEST: 1,
	BST: 1,
	CET: 1,
	CEST: 2,
	SAST: 2,
	EET: 2,
	EEST: 3,
	MSK: 3,
	MSD: 4,
	JST: 9,
	AKST: -9,
	AKDT: -8,
	PST: -8,
	PDT: -7,
	MST: -7,
	MDT: -6,
	CST: -6,
	CDT: -5,
	EST: -5,
	EDT: -4,
};

/**
 * Reads Unix seconds, or PHP's `DateTime` as `json_encode` writes it: `{date, timezone_type, timezone}`
 * with an offset, an abbreviation or an IANA name as the zone.
 *
 * @param zone IANA zone of the result if the value has none
 * @returns `undefined` for any other value
 */
function readPhpMoment(value: unknown, zone: string): DateTime | undefined {
	if (typeof value === 'number' || typeof value === 'string') return fromSeconds(value, zone);
	if (!isObject(value) || typeof value.date !== 'string' || typeof value.timezone !== 'string') {
		return undefined;
	}
	if (value.date.length + value.timezone.length > LONGEST_DATE) return undefined;
	const zoneSaid = certainZone(value.timezone, Number(value.timezone_type));
	if (zoneSaid === undefined || !PHP_WALL_TIME.test(value.date)) return undefined;
	const moment = DateTime.fromSQL(value.date, { zone: zoneSaid });
	return moment.isValid ? moment : undefined;
}

function fromSeconds(value: number | string, zone: string): DateTime | undefined {
	if (typeof value === 'string' && !SECONDS.test(value)) return undefined;
	const seconds = Number(value);
	const isPlausible = seconds >= FIRST_SECOND && seconds < LAST_SECOND;
	return isPlausible ? DateTime.fromSeconds(seconds, { zone }) : undefined;
}

/**
 * Reads the name of a zone, if it is unambiguous. An IANA name has a slash; a name without one is an
 * abbreviation, or a name that Luxon uses for the zone of this process.
 *
 * @param type PHP's `timezone_type`, if known
 * @returns a name for Luxon, which may not know it; `undefined` for an ambiguous name
 */
function certainZone(name: string, type?: number): string | undefined {
	if (OFFSET.test(name)) return `UTC${name}`;
	if (UTC.test(name)) return 'UTC';
	if (name.includes('/')) return name;
	const hours = type === BY_NAME ? undefined : ABBREVIATIONS[name.toUpperCase()];
	if (hours === undefined) return undefined;
	return `UTC${hours < 0 ? '-' : '+'}${Math.abs(hours)}`;
}

const WIRE_FORMAT = 'yyyy-MM-dd HH:mm:ss';
const DATE_ONLY = /^(\d{4})-?(\d{2})-?(\d{2})$/;
/** A text without a whole date is rejected: Luxon would add a day that is not in it. */
const WHOLE_DAY = /^(?:\d{4}-\d{2}-\d{2}|\d{8})(?!\d)/;
/** The name of a zone at the end of a text, with or without brackets. */
const NAMED_ZONE = / ([a-z]\S*)$|\[(.*)\]$/i;
/** Names that Luxon uses for the zone of the process. */
const OWN_ZONES = ['local', 'system', 'default'];
/** MySQL's "no date" as PHP passes it on, and as PHP's `DateTime` writes it (docs/protocols/exapi.md, 9.2). */
const NO_DATE = /^(?:0000-00-00|-0001-11-30)/;

/**
 * Writes a date and time for exapi's `getOrders`: `YYYY-MM-DD HH:mm:ss`, which PHP's `date_create`
 * reads, in the CRM's time zone (docs/protocols/exapi.md, 8.1).
 *
 * @param value ISO 8601 text or `YYYY-MM-DD HH:mm:ss`, a `Date`, a Luxon `DateTime`
 * @param zones `crm`: the CRM's zone; `workflow`: the zone of text that has none
 * @throws ExapiInputError for a value that is not a date and time
 *
 * @example
 * exapi.writeDateTime('2026-03-01T10:00:00Z', { crm: 'Europe/Moscow', workflow: 'UTC' });
 * // => '2026-03-01 13:00:00'
 */
export function writeDateTime(value: unknown, zones: { crm: string; workflow: string }): string {
	const moment = readMoment(value, zones.workflow)?.setZone(zones.crm);
	if (!moment?.isValid) {
		throw new ExapiInputError(
			'since',
			`must be a date and time such as 2026-01-31T15:30:00, not "${previewValue(value)}"`,
		);
	}
	return moment.toFormat(WIRE_FORMAT);
}

/**
 * Reads a date and time from a user: text, a `Date` or a Luxon `DateTime`.
 *
 * @param zone IANA zone of text that has none
 * @returns `undefined` or an invalid `DateTime` for a value that is not a date and time
 *
 * @example
 * exapi.readMoment('2026-03-01 10:00', 'Europe/Moscow').toISO(); // => '2026-03-01T10:00:00.000+03:00'
 * exapi.readMoment('tomorrow', 'Europe/Moscow'); // => undefined
 */
export function readMoment(value: unknown, zone: string): DateTime | undefined {
	// Expressions return objects of n8n's own Luxon, which `instanceof` would not recognize.
	if (DateTime.isDateTime(value)) return value;
	if (value instanceof Date) return DateTime.fromJSDate(value);
	return typeof value === 'string' ? parse(value.trim(), zone) : undefined;
}

/** A date of the CRM: ISO 8601, `null` for none, or what came where that is no date. */
export type WireDate = string | number | boolean | object | null;

/**
 * Reads a date from the CRM: text, PHP's `DateTime` as an object, or Unix seconds.
 *
 * @param crmZone IANA zone of a date that has none
 * @returns ISO 8601 with offset; a date without a time as `YYYY-MM-DD`; `null` for no date. A value
 *   that is not a date is returned unchanged, so that nothing is lost
 *
 * @example
 * exapi.readDateTime('2026-03-01 10:00:00', 'Europe/Moscow'); // => '2026-03-01T10:00:00+03:00'
 * exapi.readDateTime('0000-00-00 00:00:00', 'Europe/Moscow'); // => null
 */
export function readDateTime(value: unknown, crmZone: string): WireDate {
	if (typeof value !== 'string') return readOtherDate(value, crmZone);
	const text = value.trim();
	const usual = wallTimeToIso(text, crmZone);
	if (usual !== undefined) return usual;
	if (text === '' || NO_DATE.test(text)) return null;
	const moment = readPhpMoment(text, crmZone) ?? parse(text, crmZone);
	if (!moment?.isValid) return value;
	const day = DATE_ONLY.exec(text);
	return day ? day.slice(1).join('-') : (isoOf(moment) ?? value);
}

/**
 * Reads a day as {@link readDateTime} reads a date. PHP's `DateTime` of a day is its midnight.
 *
 * @example
 * const date = { date: '2026-03-01 00:00:00.000000', timezone_type: 3, timezone: 'Europe/Moscow' };
 * exapi.readDay(date, 'Europe/Moscow'); // => '2026-03-01'
 */
export function readDay(value: unknown, crmZone: string): WireDate {
	const read = readDateTime(value, crmZone);
	const isMidnight = typeof read === 'string' && /T00:00:00[+-Z]/.test(read);
	return isMidnight && isObject(value) ? read.slice(0, 10) : read;
}

function readOtherDate(value: unknown, crmZone: string): WireDate {
	if (value === undefined || value === null) return null;
	if (isObject(value) && NO_DATE.test(textOf(value.date))) return null;
	const moment = readPhpMoment(value, crmZone);
	return (moment && isoOf(moment)) ?? value;
}

function isoOf(moment: DateTime): string | undefined {
	return moment.isValid ? (moment.toISO({ suppressMilliseconds: true }) ?? undefined) : undefined;
}

/** Parses a text. A zone in the text takes precedence over `zone` and is kept. */
function parse(text: string, zone: string): DateTime | undefined {
	if (text.length > LONGEST_DATE || !WHOLE_DAY.test(text)) return undefined;
	const named = NAMED_ZONE.exec(text);
	if (named) {
		const certain = certainZone(named[1] ?? named[2] ?? '');
		return certain === undefined ? undefined : parse(text.slice(0, named.index).trim(), certain);
	}
	const options = { zone, setZone: true };
	const iso = DateTime.fromISO(text, options);
	return iso.isValid ? iso : DateTime.fromSQL(text, options);
}

/**
 * Whether the name is an IANA time zone that this machine knows, such as `Europe/Moscow`.
 *
 * @example
 * exapi.isTimeZone('Europe/Moscow'); // => true
 * exapi.isTimeZone('Moscow'); // => false
 */
export function isTimeZone(name: string): boolean {
	if (OWN_ZONES.includes(name.toLowerCase())) return false;
	return name !== '' && DateTime.utc().setZone(name).isValid;
}
