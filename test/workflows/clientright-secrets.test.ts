import axios, { type InternalAxiosRequestConfig } from 'axios';
import { stringify } from 'flatted';
import { WebserviceError } from '../../sandbox/clientright';
import {
	ACCESS_KEY,
	CONTACT,
	startClientRightBench,
	type ClientRightBench,
} from './clientright-bench';
import type { NodeOutcome } from './engine';

let bench: ClientRightBench;
/** What left this process. */
let sent: InternalAxiosRequestConfig[];
beforeAll(() => {
	const adapter = axios.getAdapter('http');
	jest.spyOn(axios, 'getAdapter').mockReturnValue(async (request) => {
		sent.push(request);
		return await adapter(request);
	});
});
beforeEach(async () => {
	sent = [];
	bench = await startClientRightBench({
		operations: [
			{
				name: 'Blab',
				httpMethod: 'POST',
				run(call) {
					const { sessionName = '', a = '' } = call.sent();
					throw new WebserviceError('BLAB', `session ${sessionName}, key ${ACCESS_KEY}, ${a}`);
				},
			},
		],
	});
});
afterEach(async () => {
	await bench.stop();
});

/** Sessions and answers to challenges, out of what was sent. */
function secretsSent(): string[] {
	const texts = sent.map(({ url, data }) => [
		new URL(url!).search.slice(1),
		Buffer.isBuffer(data) ? data.toString() : '',
	]);
	const values = texts.flat().flatMap((form) => {
		const fields = new URLSearchParams(form);
		return ['sessionName', 'sessionId', 'accessKey'].map((name) => fields.get(name) ?? '');
	});
	return [...new Set(values)].filter((value) => value !== '');
}

/** The whole run as n8n saves it, and all that errors carry along. */
function saved({ run, error, hints }: NodeOutcome): string {
	const carried = [error?.message, error?.description, error?.stack, String(error?.cause ?? '')];
	return [stringify(run), JSON.stringify(error ?? ''), ...carried, ...hints].join('\n');
}

function expectNoSecrets(outcome: NodeOutcome, secrets: readonly string[]): void {
	const text = saved(outcome);
	for (const secret of secrets) expect(text).not.toContain(secret);
}

const FAULTS = ['drop', 'reset', 'empty', 'truncated', 'html', 'fatal', 'invalidUtf8'] as const;

describe('no access key, challenge answer or session', () => {
	it('is in a run that works', async () => {
		const outcome = await bench.run('contact.upsert', CONTACT);
		expect(outcome.error).toBeUndefined();
		expect(secretsSent().length).toBeGreaterThanOrEqual(2);
		expectNoSecrets(outcome, [ACCESS_KEY, ...secretsSent()]);
	});

	it.each(
		['getchallenge', 'login', 'CreateProject'].flatMap((operation) =>
			FAULTS.map((kind) => [kind, operation] as const),
		),
	)('is in an error after %s at %s', async (kind, operation) => {
		bench.crm.injectFault({ kind, operation, carryOut: true, times: 3 });
		const outcome = await bench.run('project.create', { contactId: '1', offenderId: '2' });
		// Tokens and sessions that nobody used yet: hexadecimal, with a letter in it, but shorter than
		// the token that n8n gives each execution.
		const unused = saved(outcome).match(/\b(?=\d*[a-f])[0-9a-f]{10,40}\b/g) ?? [];
		expect(unused).toEqual([]);
		expectNoSecrets(outcome, [ACCESS_KEY, ...secretsSent()]);
	});

	it('is in an error text of the CRM that contains them', async () => {
		const outcome = await bench.run('operation.call', {
			operationName: 'Blab',
			parameters: '{"a":"the rest"}',
		});
		expect(outcome.error?.message).toBe(
			'The CRM returned an error for Blab: session •••, key •••, the rest (BLAB)',
		);
		expectNoSecrets(outcome, [ACCESS_KEY, ...secretsSent()]);
	});

	it('is in an error of a GET, whose address contains the session', async () => {
		const call = { operationName: 'listtypes', httpMethod: 'GET' };
		for (const kind of FAULTS) {
			bench.crm.injectFault({ kind, operation: 'listtypes' });
			const outcome = await bench.run('operation.call', call);
			expectNoSecrets(outcome, [ACCESS_KEY, ...secretsSent()]);
		}
	});

	it('is in the error of a wrong key', async () => {
		const credential = { accessKey: 'wrongButSecretKey' };
		const outcome = await bench.run('session.logIn', {}, { credential });
		expect(outcome.error?.message).toMatch(/^The CRM does not accept the access key/);
		expectNoSecrets(outcome, ['wrongButSecretKey', ...secretsSent()]);
	});
});
