import { DateTime } from 'luxon';

/**
 * Reads a date as PHP's `date_create` reads the two usual forms, ISO 8601 and
 * `YYYY-MM-DD HH:mm:ss`.
 *
 * @param zone IANA zone of text that names none
 * @returns the moment as ISO 8601 in UTC, or `undefined` when it is none
 */
export function readMoment(value: unknown, zone: string): string | undefined {
	if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
	if (typeof value !== 'string') return undefined;
	const iso = DateTime.fromISO(value.trim(), { zone });
	const moment = iso.isValid ? iso : DateTime.fromSQL(value.trim(), { zone });
	return moment.isValid ? moment.toJSDate().toISOString() : undefined;
}

/** `YYYY-MM-DD HH:mm:ss` in the zone, the form of docs/protocols/exapi.md, 8.3. */
export function sqlText(moment: string, zone: string): string {
	return inZone(moment, zone).toFormat('yyyy-MM-dd HH:mm:ss');
}

/** `YYYY-MM-DDTHH:mm:ss` in the zone. */
export function isoText(moment: string, zone: string): string {
	return inZone(moment, zone).toFormat("yyyy-MM-dd'T'HH:mm:ss");
}

/** `YYYY-MM-DDTHH:mm:ss+03:00`. */
export function isoTextWithOffset(moment: string, zone: string): string {
	return inZone(moment, zone).toFormat("yyyy-MM-dd'T'HH:mm:ssZZ");
}

function inZone(moment: string, zone: string): DateTime {
	return DateTime.fromISO(moment, { zone });
}
