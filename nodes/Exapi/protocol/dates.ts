import { DateTime } from 'luxon';
import { ExapiInputError } from './errors';
import { isObject, textOf } from './json';
import { certainZone, readPhpMoment } from './php-date';
import { show } from './show';
import { wallTimeToIso } from './wall-time';

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
			`must be a date and time such as 2026-01-31T15:30:00, not "${show(value)}"`,
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
	if (!WHOLE_DAY.test(text)) return undefined;
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
