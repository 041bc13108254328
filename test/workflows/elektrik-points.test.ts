import { setTimeout as sleep } from 'node:timers/promises';
import {
	accepting,
	hashOf,
	startElektrikBench,
	UID,
	type ElektrikBench,
	type Handler,
} from './elektrik-bench';

let bench: ElektrikBench;
beforeEach(async () => {
	bench = await startElektrikBench();
});
afterEach(async () => await bench.stop());

const mapped = { dataMode: 'autoMapInputData' };
const retried = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
const user = (number: number, points: number) => ({ phone: `8 900 000-00-0${number}`, points });
const PHONE = '79000000001';

/** Answers as given, then takes the rest. */
function first(...handlers: Handler[]): Handler {
	const left = [...handlers];
	return (request, response) => (left.shift() ?? accepting)(request, response);
}
const drop: Handler = (_, response) => void response.socket?.destroy();
const refusing =
	(error: string): Handler =>
	(_, response) =>
		void response.end(JSON.stringify({ success: true, result: false, error }));
const status =
	(code: number): Handler =>
	(_, response) =>
		void response.writeHead(code).end('<html>Oops</html>');

describe('user.updatePoints', () => {
	it('sends the request of the document', async () => {
		const { items } = await bench.run('user.updatePoints', {
			phone: '+7 (900) 000-00-01',
			points: 99,
		});
		expect(items).toEqual([
			{ json: { phoneHash: hashOf(PHONE), points: 99, updated: true }, pairedItem: { item: 0 } },
		]);
		expect(bench.received[0]).toMatchObject({
			method: 'POST',
			headers: { 'content-type': 'application/json' },
		});
		expect(bench.updates()).toEqual([
			{
				action: 'user.update.points',
				phone: hashOf(PHONE),
				points: 99,
				uid: 'deadbeef00112233445566778899aabb',
			},
		]);
	});

	it('accepts a hash instead of a phone, or both if they match', async () => {
		const { items, error } = await bench.run('user.updatePoints', mapped, {
			input: [
				{ phoneHash: hashOf(PHONE).toUpperCase(), points: '7' },
				{ phoneHash: hashOf(PHONE), phone: PHONE, points: 0 },
			],
		});
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json.points)).toEqual([7, 0]);
		expect(bench.updates().map(({ phone }) => phone)).toEqual([hashOf(PHONE), hashOf(PHONE)]);
	});

	it('returns the portal’s response as raw output', async () => {
		const { items } = await bench.run('user.updatePoints', { ...user(1, 5), output: 'raw' });
		expect(items[0]?.json).toEqual({ success: true, result: true });
	});

	it.each([
		[
			{ phone: '123', points: 1 },
			"The field 'Phone' (phone) is too short: it has 3 digits, it needs 10, or 11 with a 7",
		],
		[{ points: 1 }, "The field 'Phone' (phone) is empty"],
		[{ phone: PHONE }, "The field 'Points' (points) is missing"],
		[{ phone: PHONE, points: -1 }, "The field 'Points' (points) must be a number, 0 or more"],
		[
			{ phoneHash: 'x', points: 1 },
			"The field 'Phone Hash' (phoneHash) is not an md5 hash of 32 hex digits",
		],
		[
			{ phoneHash: 'f'.repeat(32), phone: PHONE, points: 1 },
			'The field \'Phone Hash\' (phoneHash) belongs to another phone than "phone", or to another UID',
		],
	])('rejects %j before anything is sent', async (input, message) => {
		const { error } = await bench.run('user.updatePoints', mapped, { input: [user(1, 1), input] });
		expect(error).toMatchObject({ message, context: { itemIndex: 1 } });
		expect(error?.description).toContain('Nothing was sent.');
		expect(bench.received).toEqual([]);
	});

	it('rejects missing points instead of setting them to zero', async () => {
		for (const parameters of [{ phone: PHONE }, { phone: PHONE, points: null }]) {
			const { error } = await bench.run('user.updatePoints', parameters);
			expect(error).toMatchObject({
				message: "The field 'Points' (points) is missing",
				context: { itemIndex: 0 },
			});
			expect(error?.description).toContain('Nothing was sent.');
		}
		expect(bench.received).toEqual([]);
		await bench.run('user.updatePoints', { phone: PHONE, points: 0 });
		expect(bench.updates()).toMatchObject([{ points: 0 }]);
	});

	it.each([
		['UID incorrect', /Check the UID in the credential/],
		['Phone hash incorrect', /knows no electrician with this phone/],
		['UID incorrect/Phone hash incorrect', /Check the UID in the credential and the phone/],
	])('reports "%s" with what to check', async (error, advice) => {
		bench.answer = refusing(error);
		const outcome = await bench.run('user.updatePoints', user(1, 1));
		expect(outcome.error?.message).toBe(`The portal did not accept the points: ${error}`);
		expect(outcome.error?.description).toMatch(advice);
		expect(bench.received).toHaveLength(1);
	});

	it('keeps the order of updates for one phone while others run', async () => {
		const input = Array.from({ length: 60 }, (_, at) => user(at % 3, at));
		bench.answer = (request, response) =>
			void setTimeout(() => accepting(request, response), Math.random() * 10);
		const { items } = await bench.run(
			'user.updatePoints',
			{ ...mapped, options: { concurrency: 8 } },
			{ input },
		);
		expect(items.map(({ json }) => json.points)).toEqual(input.map(({ points }) => points));
		for (const number of [0, 1, 2]) {
			const points = bench
				.updates()
				.filter(({ phone }) => phone === hashOf(`7900000000${number}`))
				.map((update) => update.points as number);
			expect(points).toHaveLength(20);
			expect(points).toEqual(points.toSorted((a, b) => a - b));
		}
	});

	it.each<[string, Handler]>([
		['a lost answer', drop],
		['a server in between', status(503)],
		['a busy one', status(429)],
	])('retries after %s, because it sets a value', async (_, handler) => {
		bench.answer = first(handler);
		const { items } = await bench.run('user.updatePoints', user(1, 5));
		expect(items[0]?.json.updated).toBe(true);
		expect(bench.updates()).toHaveLength(2);
	});

	it.each<[string, Handler, string]>([
		[
			'a page',
			(_, response) => void response.end('<html>Hello</html>'),
			'The portal’s response does not match its documentation',
		],
		['a missing page', status(404), 'The portal returned HTTP 404'],
		['a crash', status(500), 'The portal returned HTTP 500'],
		[
			'nothing',
			(_, response) => void response.end(),
			'The portal’s response does not match its documentation',
		],
	])('explains %s', async (_, handler, message) => {
		bench.answer = handler;
		const { error } = await bench.run('user.updatePoints', user(1, 5));
		expect(error?.message).toBe(message);
		expect(error?.description).toMatch(/Its response/);
	});

	it('never shows the uid, even if the portal returns it', async () => {
		bench.answer = (request, response) => void response.end(request.text);
		expect((await bench.run('user.updatePoints', user(1, 5))).error?.description).toContain('***');
		bench.answer = refusing('UID deadbeef00112233445566778899aabb incorrect');
		expect((await bench.run('user.updatePoints', user(1, 5))).error?.message).toContain(
			'UID *** incorrect',
		);
	});

	it.each<[string, unknown, unknown]>([
		['as a field', { uid: UID }, { uid: '***' }],
		['in another case', { uid: UID.toUpperCase() }, { uid: '***' }],
		['as the name of a field', { data: { [UID]: 1 } }, { data: { '***': 1 } }],
		['within a text', { log: [`uid=${UID}&a=1`, 7] }, { log: ['uid=***&a=1', 7] }],
	])('removes the uid from raw output, %s', async (_, more, shown) => {
		bench.answer = (_request, response) =>
			void response.end(JSON.stringify({ success: true, result: true, ...(more as object) }));
		const { items } = await bench.run('user.updatePoints', { ...user(1, 5), output: 'raw' });
		expect(items[0]?.json).toEqual({ success: true, result: true, ...(shown as object) });
	});

	it('continues where it stopped when n8n retries', async () => {
		bench.answer = first(accepting, status(500));
		const { items } = await bench.run(
			'user.updatePoints',
			{ ...mapped, options: { concurrency: 1 } },
			{ input: [user(1, 1), user(2, 2), user(3, 3)], settings: retried },
		);
		expect(items.map(({ json }) => json.points)).toEqual([1, 2, 3]);
		expect(bench.updates().map(({ points }) => points)).toEqual([1, 2, 2, 3]);
	});

	it('never sends an older value after a newer one when n8n retries', async () => {
		bench.answer = first(status(500), accepting);
		const { items } = await bench.run(
			'user.updatePoints',
			{ ...mapped, options: { concurrency: 1 } },
			{
				input: [user(1, 10), user(1, 20)],
				settings: { ...retried, onError: 'continueRegularOutput' },
			},
		);
		expect(bench.updates().map(({ points }) => points)).toEqual([10, 20]);
		expect(items[0]?.json.message).toContain('a later item has already updated the same record');
		expect(items.map(({ json }) => json.error ?? json.points)).toEqual([
			'The portal returned HTTP 500',
			20,
		]);
	});
});

