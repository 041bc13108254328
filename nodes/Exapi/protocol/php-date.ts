import { DateTime } from 'luxon';
import { isObject } from './json';

/** Unix seconds are taken for a moment from 2000 to 2100; other numbers may mean anything. */
const FIRST_SECOND = Date.UTC(2000, 0) / 1000;
const LAST_SECOND = Date.UTC(2100, 0) / 1000;
const SECONDS = /^\d{9,10}(\.\d{1,9})?$/;

const OFFSET = /^[+-]\d\d:?\d\d$/;
/** PHP's abbreviations that Luxon does not know as zones, with their hours from UTC, as PHP reads them. */
const ABBREVIATIONS: Readonly<Record<string, number>> = {
	Z: 0,
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
	const moment = DateTime.fromSQL(value.date, { zone: zoneOf(value.timezone), setZone: true });
	return moment.isValid ? moment : undefined;
}

function fromSeconds(value: number | string, zone: string): DateTime | undefined {
	if (typeof value === 'string' && !SECONDS.test(value)) return undefined;
	const seconds = Number(value);
	const isPlausible = seconds >= FIRST_SECOND && seconds < LAST_SECOND;
	return isPlausible ? DateTime.fromSeconds(seconds, { zone }) : undefined;
}

function zoneOf(name: string): string {
	if (OFFSET.test(name)) return `UTC${name}`;
	const hours = ABBREVIATIONS[name.toUpperCase()];
	if (hours === undefined) return name;
	return `UTC${hours < 0 ? '-' : '+'}${Math.abs(hours)}`;
}
