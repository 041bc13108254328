import fc from 'fast-check';
import { createSandbox } from '../../sandbox/server';
import { startCuttingProxy, type Cut, type CuttingProxy } from '../unit/shared/cutting-proxy';
import { runNode, type NodeOutcome } from './engine';

/** Connections that are cut anywhere: no order twice, and no "Nothing was sent" that is untrue. */

const LONG = process.env.PARTNER_EXCHANGE_LONG === '1';
const RUNS = LONG ? 200 : 40;
const AT_ONCE = 8;
/** Runs are the same each time; another seed cuts elsewhere. */
const SEED = Number(process.env.PARTNER_EXCHANGE_CUT_SEED ?? 20_261_127);

interface Scenario {
	tls: boolean;
	/** For the first connections, one each. */
	cuts: Cut[];
	onLostAnswer: 'fail' | 'askStatus';
	goesOn: boolean;
}

/** Bytes in either direction, so that cuts fall into the whole exchange and the handshake. */
const SIZES = { http: { request: 500, response: 400 }, https: { request: 1_100, response: 2_200 } };

function cutOf(tls: boolean): fc.Arbitrary<Cut> {
	const sizes = tls ? SIZES.https : SIZES.http;
	return fc.constantFrom<Cut['direction']>('request', 'response').chain((direction) =>
		fc.record({
			direction: fc.constant(direction),
			afterBytes: fc.oneof(
				fc.constant(0),
				fc.integer({ min: 1, max: sizes[direction] }),
				fc.integer({ min: 1, max: sizes[direction] }),
			),
			how: fc.constantFrom<Cut['how']>(
				'end',
				'reset',
				'EHOSTUNREACH',
				'ENETUNREACH',
				'EPERM',
				'EPROTO',
				'ETIMEDOUT',
			),
			thenRefuse: fc.boolean(),
		}),
	);
}

const scenario: fc.Arbitrary<Scenario> = fc.boolean().chain((tls) =>
	fc.record({
		tls: fc.constant(tls),
		cuts: fc.array(cutOf(tls), { minLength: 1, maxLength: 4 }),
		onLostAnswer: fc.constantFrom<Scenario['onLostAnswer']>('fail', 'askStatus'),
		goesOn: fc.boolean(),
	}),
);

const senderOf = (run: number) => `partner_${run}`;
const secretOf = (run: number) => `never-to-be-seen ${run}`;

/** A partner of its own for each run: what one CRM refused says nothing about the next. */
const sandbox = createSandbox({
	exapi: {
		partners: Object.fromEntries(
			Array.from({ length: RUNS }, (_, run) => [senderOf(run), secretOf(run)]),
		),
	},
});
const { crm } = sandbox.exapi;
let url: string;
beforeAll(async () => {
	url = (await sandbox.start()).exapi.url;
});
afterAll(async () => await sandbox.stop());

async function createOrder(run: number, proxy: CuttingProxy, wanted: Scenario) {
	return await runNode({
		node: 'exapi',
		parameters: {
			resource: 'order',
			operation: 'create',
			orderId: `A-${run}`,
			goodName: 'kettle',
			options: { onLostAnswer: wanted.onLostAnswer, timeout: 10 },
		},
		credentials: {
			exapiApi: {
				url: `${proxy.url}?run=${run}`,
				sender: senderOf(run),
				secret: secretOf(run),
				timeZone: 'Europe/Moscow',
				allowUnauthorizedCerts: true,
			},
		},
		settings: {
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 1,
			...(wanted.goesOn && { onError: 'continueRegularOutput' }),
		},
	});
}

/** What a user reads; empty for an order that was added. */
function errorText({ error, items }: NodeOutcome): string {
	if (error) return `${error.message}. ${error.description}`;
	const json = items[0]?.json ?? {};
	return json.error === undefined ? '' : JSON.stringify(json);
}

interface Result {
	text: string;
	requestBytes: number;
	cutsMade: number;
	/** How often the CRM got the order. */
	received: number;
}

async function play(run: number, wanted: Scenario): Promise<Result> {
	const isForeign = (request: string) =>
		request.includes('?run=') && !request.includes(`?run=${run} `);
	const proxy = await startCuttingProxy(url, wanted.tls, isForeign);
	proxy.cuts.push(...wanted.cuts);
	try {
		const text = errorText(await createOrder(run, proxy, wanted));
		return {
			text,
			requestBytes: proxy.requestBytes(),
			cutsMade: proxy.cutsMade(),
			received: crm.receipts()[`A-${run}`] ?? 0,
		};
	} finally {
		await proxy.close();
	}
}

it(`${RUNS} orders over connections that are cut are added once at most, and told as they are`, async () => {
	const scenarios = fc.sample(scenario, { numRuns: RUNS, seed: SEED });
	const results: Result[] = [];
	let next = 0;
	const work = async () => {
		while (next < RUNS) {
			const run = next++;
			results[run] = await play(run, scenarios[run]!);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, work));

	const shown = results.map((result, run) => ({ ...result, ...scenarios[run]! }));
	expect(shown.filter(({ received }) => received > 1)).toEqual([]);
	expect(
		shown.filter(
			({ text, requestBytes, received }) =>
				/nothing was sent/i.test(text) && (requestBytes > 0 || received > 0),
		),
	).toEqual([]);
	expect(shown.filter(({ text, received }) => text === '' && received !== 1)).toEqual([]);
	expect(shown.filter(({ text }) => text.includes('never-to-be-seen'))).toEqual([]);
	// The cuts must hit something: requests that were lost, some that were not sent, some that worked.
	expect(shown.filter(({ cutsMade }) => cutsMade > 0).length).toBeGreaterThan(RUNS / 2);
	expect(shown.some(({ text, tls }) => tls && /nothing was sent/i.test(text))).toBe(true);
	for (const tls of [false, true]) {
		const some = shown.filter((result) => result.tls === tls);
		expect(some.some(({ text }) => text === '')).toBe(true);
		expect(some.some(({ text, received }) => text !== '' && received === 1)).toBe(true);
	}
}, 300_000);
