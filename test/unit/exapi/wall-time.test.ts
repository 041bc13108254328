import fc from 'fast-check';
import { DateTime, IANAZone } from 'luxon';
import { wallTimeToIso } from '../../../nodes/Exapi/protocol/time';

const RUNS = process.env.PARTNER_EXCHANGE_LONG === '1' ? 50_000 : 2_000;

/** Zones whose history has something to trip over, Russian ones first. */
const ZONES = [
	'Europe/Moscow', // no summer time from 2011 on, another offset from 2014 on
	'Europe/Kaliningrad',
	'Europe/Samara', // an hour less for a year
	'Europe/Volgograd', // changes in 2018 and 2020
	'Asia/Novosibirsk',
	'Asia/Kamchatka',
	'Europe/Berlin',
	'America/New_York',
	'Australia/Lord_Howe', // half an hour of summer time
	'Africa/Casablanca', // four changes a year
	'Asia/Tehran', // changes at midnight
	'Asia/Beirut',
	'Pacific/Apia', // a day that there was not
	'America/Caracas',
	'Asia/Kathmandu',
	'UTC',
	'+03:00',
];

const DAY = 24 * 60 * 60 * 1000;
const HOURS = Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
const dateOf = (time: number) => new Date(time).toISOString().slice(0, 10);

const byLuxon = (text: string, zone: string) =>
	DateTime.fromSQL(text, { zone, setZone: true }).toISO({ suppressMilliseconds: true });

/** Seconds from 1970 to 2037. */
const wallTimes = fc
	.integer({ min: 0, max: Date.UTC(2037, 11, 31) / 1000 })
	.map((seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' '));

/** Each first day at whose noon (UTC) another offset holds than at the noon before. */
function daysOfChange(zone: string): string[] {
	const offsetAt = (time: number) => IANAZone.create(zone).offset(time);
	const days: string[] = [];
	for (let noon = Date.UTC(1970, 0, 1, 12); noon < Date.UTC(2030, 0, 1); noon += DAY) {
		if (offsetAt(noon) !== offsetAt(noon - DAY)) days.push(dateOf(noon));
	}
	return days;
}

it('agrees with Luxon on any moment, or leaves it to Luxon', () => {
	fc.assert(
		fc.property(wallTimes, fc.constantFrom(...ZONES), (text, zone) => {
			const iso = wallTimeToIso(text, zone);
			if (iso !== undefined) expect(iso).toBe(byLuxon(text, zone));
		}),
		{ numRuns: RUNS },
	);
});

it.each(['Europe/Moscow', 'Europe/Volgograd', 'Pacific/Apia', 'Asia/Tehran'])(
	'leaves the days on which the clocks change to Luxon: %s',
	(zone) => {
		const days = daysOfChange(zone);
		expect(days.length).toBeGreaterThan(3);
		for (const day of days) {
			const around = [dateOf(Date.parse(day) - DAY), day];
			const texts = around.flatMap((date) => HOURS.map((hour) => `${date} ${hour}:30:00`));
			const results = texts.map((text) => wallTimeToIso(text, zone));
			expect(results).toContain(undefined);
			results.forEach((iso, index) => {
				if (iso !== undefined) expect(iso).toBe(byLuxon(texts[index]!, zone));
			});
		}
	},
);

it('does the usual by itself', () => {
	expect(wallTimeToIso('2026-03-01 12:34:56', 'Europe/Moscow')).toBe('2026-03-01T12:34:56+03:00');
	expect(wallTimeToIso('2012-07-01T00:00:00', 'Europe/Moscow')).toBe('2012-07-01T00:00:00+04:00');
	expect(wallTimeToIso('2026-03-01 12:34:56', 'UTC')).toBe('2026-03-01T12:34:56Z');
});

it.each([
	'2026-02-30 12:00:00',
	'2026-13-01 12:00:00',
	'2026-03-01 24:00:00',
	'2026-03-01 12:60:00',
	'2026-03-01 12:00',
	'2026-03-01 12:00:00+05:00',
	'1918-03-01 12:00:00',
	'0000-00-00 00:00:00',
	'2026-03-01',
])('leaves %s to Luxon', (text) => {
	expect(wallTimeToIso(text, 'Europe/Moscow')).toBeUndefined();
});

it('leaves a zone that there is not to Luxon', () => {
	expect(wallTimeToIso('2026-03-01 12:00:00', 'Nowhere/At_All')).toBeUndefined();
});
