/** @needs nginx */

import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import { readExample } from '../../tools/demo/demo-n8n';
import { exapiOrders } from '../../tools/demo/exapi-orders';
import { installN8n } from '../../tools/n8n/install';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { startNginx, type Nginx } from '../peers/nginx';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { startedByHand, triggerWorkflow } from './trigger-workflows';

const PACKAGE = 'n8n-nodes-partner-exchange';
const WRONG_SECRET = 'a wrong secret 5b0e';

/** How our own trigger, as the CRM, rejects a request. */
const REJECTIONS = ['drop', '401'] as const;
const ON_ERROR = ['stopWorkflow', 'continueRegularOutput', 'continueErrorOutput'];

let host: SharedHost;
let nginx: Nginx;
beforeAll(async () => {
	host = await useHost([exapiOrders]);
	nginx = await startNginx(inFrontOfBoth);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await nginx.stop();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

const accessLog = () => join(host.n8n.userFolder, 'nginx-access.log');

/** As Debian's nginx passes requests on, with nothing else set. */
const inFrontOfBoth = (listen: string) => `
	log_format address '$request_uri';
	server {
		listen ${listen};
		access_log ${accessLog()} address;
		location /crm/ { proxy_pass ${host.address.exapi.url}; }
		location /n8n/ { proxy_pass ${host.n8n.url}/; }
	}`;

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

/**
 * Runs an operation with a wrong secret and n8n's Retry On Fail, through nginx.
 *
 * @returns what n8n stored of the execution, as text
 */
async function runBehindNginx(
	address: string,
	operation: string,
	settings: Record<string, unknown>,
): Promise<string> {
	const url = `${nginx.url}/${address}`;
	const credentialId = await host.rest.createCredential(credential({ url, secret: WRONG_SECRET }));
	const retried = { retryOnFail: true, maxTries: 5, waitBetweenTries: 100, ...settings };
	const workflow = await workflowWith(credentialId, retried);
	Object.assign(workflow.nodes[1]!.parameters, { operation, orderIds: 'E-1' });
	const { id } = await host.rest.createWorkflow(workflow);
	const outcome = await host.rest.runWorkflow(id);
	const text = JSON.stringify(outcome);
	expect(text).toContain('The CRM refused the request');
	return text;
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

	it('sends nothing with a secret that the credential test found to be wrong', async () => {
		const { crm } = host.sandbox.exapi;
		crm.reset();
		const credentialId = await host.rest.createCredential(credential({ secret: WRONG_SECRET }));
		const { id } = await host.rest.createWorkflow(await workflowWith(credentialId, {}));
		const { error } = await host.rest.runWorkflow(id);
		expect(error?.message).toMatch(
			/^Not sent, because the CRM refused this credential .* next attempt at/,
		);
		expect(crm.statistics().requests).toBe(0);
	}, 60_000);

	it('fails with a wrong secret without showing it', async () => {
		host.sandbox.exapi.crm.reset();
		const secret = `${WRONG_SECRET}, another one`;
		const credentialId = await host.rest.createCredential(credential({ secret }));
		const { id } = await host.rest.createWorkflow(await workflowWith(credentialId, {}));
		const outcome = await host.rest.runWorkflow(id);
		expect(outcome.status).toBe('error');
		expect(JSON.stringify(outcome)).not.toContain(WRONG_SECRET);
		expect(host.sandbox.exapi.crm.statistics()).toMatchObject({ requests: 1, refused: 1 });
	}, 60_000);

	it.each(ON_ERROR)(
		'sends one request with a wrong secret to a CRM behind nginx, with Retry On Fail and On Error %s',
		async (onError) => {
			const { crm } = host.sandbox.exapi;
			for (const operation of ['create', 'getStatus']) {
				crm.reset();
				await runBehindNginx(`crm/?${operation}-${onError}`, operation, { onError });
				expect(crm.statistics()).toMatchObject({ requests: 1, refused: 1 });
			}
		},
		120_000,
	);

	it.each(REJECTIONS)(
		'sends one request with a wrong secret to our own trigger behind nginx, which rejects with %s',
		async (rejectWith) => {
			const partners = await host.rest.createCredential({
				name: 'Partners',
				type: 'exapiPartnersApi',
				data: { partners: JSON.stringify({ [SANDBOX_PARTNER.sender]: SANDBOX_PARTNER.secret }) },
			});
			const path = `behind-nginx-${rejectWith}`;
			const parameters = { options: { rejectWith } };
			const { id } = await host.rest.createWorkflow(triggerWorkflow(path, partners, parameters));
			await host.rest.activate(id);
			for (const onError of ON_ERROR) {
				const address = `n8n/webhook/${path}?${onError}`;
				const text = await runBehindNginx(address, 'create', { onError });
				expect(text).toContain(rejectWith === 'drop' ? 'HTTP 502' : 'HTTP 401');
				expect(text.includes('is down behind its proxy')).toBe(rejectWith === 'drop');
			}
			// nginx writes the line after it has sent the response.
			await sleep(500);
			const requests = (await readFile(accessLog(), 'utf8')).split('\n');
			expect(requests.filter((request) => request.includes(path))).toHaveLength(ON_ERROR.length);
		},
		120_000,
	);

	it('adds an order behind nginx with the right secret', async () => {
		host.sandbox.exapi.crm.reset();
		const credentialId = await host.rest.createCredential(credential({ url: `${nginx.url}/crm/` }));
		const { id } = await host.rest.createWorkflow(await workflowWith(credentialId, {}));
		expect(await host.rest.runWorkflow(id)).toMatchObject({ status: 'success' });
		expect(host.sandbox.exapi.crm.orders()).toHaveLength(1);
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
		// A dependency may bring tests of its own, and none may bring a copy of n8n.
		const foreign = files.filter((file) =>
			/^(test|sandbox|tools|examples)|^dist[\\/](test|sandbox|tools|.*\.test\.)|n8n-(workflow|core)/.test(
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

	// The last one: after all executions.
	it('leaves no secret in the database, in executions or in logs', async () => {
		expect(await host.filesWith('E-1')).not.toEqual([]);
		expect(await host.filesWith(SANDBOX_PARTNER.secret, WRONG_SECRET)).toEqual([]);
	}, 60_000);
});