describe('updates of one phone from several executions', () => {
	const sent = () => bench.updates().map(({ points }) => points);
	const update = async (points: number, more = {}) =>
		await bench.run('user.updatePoints', user(1, points), more);
	const begun = async () => {
		while (bench.received.length === 0) await sleep(5);
	};
	const later =
		(ms: number, handler: Handler): Handler =>
		(request, response) =>
			void setTimeout(() => handler(request, response), ms);

	it('reach the portal in the order in which they began, also when an answer is lost', async () => {
		bench.answer = first(later(100, drop));
		const older = update(10);
		await begun();
		const [newer, newest] = [update(20), update(30)];
		expect((await older).items[0]?.json.updated).toBe(true);
		expect((await newer).items[0]?.json.updated).toBe(true);
		expect((await newest).items[0]?.json.updated).toBe(true);
		expect(sent()).toEqual([10, 10, 20, 30]);
	});

	it.each<[string, Handler, RegExp]>([
		['failed', status(500), /HTTP 500/],
		['was refused', refusing('Phone hash incorrect'), /Phone hash incorrect|Not sent/],
		['was not answered as documented', (_, response) => void response.end('x'), /documentation/],
	])(
		'are not retried by n8n once a newer one is through: the older %s',
		async (_, fail, message) => {
			bench.answer = first(later(50, fail));
			const older = update(10, { settings: { ...retried, waitBetweenTries: 700 } });
			await begun();
			const newer = await update(20);
			expect(newer.items[0]?.json.updated).toBe(true);
			const { error } = await older;
			expect(sent()).toEqual([10, 20]);
			expect(error?.message).toMatch(message);
			expect(`${error?.message} ${error?.description}`).toContain(
				'newer data about the same record was sent meanwhile',
			);
		},
	);

	it('are retried by n8n when the newer one was refused', async () => {
		bench.answer = first(later(50, status(500)), refusing('Phone hash incorrect'));
		const older = update(10, { settings: { ...retried, waitBetweenTries: 700 } });
		await begun();
		expect((await update(20)).error?.message).toContain('Phone hash incorrect');
		expect((await older).items[0]?.json.updated).toBe(true);
		expect(sent()).toEqual([10, 20, 10]);
	});

	it('end at once when they are stopped while they wait', async () => {
		bench.answer = first(later(2_000, accepting));
		const older = update(10);
		await begun();
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 200);
		const startedAt = performance.now();
		await update(20, { stop: stop.signal });
		expect(performance.now() - startedAt).toBeLessThan(1_500);
		await older;
		expect(sent()).toEqual([10]);
	});

	it('do not wait for those of other phones', async () => {
		bench.answer = first(later(1_000, accepting));
		const other = bench.run('user.updatePoints', user(2, 10));
		await begun();
		const startedAt = performance.now();
		await update(20);
		expect(performance.now() - startedAt).toBeLessThan(900);
		await other;
	});
});
