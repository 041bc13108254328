import { DateTime } from 'luxon';
import { isObject, textOf } from '../../shared/wire';
import { ExapiInputError } from './message';
import { previewValue } from './values';

/** How PHP and MySQL write a moment without its zone, from the time on that zones have in common. */
const WALL_TIME = /^(?:19[7-9]|20\d)\d-\d\d-\d\d[ T](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/;
const DAY_LENGTH = 'YYYY-MM-DD'.length;

/** A day on which the offset is the same at these times has no change of the clocks. */
const LOOKED_AT = ['00:00:00', '12:00:00', '23:59:59'];

const MAX_DAYS = 20_000;

/** By zone and day: the offset as ISO 8601 writes it; `undefined` where the clocks change. */
const offsets = new Map<string, Map<string, string | undefined>>();
let days = 0;

/**
 * Writes a wall time of a zone with its offset, as Luxon does: an answer may hold a hundred thousand
 * of them, and Luxon takes 20 µs for each. A day's offset is asked once.
 *
 * @param text `YYYY-MM-DD HH:mm:ss`, or with a `T`
 * @param zone IANA zone
 * @returns ISO 8601 with offset; `undefined` for all that needs a closer look: other forms, days that
 *   there are not, days on which the clocks change
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
		// A time that the clocks skip comes out as another one.
		return iso?.startsWith(wallTime) ? iso.slice(wallTime.length) : undefined;
	});
	return found.every((offset) => offset === found[0]) ? found[0] : undefined;
}

/** Unix seconds are taken for a moment from 2000 to 2100; other numbers may mean anything. */
const FIRST_SECOND = Date.UTC(2000, 0) / 1000;
const LAST_SECOND = Date.UTC(2100, 0) / 1000;
const SECONDS = /^\d{9,10}(\.\d{1,9})?$/;

/** Longer text is no date: to look for a zone in it takes the square of its length. */
const LONGEST_DATE = 100;

const PHP_WALL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?$/;
/** PHP's `timezone_type` of a zone by its name; an abbreviation is of type 2. */
const BY_NAME = 3;

const OFFSET = /^[+-]\d\d:?\d\d$/;
const UTC = /^(?:UTC|GMT|Z)$/i;
/**
 * PHP's abbreviations with their hours from UTC, as PHP reads them. Others, such as IST and AST, are
 * those of several countries, and Luxon and PHP take them for different ones.
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
 * Reads a moment that does not come as text of a date: PHP's `DateTime` as `json_encode` writes it,
 * `{date, timezone_type, timezone}`, where the zone is an offset, an abbreviation or an IANA name,
 * and unix seconds.
 *
 * @param zone IANA zone of what is given back, where the value names none
 * @returns `undefined` for anything else
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
 * The zone that a partner names, where only one can be meant. A name of the IANA database has a slash:
 * those without one are abbreviations, or names by which Luxon knows the zone of this process.
 *
 * @param type PHP's `timezone_type`, where it is known
 * @returns a name that Luxon knows, if it is one at all; `undefined` where the name is not certain
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
/** What Luxon makes of a time alone, or of a month, is a day that nobody named. */
const WHOLE_DAY = /^(?:\d{4}-\d{2}-\d{2}|\d{8})(?!\d)/;
/** The name of a zone at the end of a text, with or without brackets. */
const NAMED_ZONE = / ([a-z]\S*)$|\[(.*)\]$/i;
/** Names by which Luxon knows the zone of the process. */
const OWN_ZONES = ['local', 'system', 'default'];
/** MySQL's "no date", which PHP passes on, and what `DateTime` makes of it (docs/protocols/exapi.md, 9.2). */
const NO_DATE = /^(?:0000-00-00|-0001-11-30)/;

/**
 * Writes a moment as exapi's `getOrders` takes it: `YYYY-MM-DD HH:mm:ss`, which PHP's
 * `date_create` reads, in the CRM's own time zone (docs/protocols/exapi.md, 8.1).
 *
 * @param value ISO 8601 text or `YYYY-MM-DD HH:mm:ss`, a `Date`, a Luxon `DateTime`
 * @param zones `crm`: the CRM's zone; `workflow`: the zone of text that names none
 * @throws ExapiInputError for anything that is not a moment
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
 * Reads a moment as n8n's users give it: text, a `Date`, a Luxon `DateTime`.
 *
 * @param zone IANA zone of text that names none
 * @returns `undefined`, or an invalid `DateTime`, for what is no moment
 */
export function readMoment(value: unknown, zone: string): DateTime | undefined {
	// Expressions hand over the host's Luxon, so `instanceof` would not know its own kind.
	if (DateTime.isDateTime(value)) return value;
	if (value instanceof Date) return DateTime.fromJSDate(value);
	return typeof value === 'string' ? parse(value.trim(), zone) : undefined;
}

/** A date of the CRM: ISO 8601, `null` for none, or what came where that is no date. */
export type WireDate = string | number | boolean | object | null;

/**
 * Reads a date of the CRM: text, PHP's `DateTime` as an object, unix seconds. Without a zone it is in
 * the CRM's zone.
 *
 * @returns ISO 8601 with offset; a date without a time as `YYYY-MM-DD`; `null` for no date. What is
 *   no date comes out as it came, so that nothing is lost.
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

/** As {@link readDateTime}, for a day: a moment that PHP made of one is its midnight. */
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

/** A zone within the text wins over `zone` and is kept. */
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

/** Whether the name is one of the IANA time zones that this machine knows, such as `Europe/Moscow`. */
export function isTimeZone(name: string): boolean {
	if (OWN_ZONES.includes(name.toLowerCase())) return false;
	return name !== '' && DateTime.utc().setZone(name).isValid;
}
