import { DateTime } from 'luxon';

/** A date and time as vtiger gives it, in UTC (docs/protocols/vtiger.md, 9.10). */
const WIRE_MOMENT = /^\d{4}-\d\d-\d\d ([01]\d|2[0-3])(?::[0-5]\d){2}$/;
const DAY_LENGTH = 'YYYY-MM-DD'.length;
const HOUR_LENGTH = 'YYYY-MM-DD HH'.length;
const ISO_LENGTH = 'YYYY-MM-DDTHH:mm:ss'.length;
/** Hours that are remembered; each takes some 100 bytes. */
const MAX_HOURS = 20_000;

/** What a zone's clocks show of an hour of UTC. */
interface Hour {
	/** Milliseconds between UTC and the zone. */
	offset: number;
	/** The offset as ISO 8601 writes it. */
	suffix: string;
}

/** By zone and hour of UTC; `undefined` for no hour, and for one in which the clocks change. */
const hours = new Map<string, Hour | undefined>();

/**
 * Writes a date and time of vtiger with the offset of a zone, as Luxon does: ten thousand records have twenty
 * thousand of them, and Luxon takes 20 µs for each. An hour's offset is computed once.
 *
 * @param zone IANA zone
 * @returns ISO 8601; the value unchanged if it is no date and time
 */
export function readWireMoment(value: string, zone: string): string {
	if (!WIRE_MOMENT.test(value)) return byLuxon(value, zone) ?? value;
	const hour = hourOf(value.slice(0, HOUR_LENGTH), zone);
	if (!hour) return byLuxon(value, zone) ?? value;
	return new Date(clockOf(value) + hour.offset).toISOString().slice(0, ISO_LENGTH) + hour.suffix;
}

function hourOf(hour: string, zone: string): Hour | undefined {
	const key = `${zone} ${hour}`;
	const known = hours.get(key);
	if (known || hours.has(key)) return known;
	if (hours.size >= MAX_HOURS) hours.clear();
	const learned = learnHour(hour, zone);
	hours.set(key, learned);
	return learned;
}

function learnHour(hour: string, zone: string): Hour | undefined {
	const [first, last] = ['00:00', '59:59'].map((rest): Hour | undefined => {
		const utc = `${hour}:${rest}`;
		const local = byLuxon(utc, zone);
		return local === undefined
			? undefined
			: { offset: clockOf(local) - clockOf(utc), suffix: local.slice(ISO_LENGTH) };
	});
	// Otherwise the clocks change within it.
	return first?.offset === last?.offset && first?.suffix === last?.suffix ? first : undefined;
}

/** What a clock shows in a text, as milliseconds; its offset is left out. */
function clockOf(text: string): number {
	return Date.parse(`${text.slice(0, DAY_LENGTH)}T${text.slice(DAY_LENGTH + 1, ISO_LENGTH)}Z`);
}

function byLuxon(value: string, zone: string): string | undefined {
	const read = DateTime.fromSQL(value, { zone: 'utc' });
	if (!read.isValid) return undefined;
	return read.setZone(zone).toISO({ suppressMilliseconds: true }) ?? undefined;
}
