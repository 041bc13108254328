import { startCuttingProxy, type CuttingProxy } from '../unit/shared/cutting-proxy';
import { CONTACT, startClientRightBench, USERNAME, ACCESS_KEY } from './clientright-bench';
import {
	accepting,
	startElektrikBench,
	UID,
	type ElektrikBench,
	type Handler,
} from './elektrik-bench';
import type { NodeOutcome, NodeRun } from './engine';

/** An earlier attempt may have been executed, which no later one hides. */

const retried = { retryOnFail: true, maxTries: 2, waitBetweenTries: 300 };
const POINTS = { phone: '79000000001', points: 5 };
const LOST = { direction: 'response', afterBytes: 0, how: 'reset' } as const;

let portal: ElektrikBench;
let proxy: CuttingProxy;
beforeEach(async () => {
	portal = await startElektrikBench();
	proxy = await startCuttingProxy(portal.url);
});
afterEach(async () => {
	await proxy.close();
	await portal.stop();
});

const update = async (more: Partial<NodeRun> = {}, parameters: NodeRun['parameters'] = POINTS) =>
	await portal.run('user.updatePoints', parameters, {
		credentials: { elektrikApi: { url: proxy.url, uid: UID, allowUnauthorizedCerts: false } },
		...more,
	});

const textOf = ({ error, items }: NodeOutcome) =>
	error ? `${error.message}. ${error.description}` : JSON.stringify(items[0]?.json);

const status =
	(code: number, then: () => void = () => undefined): Handler =>
	(_, response) => {
		response.writeHead(code, { connection: 'close' }).end('<html>Oops</html>');
		then();
	};
const first =
	(...handlers: Handler[]): Handler =>
	(request, response) =>
		(handlers.shift() ?? accepting)(request, response);

describe('user.updatePoints', () => {
	it.each([
		{},
		{ settings: retried },
		{ settings: { ...retried, onError: 'continueRegularOutput' } },
	])(
		'stays unknown when its answer was lost and the portal is unavailable afterwards: %j',
		async (more) => {
			proxy.cuts.push({ ...LOST, thenRefuse: true });
			const text = textOf(await update(more as Partial<NodeRun>));
			expect(portal.updates()).toHaveLength(1);
			expect(text).not.toMatch(/nothing was sent/i);
			expect(text).toContain('closed the connection without a response');
			expect(text).toContain(
				'The partner may have executed that attempt. A later attempt failed: ',
			);
			expect(text).toContain('nothing listens on that port');
		},
	);

	it('stays unknown when the portal is unavailable for the attempt that n8n makes', async () => {
		portal.answer = status(500, () => void setTimeout(() => proxy.refuse(), 50));
		const text = textOf(await update({ settings: retried }));
		expect(portal.updates()).toHaveLength(1);
		expect(text).toContain('The portal returned HTTP 500');
		expect(text).toContain('nothing listens on that port');
		expect(text).not.toMatch(/nothing was sent/i);
	});

	it('stays unknown when the portal says no to the attempt that n8n makes', async () => {
		portal.answer = first(status(500), (_, response) => {
			response.end('{"success":true,"result":false,"error":"UID incorrect"}');
		});
		const text = textOf(await update({ settings: retried }));
		expect(portal.updates()).toHaveLength(2);
		expect(text).toContain('The portal returned HTTP 500');
		expect(text).toContain('A later attempt failed: The portal did not accept the points');
	});

	it('says so once only, however often n8n tries', async () => {
		portal.answer = status(500, () => void setTimeout(() => proxy.refuse(), 50));
		const text = textOf(await update({ settings: { ...retried, maxTries: 5 } }));
		expect(text.match(/A later attempt failed/g)).toHaveLength(1);
	});

	it('is done when a later attempt is accepted', async () => {
		portal.answer = first(status(500));
		expect((await update({ settings: retried })).items[0]?.json.updated).toBe(true);
	});

	it('says "Nothing was sent" when that is true of every attempt', async () => {
		proxy.refuse();
		const text = textOf(await update({ settings: retried }));
		expect(text).toContain('Nothing was sent.');
		expect(text).not.toContain('may have executed');
	});

	it('is not listed as not sent when the user stops before the second attempt', async () => {
		const stop = new AbortController();
		portal.answer = (request, response) =>
			request.text.includes('"points":7')
				? status(500)(request, response)
				: void setTimeout(() => status(404)(request, response), 200);
		setTimeout(() => stop.abort(), 1_000);
		const { error } = await update(
			{
				input: [POINTS, { phone: '79000000002', points: 7 }],
				settings: { ...retried, waitBetweenTries: 3_000 },
				stop: stop.signal,
			},
			{ dataMode: 'autoMapInputData', options: { concurrency: 2 } },
		);
		expect(portal.updates()).toHaveLength(2);
		expect(error?.description).toContain('Also failed: item 1.');
		expect(error?.description).not.toContain('Not sent: item 1');
	});
});

describe('contact.upsert', () => {
	it.each([{}, { settings: retried }])(
		'stays unknown when its answer was lost and the CRM is unavailable afterwards: %j',
		async (more) => {
			const bench = await startClientRightBench();
			const front = await startCuttingProxy(bench.url);
			const credential = { url: front.url, username: USERNAME, accessKey: ACCESS_KEY };
			try {
				bench.crm.injectFault({ kind: 'delay', ms: 300, operation: 'CreateContact' });
				const run = bench.run('contact.upsert', CONTACT, { credential, ...more });
				while (bench.crm.contacts().length === 0) await new Promise(setImmediate);
				front.refuse();
				const text = textOf(await run);
				expect(bench.crm.contacts()).toHaveLength(1);
				expect(text).not.toMatch(/nothing was sent/i);
				expect(text).toContain('closed the connection without a response');
				expect(text).toContain('nothing listens on that port');
				expect(text).toContain('Check there before you send it again');
			} finally {
				await front.close();
				await bench.stop();
			}
		},
	);
});
