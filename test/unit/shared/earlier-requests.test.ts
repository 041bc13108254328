import type { IExecuteFunctions } from 'n8n-workflow';
import { WebserviceClient } from '../../../nodes/ClientRight/client/client';
import { SessionPool } from '../../../nodes/ClientRight/client/sessions';
import { type CallOutcome, PartnerError } from '../../../nodes/shared/errors';
import { HttpFailure, withRetries, type HttpClient } from '../../../nodes/shared/http';
import { connectTimeoutOf } from '../../../nodes/shared/http/failure';
import { runUnits, type Work } from '../../../nodes/shared/items/attempt';
import { OutageGuard } from '../../../nodes/shared/items/outage';
import { ClientBench } from '../exapi/client-bench';

/** What an error says about sending when an earlier request of the same call was sent. */

const NOTHING_SENT = /Nothing was sent/;
const NOTHING_MORE_SENT = /^Nothing more was sent\./;

const noConnection = () => connectTimeoutOf('crm.example.com', 10_000);
const failedBy = (outcome: CallOutcome) => new PartnerError(`it was ${outcome}`, { outcome });

const descriptionOf = async (promise: Promise<unknown>): Promise<string> => {
	const error = await promise.then(
		() => undefined,
		(reason: unknown) => reason,
	);
	expect(error).toBeInstanceOf(PartnerError);
	return (error as PartnerError).description;
};

/** Fails with each of the errors in turn, and then with the last one. */
const failing = (...makers: Array<() => Error>) => {
	let calls = 0;
	return async () => {
		const make = makers[Math.min(calls++, makers.length - 1)];
		return await Promise.reject(make?.() ?? new Error('no error was given'));
	};
};

describe('repeating', () => {
	const again = () => ({ again: true, after: 1 });
	const earlier: Array<[string, () => Error]> = [
		['rejected', () => failedBy('rejected')],
		['refused', () => failedBy('refused')],
		['a timeout', () => new HttpFailure('timeout', 'crm.example.com did not respond within 1 s')],
	];

	describe.each([
		['read', false],
		['write', true],
	])('of a %s', (_, isWrite) => {
		it.each(earlier)('never says that nothing was sent after %s', async (_name, sent) => {
			const once = await descriptionOf(
				withRetries(failing(sent, noConnection), again, undefined, isWrite),
			);
			const twice = await descriptionOf(
				withRetries(failing(sent, noConnection, noConnection), again, undefined, isWrite),
			);
			expect(once).not.toMatch(NOTHING_SENT);
			expect(twice).not.toMatch(NOTHING_SENT);
		});

		it('says that nothing was sent when no attempt had a connection', async () => {
			const text = await descriptionOf(
				withRetries(failing(noConnection), again, undefined, isWrite),
			);
			expect(text).toMatch(/^Nothing was sent\./);
		});
	});

	it('keeps the outcome of the last attempt after a rejected one', async () => {
		const call = failing(() => failedBy('rejected'), noConnection);
		await expect(withRetries(call, again, undefined, true)).rejects.toMatchObject({
			outcome: 'notSent',
			noConnection: true,
			description: expect.stringMatching(NOTHING_MORE_SENT) as string,
		});
	});
});

