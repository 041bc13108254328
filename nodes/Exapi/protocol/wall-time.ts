import { DateTime } from 'luxon';

/** How PHP and MySQL write a moment without its zone, from the time on that zones have in common. */
const WALL_TIME = /^((?:19[7-9]|20\d)\d-\d\d-\d\d)[ T]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)$/;

/** A day on which the offset is the same at these times has no change of the clocks. */
const LOOKED_AT = ['00:00:00', '12:00:00', '23:59:59'];

const MAX_DAYS = 20_000;

/** By zone and day: the offset as ISO 8601 writes it; `undefined` where the clocks change. */
const offsets = new Map<string, string | undefined>();

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
	const parts = WALL_TIME.exec(text);
	if (!parts) return undefined;
	const [, day, time] = parts;
	const offset = offsetOf(day!, zone);
	return offset === undefined ? undefined : `${day!}T${time!}${offset}`;
}

function offsetOf(day: string, zone: string): string | undefined {
	const key = `${day}${zone}`;
	const known = offsets.get(key);
	if (known !== undefined || offsets.has(key)) return known;
	if (offsets.size >= MAX_DAYS) offsets.clear();
	const offset = offsetOfWholeDay(day, zone);
	offsets.set(key, offset);
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
