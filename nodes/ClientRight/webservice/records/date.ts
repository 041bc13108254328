import { DateTime } from 'luxon';
import { FieldError, show } from './field-error';
import type { ValueWriter } from './fields';

const WIRE_FORMAT = 'yyyy-MM-dd';
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/;

/**
 * A day as `YYYY-MM-DD` (clientright-crm.md, sections 5 and 7). A date without a time is that day,
 * whatever the zone. Of a moment, the workflow's time zone decides the day; text that names no
 * offset is in that zone. vtiger stores nothing for other forms and reports a success.
 */
export const day: ValueWriter = (field, value, { timeZone }) => {
	const moment = readMoment(value, timeZone);
	if (!moment?.isValid) {
		throw new FieldError(
			field,
			`must be a date such as 1986-11-15, or a date and time, not "${show(value)}"`,
		);
	}
	return moment.toFormat(WIRE_FORMAT);
};

function readMoment(value: unknown, zone: string): DateTime | undefined {
	// Expressions hand over the host's Luxon, so `instanceof` would not know its own kind.
	if (DateTime.isDateTime(value)) return value.setZone(zone);
	if (value instanceof Date) return DateTime.fromJSDate(value, { zone });
	if (typeof value !== 'string') return undefined;
	const text = value.trim();
	if (DAY.test(text)) return DateTime.fromISO(text, { zone: 'utc' });
	return MOMENT.test(text) ? DateTime.fromISO(text.replace(' ', 'T'), { zone }) : undefined;
}
