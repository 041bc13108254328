import { DateTime } from 'luxon';
import type { ModuleDescription } from './describe';

/** A record as a workflow gets it. */
export type ReadRecord = Record<string, unknown>;

/**
 * Reads the fields of a record: moments as ISO with the offset of the workflow's zone, numbers and yes or
 * no as such, multipicklists as lists. What has no such form stays as it came.
 */
export function readRecord(
	record: Readonly<Record<string, unknown>>,
	description: ModuleDescription | undefined,
	timeZone: string,
): ReadRecord {
	return Object.fromEntries(
		Object.entries(record)
			.filter(([name]) => name !== 'id')
			.map(([name, value]) => [name, readValue(typeOf(name, description), value, timeZone)]),
	);
}

/** These two are in every module, whether it is described or not. */
function typeOf(name: string, description: ModuleDescription | undefined): string {
	if (name === 'createdtime' || name === 'modifiedtime') return 'datetime';
	return description?.fields.get(name)?.type ?? '';
}

function readValue(type: string, value: unknown, zone: string): unknown {
	if (typeof value !== 'string') return value;
	switch (type) {
		case 'boolean':
			return value === '1' ? true : value === '0' ? false : value;
		case 'currency':
		case 'double':
		case 'integer':
			return readNumber(value);
		case 'datetime':
			return readWireMoment(value, zone);
		case 'multipicklist':
			return value === '' ? [] : value.split('|##|').map((part) => part.trim());
		default:
			return value;
	}
}

/** As text if a number of JavaScript would lose digits. */
function readNumber(value: string): number | string {
	if (!/^-?\d+(?:\.\d+)?$/.test(value)) return value;
	const digits = value.replace(/[^\d]/g, '').replace(/^0+/, '').length;
	const shown = value.includes('.') ? value.replace(/\.?0+$/, '') : value;
	return digits > 15 && shown.replace(/\D/g, '').length > 15 ? shown : Number(shown);
}

function readWireMoment(value: string, zone: string): string {
	const read = DateTime.fromSQL(value, { zone: 'utc' });
	if (!read.isValid) return value;
	return read.setZone(zone).toISO({ suppressMilliseconds: true }) ?? value;
}
