import type { ICredentialsDecrypted } from 'n8n-workflow';
import { elektrikApiTest } from '../../nodes/Elektrik/client/portal';
import { startElektrikBench, UID, type ElektrikBench } from './elektrik-bench';
import { credentialTestFunctions } from './engine';

let bench: ElektrikBench;
beforeEach(async () => {
	bench = await startElektrikBench();
});
afterEach(async () => await bench.stop());

async function test(fields: Record<string, unknown> = {}) {
	const data = { url: bench.url, uid: UID, allowUnauthorizedCerts: false, ...fields };
	const credential = { id: '1', name: 'x', type: 'elektrikApi', data } as ICredentialsDecrypted;
	const result = await elektrikApiTest.call(credentialTestFunctions(), credential);
	expect(JSON.stringify(result)).not.toContain(UID);
	return result;
}

const refuse = (error: string) => {
	bench.answer = (_, response) =>
		void response.end(JSON.stringify({ success: true, result: false, error }));
};

describe('the test of the elektrik credential', () => {
	it('sends an unknown hash, and treats the portal’s rejection of it as success', async () => {
		refuse('Phone hash incorrect');
		expect(await test()).toEqual({ status: 'OK', message: 'The portal knows this UID' });
		const [first] = bench.updates();
		await test();
		expect(bench.updates()[1]?.phone).not.toBe(first?.phone);
		expect(first).toMatchObject({ points: 0, phone: expect.stringMatching(/^[0-9a-f]{32}$/) });
	});

	it.each([
		['UID incorrect', /does not know this UID/],
		['UID incorrect/Phone hash incorrect', /did not say whether it knows this UID/],
	])('says what "%s" means', async (error, message) => {
		refuse(error);
		expect(await test()).toMatchObject({
			status: 'Error',
			message: expect.stringMatching(message),
		});
		expect(bench.received).toHaveLength(1);
	});

	it('says when it is no portal', async () => {
		bench.answer = (_, response) => void response.writeHead(503).end('busy');
		expect(await test()).toMatchObject({
			status: 'Error',
			message: expect.stringContaining('HTTP 503'),
		});
		expect(bench.received).toHaveLength(1);
	});

	it('says what is missing, and sends nothing', async () => {
		expect((await test({ uid: '' })).message).toContain('The UID');
		expect((await test({ url: 'x' })).message).toContain('The URL');
		expect(bench.received).toEqual([]);
	});
});
