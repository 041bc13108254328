import { DateTime } from 'luxon';

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
