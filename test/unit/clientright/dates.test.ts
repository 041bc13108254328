import fc from 'fast-check';
import { DateTime } from 'luxon';
import {
	CONTACT_FIELDS,
	FieldError,
	PROJECT_FIELDS,
	writeFields,
} from '../../../nodes/ClientRight/wire/records';
import { dayOf } from '../../../nodes/ClientRight/wire/text-values';

/** n8n's own default. */
const NEW_YORK = 'America/New_York';
const write = (value: unknown, timeZone = NEW_YORK, name = 'claimDate') =>
	Object.values(
		writeFields(
			{ [name]: (PROJECT_FIELDS[name] ?? CONTACT_FIELDS[name])! },
			{ [name]: value },
			{
				timeZone,
				validateChecksums: false,
				normalizeMobile: false,
			},
		),
	)[0];
const problem = (value: unknown): string => {
	try {
		return `sent: ${write(value)}`;
	} catch (error) {
		if (error instanceof FieldError) return error.message;
		throw error;
	}
};

it('every date field is read alike', () => {
	for (const name of ['birthday', 'agreementDate', 'startDate', 'finishDate', 'claimDate']) {
		expect(write('15.11.1986', NEW_YORK, name)).toBe('1986-11-15');
		expect(write(31731, NEW_YORK, name)).toBe('1986-11-15');
	}
});

describe('a moment with the name of its zone, as Java and JavaScript write it', () => {
	it.each([
		['1986-11-15T00:00:00+03:00[Europe/Moscow]', '1986-11-15'],
		['1986-11-15T00:00+03:00[Europe/Moscow]', '1986-11-15'],
		['1986-11-15T00:00[Europe/Moscow]', '1986-11-15'],
		['1986-11-15T00:00:00.000+03:00[Europe/Moscow][u-ca=iso8601]', '1986-11-15'],
		['1986-11-15T00:00:00+09:00[!Asia/Tokyo]', '1986-11-15'],
		['1986-11-15T00:00:00Z[UTC]', '1986-11-15'],
		['1986-11-14T21:00:00Z[Europe/Moscow]', '1986-11-15'],
		['1986-11-15T00:00+03:00[+03:00]', '1986-11-15'],
		['1986-11-15[Europe/Moscow]', '1986-11-15'],
		['1986-11-15[u-ca=iso8601]', '1986-11-15'],
		['1986-11-15T02:30+03:00[Europe/Moscow]', '1986-11-14'],
		['1986-11-15T14:30+03:00[Europe/Moscow]', '1986-11-15'],
	])('%s is %s', (written, day) => expect(write(written)).toBe(day));

	it.each(['1986-11-15T00:00[Nowhere/Else]', '1986-11-15T00:00+03:00[', '[Europe/Moscow]'])(
		'is not %s',
		(written) => expect(problem(written)).toContain(`not "${written}"`),
	);
});

describe('a date as people write it', () => {
	it.each([
		['15.11.1986', '1986-11-15'],
		[' 15.11.1986\u00a0', '1986-11-15'],
		['5.1.1986', '1986-01-05'],
		['03.04.2026', '2026-04-03'],
		['15.11.1986 г.', '1986-11-15'],
		['15.11.1986г', '1986-11-15'],
		['15.11.1986 00:00', '1986-11-15'],
		['15.11.1986 0:00:00', '1986-11-15'],
		['15.11.1986, 14:30', '1986-11-15'],
		['29.02.2024', '2024-02-29'],
		['1986.11.15', '1986-11-15'],
		['15/11/1986', '1986-11-15'],
		['11/15/1986', '1986-11-15'],
		['1986/11/15', '1986-11-15'],
		['05/05/2026', '2026-05-05'],
		['15-11-1986', '1986-11-15'],
		['1986-11-15', '1986-11-15'],
	])('%s is %s', (written, day) => expect(write(written)).toBe(day));

	it.each([
		['03/04/2026', 'it may be 2026-04-03 or 2026-03-04: write it as one of them'],
		['12-01-1980', 'it may be 1980-01-12 or 1980-12-01'],
		['15.11.86', 'write the year with four digits'],
		['15/11/86', 'write the year with four digits'],
		['31.02.2020', 'there is no such day'],
		['11.20.1986', 'there is no such day'],
		['29.02.2023', 'there is no such day'],
		['00.00.0000', 'there is no such day'],
		['0000-00-00', 'there is no such day'],
		['1986-02-30', 'there is no such day'],
		['31/31/1986', 'there is no such day'],
		['2026/13/01', 'there is no such day'],
	])('%s is refused: %s', (written, reason) => {
		expect(problem(written)).toContain(`not "${written}": ${reason}`);
	});

	it.each([
		'1980-1-1',
		'15.11',
		'15..11.1986',
		'15.11/1986',
		'15.11.1986 25:00',
		'15 11 1986',
		'x',
	])('%s is none', (written) =>
		expect(problem(written)).toMatch(/^must be a date such as 1986-11-15/),
	);

	it('with slashes or dashes has one reading, or none', () => {
		const day = fc.date({
			min: new Date('1900-01-01'),
			max: new Date('2100-01-01'),
			noInvalidDate: true,
		});
		fc.assert(
			fc.property(day, fc.constantFrom('/', '-'), (date, mark) => {
				const iso = date.toISOString().slice(0, 10);
				const [year, month, dayOfMonth] = iso.split('-');
				const written = [dayOfMonth, month, year].join(mark);
				const isClear = Number(dayOfMonth) > 12 || dayOfMonth === month;
				if (isClear) expect(write(written)).toBe(iso);
				else expect(problem(written)).toContain('it may be');
			}),
		);
	});
});

