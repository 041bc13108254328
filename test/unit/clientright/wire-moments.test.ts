import fc from 'fast-check';
import { DateTime } from 'luxon';
import { readWireMoment } from '../../../nodes/ClientRight/wire/moments';

const byLuxon = (value: string, zone: string): string => {
	const read = DateTime.fromSQL(value, { zone: 'utc' });
	return read.isValid ? (read.setZone(zone).toISO({ suppressMilliseconds: true }) ?? value) : value;
};

const ZONES = [
	'Europe/Moscow',
	'Europe/London',
	'America/New_York',
	'Australia/Lord_Howe',
	'Asia/Kathmandu',
	'Pacific/Apia',
	'UTC',
	'utc',
	'no/zone',
];
/** Around changes of the clocks, and days that are skipped. */
const CHANGES = [
	'2026-03-29 01:00:00',
	'2026-10-25 01:00:00',
	'2026-03-08 07:00:00',
	'2026-04-04 15:00:00',
	'2011-12-30 10:00:00',
	'2014-10-25 22:00:00',
];
const around = fc
	.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -7_200, max: 7_200 }))
	.map(([change, seconds]) =>
		DateTime.fromSQL(change, { zone: 'utc' }).plus({ seconds }).toFormat('yyyy-MM-dd HH:mm:ss'),
	);
const anywhen = fc
	.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
	.map((date) => date.toISOString().slice(0, 19).replace('T', ' '));
const spelled = fc.constantFrom(
	'',
	'2026-02-30 10:00:00',
	'2026-01-31',
	'2026-01-31 24:00:00',
	'2026-01-31 10:00',
	'0000-00-00 00:00:00',
	'2026-01-31 10:00:00.5',
	'вчера',
);

it('a moment of vtiger comes out as Luxon writes it, whatever the zone', () => {
	fc.assert(
		fc.property(fc.oneof(around, anywhen, spelled), fc.constantFrom(...ZONES), (value, zone) => {
			expect(readWireMoment(value, zone)).toBe(byLuxon(value, zone));
		}),
		{ numRuns: 2_000 },
	);
});
