import { IANAZone } from 'luxon';
import { DEFAULT_TIME_ZONE, TIME_ZONES, timeZoneField } from '../../../nodes/shared/fields';

describe('the list of time zones', () => {
	it('has names that this Node.js knows, each once, in alphabetical order', () => {
		expect(TIME_ZONES.filter((name) => !IANAZone.isValidZone(name))).toEqual([]);
		expect([...new Set(TIME_ZONES)].sort()).toEqual(TIME_ZONES);
	});

	it('has UTC, the default, and zones of all continents by their present names', () => {
		expect(TIME_ZONES).toEqual(
			expect.arrayContaining([
				'UTC',
				DEFAULT_TIME_ZONE,
				'Europe/Kyiv',
				'Asia/Kolkata',
				'Asia/Yekaterinburg',
				'Africa/Lagos',
				'America/Argentina/Buenos_Aires',
				'America/New_York',
				'Australia/Sydney',
				'Pacific/Auckland',
			]),
		);
	});

	it('has the clock of every zone that this Node.js lists', () => {
		// Another name of the same zone shows the same clock, in winter and in summer.
		const moments = [1970, 1990, 2010, 2026].flatMap((year) => [
			Date.UTC(year, 0, 15),
			Date.UTC(year, 6, 15),
		]);
		const clockOf = (name: string) =>
			moments.map((moment) => IANAZone.create(name).offset(moment)).join();
		const clocks = new Set(TIME_ZONES.map(clockOf));
		const missing = Intl.supportedValuesOf('timeZone').filter((name) => !clocks.has(clockOf(name)));
		expect(missing).toEqual([]);
	});
});

it('a field of a time zone offers that list, and begins with the default', () => {
	const { options, default: preset } = timeZoneField({ displayName: 'Time Zone', description: '' });
	expect(options).toEqual(TIME_ZONES.map((name) => ({ name, value: name })));
	expect(preset).toBe('Europe/Moscow');
});
