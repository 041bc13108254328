import { setTimeout as sleep } from 'node:timers/promises';
import manifest from '../../package.json';
import { SANDBOX_USER } from '../../sandbox/clientright';
import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import { outputOf } from '../../tools/n8n/execution';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { CONTACT_SAMPLE } from '../clientright-samples';
import { clientRightWorkflow, NODE } from './clientright-workflow';
import { createCredential, publishDistributor } from './elektrik-distributor';
import { hashOf, pointsWorkflow, type ElektrikCredential } from './elektrik-workflows';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { Partner } from './partner';
import { addsOrder, KEY, ORDER } from './trigger-cases';
import { set, startedByHand, triggerWorkflow } from './trigger-workflows';

/** Every node and every trigger once, as `npm test` has it: the other files look closer. */

const PACKAGE = 'n8n-nodes-partner-exchange';
const PHONE = '70000000001';
/** n8n takes no schedule with several seconds in it, but several schedules. */
const EVERY_TWO_SECONDS = Array.from({ length: 30 }, (_, index) => ({
	mode: 'custom',
	cronExpression: `${index * 2} * * * * *`,
}));

let host: SharedHost;
let crm: { id: string; name: string };
let portal: ElektrikCredential;
beforeAll(async () => {
	host = await useHost([], { elektrik: { electricians: [{ phone: PHONE }] } });
	const { exapi, elektrik } = host.address;
	const data = { url: exapi.url, ...SANDBOX_PARTNER, timeZone: 'Europe/Moscow' };
	const id = await host.rest.createCredential({ name: 'CRM', type: 'exapiApi', data });
	crm = { id, name: 'CRM' };
	portal = await createCredential(host, { url: elektrik.url, ...SANDBOX_DISTRIBUTOR });
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
}, CLEAN_UP_TIMEOUT);

/** One of our exapi nodes behind a trigger, or as the trigger. */
function exapiWorkflow(type: string, parameters: Record<string, unknown>): WorkflowDefinition {
	const ours = {
		name: 'Ours',
		type: `${PACKAGE}.${type}`,
		typeVersion: 1,
		position: [200, 0] as [number, number],
		parameters,
		credentials: { exapiApi: crm },
	};
	const other = type === 'exapi' ? startedByHand() : set('={{ $json }}');
	const [from, to] = type === 'exapi' ? ['Other', 'Ours'] : ['Ours', 'Other'];
	return {
		name: type,
		nodes: [ours, { ...other, name: 'Other', position: [0, 0] }],
		connections: { [from]: { main: [[{ node: to, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', saveManualExecutions: true },
	};
}

it('n8n shows every node of the package in its editor', async () => {
	const names = manifest.n8n.nodes
		.map((file) => /(\w+)\.node\.js$/.exec(file)![1]!)
		.map((name) => `${name[0]!.toLowerCase()}${name.slice(1)}`);
	const nodeInfos = names.map((name) => ({ name: `${PACKAGE}.${name}`, version: 1 }));
	const shown = await host.rest.call<Array<{ name: string; iconUrl?: object }>>(
		'POST',
		'/node-types',
		{ nodeInfos },
	);
	expect(names).toHaveLength(6);
	expect(shown.map(({ name }) => name)).toEqual(names);
	expect(shown.filter(({ iconUrl }) => iconUrl === undefined)).toEqual([]);
}, 60_000);

it('Exapi adds an order', async () => {
	const order = { orderId: 'S-1', goodName: 'kettle' };
	const parameters = { resource: 'order', operation: 'create', ...order };
	const { id } = await host.rest.createWorkflow(exapiWorkflow('exapi', parameters));
	const outcome = await host.rest.runWorkflow(id);
	expect(outcome.error).toBeUndefined();
	const stored = host.sandbox.exapi.crm.order('S-1');
	expect(outputOf(outcome, 'Ours').map(({ json }) => json)).toMatchObject([
		{ orderId: 'S-1', crmId: stored!.crmId },
	]);
}, 60_000);

it('ClientRight stores a client', async () => {
	const data = { url: host.address.clientright.url, ...SANDBOX_USER };
	const credential = { name: 'CRM', type: 'clientRightApi', data };
	const credentialId = await host.rest.createCredential(credential);
	const parameters = { dataMode: 'autoMapInputData' };
	const parts = ['contact.upsert', parameters, [CONTACT_SAMPLE.item]] as const;
	const { id } = await host.rest.createWorkflow(clientRightWorkflow(credentialId, ...parts));
	const outcome = await host.rest.runWorkflow(id);
	expect(outcome.error).toBeUndefined();
	const contactId = outputOf(outcome, NODE)[0]?.json[CONTACT_SAMPLE.id] as string;
	expect(host.sandbox.clientright.crm.record(contactId)).toMatchObject({
		fields: CONTACT_SAMPLE.wire,
	});
}, 60_000);

it('Elektrik.ru tells the portal the points of an electrician', async () => {
	const workflow = pointsWorkflow('points', portal, [{ phone: PHONE, points: 12.5 }]);
	const { id } = await host.rest.createWorkflow(workflow);
	expect((await host.rest.runWorkflow(id)).error).toBeUndefined();
	expect(host.sandbox.elektrik.portal.electrician(PHONE)).toMatchObject({ points: 12.5 });
}, 60_000);

it('Exapi Trigger answers only a partner', async () => {
	const credentialId = await host.rest.createCredential({
		name: 'Partners',
		type: 'exapiPartnersApi',
		data: { partners: JSON.stringify({ [KEY.sender]: KEY.secret }) },
	});
	const { id } = await host.rest.createWorkflow(
		triggerWorkflow('smoke-orders', credentialId, {}, addsOrder),
	);
	await host.rest.activate(id);
	const url = `${host.n8n.url}/webhook/smoke-orders`;
	expect((await new Partner(url, KEY).call('addOrder', [ORDER])).result).toBe(5001);
	const stranger = new Partner(url, { ...KEY, secret: 'wrong' });
	expect(await stranger.send(stranger.sign('addOrder', [ORDER]))).toBe('closed');
}, 60_000);

it.each(['json', 'soap'] as const)(
	'Elektrik.ru Trigger answers a check by %s',
	async (protocol) => {
		const path = `smoke-check-${protocol}`;
		const distributor = await publishDistributor(host, host.n8n.url, portal, path);
		const known = await distributor.check(protocol, hashOf(99));
		expect(known).toMatchObject({ status: 200, exist: true, points: 99 });
		const unknown = await distributor.check(protocol, 'b'.repeat(32));
		expect(unknown).toMatchObject({ status: 200, exist: false });
	},
	60_000,
);

it('Exapi Order Trigger starts a workflow with an order that changed', async () => {
	const workflow = exapiWorkflow('exapiOrderTrigger', {
		pollTimes: { item: EVERY_TWO_SECONDS },
		event: 'statusChanged',
		startFrom: 'now',
	});
	const { id } = await host.rest.createWorkflow(workflow);
	await host.rest.activate(id);
	host.sandbox.exapi.crm.seed({ orderId: 'S-2', status: 'paid' });
	let started: string[] = [];
	while (started.length === 0) {
		await sleep(250);
		started = await host.rest.executionIds(id);
	}
	const outcome = await host.rest.executionEnded(started.at(-1)!);
	expect(outputOf(outcome, 'Other').map(({ json }) => json)).toMatchObject([
		{ orderId: 'S-2', status: 'paid' },
	]);
	await host.rest.deactivate(id);
}, 60_000);
