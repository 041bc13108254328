import { DateTime } from 'luxon';
import { isObject } from './json';

/** Unix seconds are taken for a moment from 2000 to 2100; other numbers may mean anything. */
const FIRST_SECOND = Date.UTC(2000, 0) / 1000;
const LAST_SECOND = Date.UTC(2100, 0) / 1000;
const SECONDS = /^\d{9,10}(\.\d{1,9})?$/;

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
export function readPhpMoment(value: unknown, zone: string): DateTime | undefined {
	if (typeof value === 'number' || typeof value === 'string') return fromSeconds(value, zone);
	if (!isObject(value) || typeof value.date !== 'string' || typeof value.timezone !== 'string') {
		return undefined;
	}
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
export function certainZone(name: string, type?: number): string | undefined {
	if (OFFSET.test(name)) return `UTC${name}`;
	if (UTC.test(name)) return 'UTC';
	if (name.includes('/')) return name;
	const hours = type === BY_NAME ? undefined : ABBREVIATIONS[name.toUpperCase()];
	if (hours === undefined) return undefined;
	return `UTC${hours < 0 ? '-' : '+'}${Math.abs(hours)}`;
}
