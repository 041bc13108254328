import { DateTime } from 'luxon';
import { ExapiInputError } from './errors';
import { show } from './show';
import { wallTimeToIso } from './wall-time';

const WIRE_FORMAT = 'yyyy-MM-dd HH:mm:ss';
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;
/** MySQL's way of saying "no date", which PHP passes on. */
const ZERO_DATE = /^0000-00-00/;

/**
 * Writes a moment as exapi's `getOrders` takes it: `YYYY-MM-DD HH:mm:ss`, which PHP's
 * `date_create` reads, in the CRM's own time zone (exapi.md, methods table).
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

/**
 * Reads a date of the CRM: without a zone it is in the CRM's zone.
 *
 * @returns ISO 8601 with offset; a date without a time as `YYYY-MM-DD`; `null` for no date. Text
 *   that is no date passes through, so that nothing is lost.
 */
export function readDateTime(value: unknown, crmZone: string): string | null {
	if (typeof value !== 'string') return null;
	const text = value.trim();
	const usual = wallTimeToIso(text, crmZone);
	if (usual !== undefined) return usual;
	if (text === '' || ZERO_DATE.test(text)) return null;
	if (DATE_ONLY.test(text)) return text;
	const moment = parse(text, crmZone);
	return moment.isValid ? moment.toISO({ suppressMilliseconds: true }) : value;
}

/** A zone within the text wins over `zone` and is kept. */
function parse(text: string, zone: string): DateTime {
	const options = { zone, setZone: true };
	const iso = DateTime.fromISO(text, options);
	return iso.isValid ? iso : DateTime.fromSQL(text, options);
}

/** Whether the name is one of the IANA time zones that this machine knows, such as `Europe/Moscow`. */
export function isTimeZone(name: string): boolean {
	return name !== '' && DateTime.utc().setZone(name).isValid;
}
