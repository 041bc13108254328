import fc from 'fast-check';
import { openAnswer, writeAnswer, type RequestId } from '../../../nodes/Exapi/protocol';
import { ClientBench, KEY, RESPONSES } from './client-bench';

let bench: ClientBench;
beforeEach(async () => (bench = await ClientBench.start()));
afterEach(async () => await bench.stop());

describe('the id of a request', () => {
	it('is text of digits below 2^53, another one for each call', async () => {
		for (let calls = 0; calls < 20; calls++) await bench.call();
		const ids = bench.arrived.map(({ request }) => request?.id);
		for (const id of ids) {
			expect(id).toMatch(/^(0|[1-9]\d*)$/);
			expect(Number.isSafeInteger(Number(id))).toBe(true);
		}
		expect(new Set(ids).size).toBe(20);
	});

	it('is kept by the repetitions of a call, and so is the signature', async () => {
		await bench.call();
		for (const status of [429, 502, 503]) {
			bench.arrived.length = 0;
			bench.respond = (response) => {
				bench.respond = RESPONSES.signed;
				response.writeHead(status).end();
			};
			expect(await bench.call()).toBe('done');
			const [first, second] = bench.arrived.map(({ body }) => body);
			expect(second).toBe(first);
		}
	});

	it('is kept by a write that is repeated after HTTP 429', async () => {
		await bench.call();
		bench.arrived.length = 0;
		bench.respond = (response) => {
			bench.respond = RESPONSES.signed;
			response.writeHead(429, { 'retry-after': '0' }).end();
		};
		expect(await bench.call({ changes: true })).toBe('done');
		expect(bench.arrived).toHaveLength(2);
		expect(new Set(bench.arrived.map(({ body }) => body)).size).toBe(1);
	});
});

describe('the id of an answer', () => {
	const answerWith = (id: RequestId) => writeAnswer({ result: 1, error: null, id }, KEY);

	it('is compared as text, whether it comes as text or as a number', () => {
		fc.assert(
			fc.property(fc.maxSafeNat(), (id) => {
				expect(openAnswer(answerWith(id), KEY, String(id))).toMatchObject({ result: 1 });
				expect(openAnswer(answerWith(String(id)), KEY, String(id))).toMatchObject({ result: 1 });
				expect(() => openAnswer(answerWith(`${id}1`), KEY, String(id))).toThrow('another request');
			}),
		);
	});
});
