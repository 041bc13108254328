/** @needs php */

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import fc from 'fast-check';
import { openAnswer, readPartnerOrders, toPartnerOrder } from '../../nodes/Exapi/protocol';
import { phpText } from '../../nodes/Exapi/protocol/values';

const KEY = { sender: 'партнёр_7', secret: 'выдуманный "секрет"' };

const php = (...args: string[]) =>
	execFileSync('php', [join(__dirname, 'exapi-habits.php'), ...args], {
		encoding: 'utf8',
		// The notices of the command line are printed there a second time.
		stdio: ['ignore', 'pipe', 'ignore'],
	});

describe('an answer that PHP prints with its notices', () => {
	const body = php('answer', KEY.sender, KEY.secret);

	it('has them in front and behind', () => {
		expect(body).toMatch(/Notice[^]*"sign":"[0-9a-f]{32}"[^]*Notice/);
	});

	it('is read with all digits and dates', () => {
		const { result } = openAnswer(body, KEY, '9223372036854775807');
		const orders = readPartnerOrders(result).map((one) => toPartnerOrder(one, 'Europe/Moscow'));
		expect(orders).toMatchObject([
			{
				orderId: '9007199254740993',
				createdAt: '2026-03-01T10:00:00+05:00',
				approvedAt: '2026-03-01T10:00:00+03:00',
				deliveryDate: '2026-03-02',
				goods: [],
			},
			{
				orderId: '2',
				createdAt: '2026-03-01T13:00:00+03:00',
				approvedAt: null,
				deliveryDate: '2026-03-02T12:00:00+05:00',
			},
		]);
	});
});

it('a number in JSON becomes the text that PHP makes of it', () => {
	const written = fc.oneof(
		fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
		fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => JSON.stringify(value)),
		fc.integer().map((value) => `${value}.0`),
		fc
			.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: -20, max: 20 }))
			.map(([a, b]) => `${a}e${b}`),
	);
	const numbers = fc.sample(written, { numRuns: 2_000, seed: 2_026 });
	const texts = JSON.parse(php('texts', ...numbers)) as string[];
	expect(numbers.map((number) => `x${phpText(number)}`)).toEqual(texts);
});