describe('a number of Excel', () => {
	it.each([
		[3654, '1910-01-01'],
		[73050, '2099-12-31'],
		[31731, '1986-11-15'],
		[31731.75, '1986-11-15'],
		['31731', '1986-11-15'],
		['31731.5', '1986-11-15'],
		[73050.9, '2099-12-31'],
	])('%s is %s', (serial, day) => expect(write(serial)).toBe(day));

	it.each([
		0,
		1,
		1986,
		'1986',
		3653,
		3653.99,
		73051,
		19861115,
		'19861115',
		532396800,
		532396800000,
		-31731,
		Number.NaN,
		Infinity,
		1e300,
	])('%s is none', (value) => {
		expect(problem(value)).toMatch(
			/^must be a date such as 1986-11-15, .*: a number must be an Excel date/,
		);
	});

	it('is that day in every zone', () => {
		const zone = fc.constantFrom('Pacific/Kiritimati', NEW_YORK, 'Europe/Moscow', 'utc');
		fc.assert(
			fc.property(fc.integer({ min: 3654, max: 73050 }), zone, (serial, timeZone) => {
				const days = Date.UTC(1899, 11, 30) / 86_400_000 + serial;
				expect(write(serial, timeZone)).toBe(
					new Date(days * 86_400_000).toISOString().slice(0, 10),
				);
			}),
		);
	});
});

describe('a moment that is midnight', () => {
	it.each([
		['in UTC, as a Date', new Date('1986-11-15T00:00:00Z')],
		['in UTC, as text', '1986-11-15T00:00:00.000Z'],
		['in UTC, as a DateTime', DateTime.fromISO('1986-11-15', { zone: 'utc' })],
		['in the offset of its text', '1986-11-15T00:00:00+03:00'],
		['in the offset of its text, short', '1986-11-15 00:00:00+03'],
		['in the offset of its text, behind a blank', '1986-11-15 00:00:00 +0300'],
		['in the zone of a DateTime', DateTime.fromISO('1986-11-15', { zone: 'Asia/Vladivostok' })],
		['in the workflow’s zone, as a Date', new Date('1986-11-15T05:00:00Z')],
		['in the workflow’s zone, as text', '1986-11-15T05:00:00Z'],
		['in no zone', '1986-11-15T00:00:00'],
	])('%s is that calendar day', (_, moment) => expect(write(moment)).toBe('1986-11-15'));

	it('in the process’s own zone is that calendar day, as node-pg gives a DATE', () => {
		const zones = fc.constantFrom(
			'Europe/Moscow',
			'Asia/Vladivostok',
			'America/New_York',
			'Pacific/Kiritimati',
			'Pacific/Pago_Pago',
			'Asia/Kathmandu',
			'America/Sao_Paulo',
		);
		const day = fc.date({
			min: new Date('1920-01-01'),
			max: new Date('2090-01-01'),
			noInvalidDate: true,
		});
		fc.assert(
			fc.property(day, zones, zones, (date, processZone, workflowZone) => {
				const iso = date.toISOString().slice(0, 10);
				const midnight = DateTime.fromISO(iso, { zone: processZone });
				// Some days were left out where the date line moved.
				fc.pre(midnight.toISODate() === iso);
				const fromDatabase = midnight.toMillis();
				// At one moment two days may begin, 24 hours apart: then it is the workflow's.
				const atHome = DateTime.fromMillis(fromDatabase, { zone: workflowZone });
				fc.pre(+atHome.startOf('day') !== fromDatabase || atHome.toISODate() === iso);
				expect(dayOf(fromDatabase, workflowZone, workflowZone, processZone)?.toISODate()).toBe(iso);
			}),
		);
	});

	it('is the day that begins at one where the clocks are put forward at midnight', () => {
		const first = new Date('1981-04-01T01:00:00+04:00').getTime();
		expect(dayOf(first, NEW_YORK, NEW_YORK, 'Europe/Moscow')?.toISODate()).toBe('1981-04-01');
	});

	it.each([
		['1986-11-15T00:00:01+03:00', '1986-11-14'],
		['1986-11-15T02:00:00Z', '1986-11-14'],
		['1986-11-14T23:59:59.999Z', '1986-11-14'],
		[new Date('1986-11-15T12:00:00Z'), '1986-11-15'],
	])('by a second not is the day in the workflow’s zone: %s', (moment, day) => {
		expect(write(moment)).toBe(day);
	});

	it.each([new Date(Number.NaN), DateTime.invalid('made up'), '1986-11-15T99:00:00Z'])(
		'is refused when it is no moment: %s',
		(moment) => expect(problem(moment)).toMatch(/^must be a date such as 1986-11-15/),
	);
});
