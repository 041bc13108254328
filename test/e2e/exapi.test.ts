import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import { readExample } from '../../tools/demo/demo-n8n';
import { exapiOrders } from '../../tools/demo/exapi-orders';
import { installN8n } from '../../tools/n8n/install';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { INSTALL_TIMEOUT, startHost, type Host } from './host';
import { startedByHand } from './trigger-workflows';

const PACKAGE = 'n8n-nodes-partner-exchange';
const WRONG_SECRET = 'a wrong secret 5b0e';

let host: Host;
beforeAll(async () => {
	host = await startHost([exapiOrders]);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
	await host.remove();
}, 60_000);

const credential = (fields: Record<string, string> = {}) => ({
	name: 'Exapi under test',
	type: 'exapiApi',
	data: {
		url: host.address.exapi.url,
		...SANDBOX_PARTNER,
		timeZone: 'Europe/Moscow',
		allowUnauthorizedCerts: false,
		...fields,
	},
});

async function workflowWith(
	credentialId: string,
	settings: Record<string, unknown>,
): Promise<WorkflowDefinition> {
	return await Promise.resolve({
		name: 'Exapi under test',
		nodes: [
			{ ...startedByHand(), name: 'Start', position: [0, 0] },
			{
				name: 'Exapi',
				type: `${PACKAGE}.exapi`,
				typeVersion: 1,
				position: [200, 0],
				parameters: { resource: 'order', operation: 'create', orderId: 'E-1', goodName: 'kettle' },
				credentials: { exapiApi: { id: credentialId, name: 'Exapi under test' } },
				...settings,
			},
		],
		connections: { Start: { main: [[{ node: 'Exapi', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveDataErrorExecution: 'all', saveManualExecutions: true },
	});
}

describe('the package in a real n8n', () => {
	it('runs the example: orders out, CRM numbers and statuses back', async () => {
		const { id } = await readExample(exapiOrders.workflow);
		const { table, problems } = await exapiOrders.run(host, id);
		expect(problems).toEqual([]);
		expect(table).toHaveLength(4);
	}, 60_000);

	it('tests the credential', async () => {
		expect(await host.rest.testCredential(credential())).toMatchObject({ status: 'OK' });
		const { status, message } = await host.rest.testCredential(
			credential({ secret: WRONG_SECRET }),
		);
		expect(status).toBe('Error');
		expect(message).toContain('sender or secret is wrong');
	}, 30_000);

	it('sends a refused order once, whatever n8n retries, and says what to check', async () => {
		const { crm } = host.sandbox.exapi;
		crm.reset();
		crm.injectFault({ kind: 'drop', times: 'always' });
		const credentialId = await host.rest.createCredential(credential());
		const settings = { retryOnFail: true, maxTries: 5, waitBetweenTries: 100 };
		const { id } = await host.rest.createWorkflow(await workflowWith(credentialId, settings));
		const { status, error } = await host.rest.runWorkflow(id);
		expect(status).toBe('error');
		expect(error?.message).toMatch(/^The CRM refused the request/);
		expect(error?.description).toContain('Check the sender, the secret and the URL');
		// The credential's address is new to this process, or was accepted by the example before: in
		// both cases one request.
		expect(crm.statistics().byMethod).toEqual({ addOrder: 1 });
	}, 60_000);

	it('fails with a wrong secret without showing it', async () => {
		host.sandbox.exapi.crm.reset();
		const credentialId = await host.rest.createCredential(credential({ secret: WRONG_SECRET }));
		const { id } = await host.rest.createWorkflow(await workflowWith(credentialId, {}));
		const outcome = await host.rest.runWorkflow(id);
		expect(outcome.status).toBe('error');
		expect(JSON.stringify(outcome)).not.toContain(WRONG_SECRET);
		expect(host.sandbox.exapi.crm.statistics()).toMatchObject({ requests: 1, refused: 1 });
	}, 60_000);

	it('shows the editor the shape of an output before anything has run', async () => {
		const response = await fetch(
			`${host.n8n.url}/schemas/${PACKAGE}.exapi/1.0.0/order/getStatus.json`,
		);
		expect(await response.json()).toMatchObject({
			type: 'object',
			properties: { orderId: { type: 'string' } },
		});
	});

	it('brings no copy of n8n, no tests and no sandbox', async () => {
		const nodes = join(host.n8n.userFolder, '.n8n', 'nodes', 'node_modules', PACKAGE);
		const files = await readdir(nodes, { recursive: true });
		expect(files).toContain(join('dist', 'nodes', 'Exapi', 'Exapi.node.js'));
		const foreign = files.filter((file) =>
			/^(test|sandbox|tools|examples)|^dist[\\/](test|sandbox|tools)|\.test\.|n8n-(workflow|core)/.test(
				file,
			),
		);
		expect(foreign).toEqual([]);
	});

	it("uses the host's own n8n-workflow", async () => {
		const { node, folder } = await installN8n({ progress: () => undefined });
		const script = "require('./dist/nodes/Exapi/Exapi.node.js'); require.resolve('n8n-workflow')";
		const { stdout } = await promisify(execFile)(node, ['-p', script], {
			cwd: join(host.n8n.userFolder, '.n8n', 'nodes', 'node_modules', PACKAGE),
			// As n8n sets it for the packages that it loads.
			env: { NODE_PATH: join(folder, 'node_modules') },
		});
		expect(stdout.startsWith(join(folder, 'node_modules', 'n8n-workflow'))).toBe(true);
	});

	// The last one: the database is complete when n8n has stopped.
	it('leaves no secret in the database, in executions or in logs', async () => {
		await host.n8n.stop();
		expect(await host.filesWith('E-1')).not.toEqual([]);
		expect(await host.filesWith(SANDBOX_PARTNER.secret, WRONG_SECRET)).toEqual([]);
	}, 60_000);
});
