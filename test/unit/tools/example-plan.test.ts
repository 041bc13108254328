import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	describeKept,
	fingerprint,
	planExamples,
	readFingerprints,
	saveFingerprints,
} from '../../../tools/demo/example-plan';
import type { CredentialDefinition, WorkflowDefinition } from '../../../tools/n8n/workflow';

const workflow = (changes: Partial<WorkflowDefinition> = {}): WorkflowDefinition => ({
	id: 'orders',
	name: 'Send orders',
	nodes: [
		{
			name: 'Start',
			type: 'start',
			typeVersion: 1,
			position: [0, 0],
			parameters: { url: 'a', n: 1 },
		},
	],
	connections: {},
	settings: { executionOrder: 'v1' },
	...changes,
});

const credential = (changes: Partial<CredentialDefinition> = {}): CredentialDefinition => ({
	id: 'sandbox',
	name: 'Sandbox',
	type: 'exapiApi',
	data: { url: 'http://127.0.0.1:41780/exapi' },
	...changes,
});

describe('fingerprint', () => {
	it('ignores the order of properties and what n8n adds to a stored workflow', () => {
		const { id, name, nodes, connections, settings } = workflow();
		const stored = {
			settings,
			connections,
			nodes,
			name,
			id,
			active: true,
			isArchived: false,
			versionId: 'x',
			updatedAt: '2026-01-01',
			staticData: { last: 1 },
			pinData: null,
			description: null,
		};
		expect(fingerprint(stored)).toBe(fingerprint(workflow()));
	});

	it.each<[string, Partial<WorkflowDefinition>]>([
		['name', { name: 'My orders' }],
		['nodes', { nodes: [] }],
		['connections', { connections: { Start: { main: [] } } }],
		['settings', { settings: { timezone: 'Europe/Moscow' } }],
		['pinned data', { pinData: { Start: [{ json: {} }] } }],
		['description', { description: 'mine' }],
		['archive', { isArchived: true }],
	])('differs if the %s of a workflow changed', (_, changes) => {
		expect(fingerprint(workflow(changes))).not.toBe(fingerprint(workflow()));
	});

	it.each<[string, Partial<CredentialDefinition>]>([
		['name', { name: 'Mine' }],
		['type', { type: 'elektrikApi' }],
		['data', { data: { url: 'https://crm.example' } }],
	])('differs if the %s of a credential changed', (_, changes) => {
		expect(fingerprint(credential(changes))).not.toBe(fingerprint(credential()));
	});
});

describe('planExamples', () => {
	const written = { orders: fingerprint(workflow()) };
	const newer = workflow({ nodes: [] });
	const edited = workflow({ name: 'My orders' });

	it('writes an example that was never written', () => {
		expect(planExamples([newer], [], {})).toEqual({ write: [newer], kept: [] });
	});

	it('writes an example again if it is as it was written', () => {
		expect(planExamples([newer], [workflow()], written)).toEqual({ write: [newer], kept: [] });
	});

	it('keeps an example that was edited', () => {
		expect(planExamples([newer], [edited], written)).toEqual({
			write: [],
			kept: [{ id: 'orders', name: 'My orders', isDeleted: false }],
		});
	});

	it('does not bring back an example that was deleted', () => {
		expect(planExamples([newer], [], written)).toEqual({
			write: [],
			kept: [{ id: 'orders', name: 'Send orders', isDeleted: true }],
		});
	});

	it('keeps an example that it does not know to have written', () => {
		expect(planExamples([newer], [edited], {}).kept).toHaveLength(1);
	});

	it('writes an example whose start ended before it was remembered', () => {
		expect(planExamples([newer], [newer], {})).toEqual({ write: [newer], kept: [] });
	});

	it('leaves other workflows alone', () => {
		const own = workflow({ id: 'own', name: 'Own' });
		expect(planExamples([newer], [workflow(), own], written)).toEqual({ write: [newer], kept: [] });
	});
});

describe('describeKept', () => {
	it('names each part and the way back', () => {
		const workflows = [{ id: 'orders', name: 'My orders', isDeleted: false }];
		const credentials = [{ id: 'sandbox', name: 'Sandbox', isDeleted: true }];
		expect(describeKept({ workflows, credentials })).toEqual([
			'Not written again, because you edited or deleted them:',
			'  workflow "My orders"',
			'  credential "Sandbox", which you deleted',
			'To start over: npm start -- --reset',
		]);
	});

	it('says nothing if everything was written', () => {
		expect(describeKept({ workflows: [], credentials: [] })).toEqual([]);
	});
});

describe('the fingerprints in a user folder', () => {
	let folder: string;
	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), 'fingerprints-'));
	});
	afterEach(async () => await rm(folder, { recursive: true, force: true }));

	it('are undefined before the first start', async () => {
		expect(await readFingerprints(folder)).toBeUndefined();
	});

	it('keep what earlier starts wrote', async () => {
		await saveFingerprints(folder, [workflow()]);
		await saveFingerprints(folder, [credential()]);
		expect(await readFingerprints(folder)).toEqual({
			orders: fingerprint(workflow()),
			sandbox: fingerprint(credential()),
		});
	});

	it('are none if the file is damaged, so that everything is kept', async () => {
		await saveFingerprints(folder, [workflow()]);
		await writeFile(join(folder, 'examples.json'), '{"orders":');
		expect(await readFingerprints(folder)).toEqual({});
	});
});