describe('a node that n8n retries', () => {
	const nodeOf = (executionId: string): IExecuteFunctions =>
		({
			getNode: () => ({ id: 'node', retryOnFail: true }),
			getExecutionId: () => executionId,
			getWorkflowDataProxy: () => ({ $runIndex: 0 }),
			getInputData: () => [],
			getExecutionCancelSignal: () => undefined,
			onExecutionFinish: () => undefined,
			continueOnFail: () => true,
		}) as unknown as IExecuteFunctions;

	const attempt = async (
		node: IExecuteFunctions,
		isWrite: boolean,
		send: () => Promise<string>,
	) => {
		const work: Work<number, string> = { isWrite, carryOut: send };
		const results = await runUnits(node, work, [{ done: true, value: 0 }], 1);
		const error = results[0]?.done === false ? results[0].error : undefined;
		return error instanceof PartnerError ? error.description : '';
	};

	describe.each([
		['read', false],
		['write', true],
	])('for a %s', (name, isWrite) => {
		it.each<CallOutcome>(['rejected', 'unknown'])(
			'never says that nothing was sent after an attempt that was %s',
			async (outcome) => {
				const node = nodeOf(`${name} ${outcome}`);
				await attempt(
					node,
					isWrite,
					failing(() => failedBy(outcome)),
				);
				expect(await attempt(node, isWrite, failing(noConnection))).not.toMatch(NOTHING_SENT);
				expect(await attempt(node, isWrite, failing(noConnection))).not.toMatch(NOTHING_SENT);
			},
		);

		it('says that nothing was sent after an attempt without a connection', async () => {
			const node = nodeOf(`${name} unsent`);
			await attempt(node, isWrite, failing(noConnection));
			expect(await attempt(node, isWrite, failing(noConnection))).toMatch(/^Nothing was sent\./);
		});
	});

	it('never says that nothing was sent after a read that succeeded', async () => {
		const node = nodeOf('read success');
		await attempt(node, false, async () => await Promise.resolve('done'));
		expect(await attempt(node, false, failing(noConnection))).toMatch(NOTHING_MORE_SENT);
	});
});

describe('OutageGuard', () => {
	it('gives up an item of which a request was sent without saying that nothing was', async () => {
		const guard = new OutageGuard({ items: 1, suspect: 0, pause: 1, probe: 20, wait: 60 });
		const sent = async () => await Promise.reject(noConnection().markSent());
		const unsent = failing(noConnection);
		const [first, second] = await Promise.all([
			descriptionOf(guard.run(0, sent, undefined)),
			descriptionOf(guard.run(1, unsent, undefined)),
		]);
		expect(first).not.toMatch(NOTHING_SENT);
		expect(second).toMatch(/^Nothing was sent\./);
	});
});

describe('an exapi call', () => {
	it.each([true, false])(
		'told to come later, then without a connection: write %s',
		async (changes) => {
			const bench = await ClientBench.start();
			bench.respond = (response) => {
				response.writeHead(429, { 'retry-after': '0', connection: 'close' }).end();
				void bench.stop();
			};
			const error = await bench.call({ changes });
			expect(error).toMatchObject({ outcome: 'notSent', noConnection: true });
			expect((error as PartnerError).description).toMatch(NOTHING_MORE_SENT);
		},
	);
});

describe('a ClientRight call', () => {
	const json = (value: object) => ({
		status: 200,
		headers: {},
		body: Buffer.from(JSON.stringify(value)),
	});
	const gone = { success: false, error: { code: 'INVALID_SESSIONID', message: 'gone' } };
	const credential = {
		url: 'https://crm.example.com/webservice.php',
		username: 'user',
		accessKey: 'never-to-be-seen',
		allowUnauthorizedCerts: false,
	};

	it.each(['read', 'upsert', 'write'] as const)(
		'whose session is gone, then without a connection: %s',
		async (effect) => {
			let logins = 0;
			const send: HttpClient = async ({ url, body }) => {
				const text = `${url} ${typeof body === 'string' ? body : ''}`;
				if (text.includes('getchallenge') && logins > 0) throw noConnection();
				if (text.includes('getchallenge'))
					return await Promise.resolve(json({ success: true, result: { token: 't' } }));
				if (!text.includes('operation=login')) return json(gone);
				logins += 1;
				return json({ success: true, result: { sessionName: 's', userId: '19x1' } });
			};
			const sessions = { pool: new SessionPool(), limit: 1 };
			const client = new WebserviceClient({ credential, send, timeout: 1_000 }, sessions);
			const call = { operation: 'retrieve', method: 'POST', fields: {} } as const;
			const text = await descriptionOf(client.call(call, { effect }));
			expect(logins).toBe(1);
			expect(text).toMatch(NOTHING_MORE_SENT);
		},
	);
});
