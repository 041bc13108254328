import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeHelpers, type INode } from 'n8n-workflow';
import { SANDBOX_USER } from '../../../sandbox/clientright';
import { SANDBOX_DISTRIBUTOR } from '../../../sandbox/elektrik';
import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import type { WorkflowDefinition, WorkflowNode } from '../../../tools/n8n/workflow';
import { CHECKOUT, knownNodes, readExamples, type KnownNode } from './known-nodes';

const STICKY_NOTE = 'n8n-nodes-base.stickyNote';
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const SECRETS = [SANDBOX_PARTNER.secret, SANDBOX_USER.accessKey, SANDBOX_DISTRIBUTOR.uid];
const SECRET_NAME = /^(secret|password|access_?key|api_?key|token|uid|partners)$/i;
/** An address of somebody's, who would get what the example sends. */
const FOREIGN_ADDRESS = /https?:\/\/(?![\w.-]*\bexample\.(?:com|org)\b)[^\s"'<>)]+/;

const examples = readExamples();
let known: Map<string, KnownNode>;
beforeAll(async () => {
	known = await knownNodes();
});

const isSticky = ({ type }: WorkflowNode) => type === STICKY_NOTE;
const isTrigger = ({ type }: WorkflowNode) => /trigger$|\.webhook$/i.test(type);
const namesOf = (nodes: readonly WorkflowNode[]) => nodes.map(({ name }) => name);

/** The nodes that run when a trigger starts. */
function reached({ nodes, connections }: WorkflowDefinition): Set<string> {
	const names = new Set(namesOf(nodes.filter(isTrigger)));
	// A set that grows while it is gone through is gone through to its new end.
	for (const name of names) {
		const targets = (connections[name]?.main ?? []).flatMap((output) => output ?? []);
		for (const { node } of targets) names.add(node);
	}
	return names;
}

it('there are examples, each with an id and a name of its own', () => {
	const workflows = examples.map(([, workflow]) => workflow);
	expect(workflows.length).toBeGreaterThanOrEqual(10);
	expect(new Set(workflows.map(({ id }) => id)).size).toBe(workflows.length);
	expect(new Set(workflows.map(({ name }) => name)).size).toBe(workflows.length);
	// n8n's own ids have this form, and its database takes no longer ones.
	for (const { id } of workflows) expect(id).toMatch(/^[A-Za-z0-9]{16}$/);
});

it('the README lists them all', () => {
	const readme = readFileSync(join(CHECKOUT, 'README.md'), 'utf8');
	for (const [file] of examples) expect(readme).toContain(`[${file}](examples/${file})`);
});

it('no two nodes share an address, so that all examples can be published', () => {
	const nodes = examples.flatMap(([, workflow]) => workflow.nodes);
	const ids = nodes.flatMap(({ webhookId }) => (webhookId === undefined ? [] : [webhookId]));
	expect(new Set(ids).size).toBe(ids.length);
});

describe.each(examples)('%s', (_, workflow) => {
	const { nodes, connections } = workflow;
	const steps = nodes.filter((node) => !isSticky(node));

	it('holds only what a person may share', () => {
		expect(Object.keys(workflow).sort()).toEqual([
			'connections',
			'id',
			'name',
			'nodes',
			'settings',
		]);
		expect(nodes.filter((node) => 'credentials' in node)).toEqual([]);
		const text = JSON.stringify(workflow, (name, value: unknown) => {
			if (SECRET_NAME.test(name)) throw new Error(`"${name}" may be a secret`);
			return value;
		});
		for (const secret of SECRETS) expect(text).not.toContain(secret);
		expect(text).not.toMatch(FOREIGN_ADDRESS);
	});

	it('has nodes that exist, in versions that exist', () => {
		for (const { type, typeVersion } of nodes) {
			expect(known.get(type)?.versions ?? `no such node: ${type}`).toContain(typeVersion);
		}
		expect(workflow.settings?.executionOrder).toBe('v1');
	});

	it('gives our nodes only what they have fields for', () => {
		for (const node of nodes) {
			const description = known.get(node.type)?.description;
			if (!description) continue;
			const { properties, polling } = description;
			const given = { ...node.parameters };
			// n8n itself adds this field to nodes that poll.
			if (polling) delete given.pollTimes;
			expect(
				NodeHelpers.getNodeParameters(
					properties,
					given as INode['parameters'],
					true,
					false,
					node as INode,
					description,
				),
			).toMatchObject(given);
			expect(
				NodeHelpers.getNodeParametersIssues(properties, node as INode, description),
			).toBeNull();
		}
	});

	it('has ids as n8n gives them, and addresses where one is called', () => {
		const ids = nodes.map(({ id }) => id);
		expect(new Set(ids).size).toBe(nodes.length);
		for (const id of ids) expect(id).toMatch(UUID);
		for (const { type, webhookId } of nodes) {
			expect([type, webhookId]).toEqual([
				type,
				known.get(type)?.hasAddress ? expect.stringMatching(UUID) : undefined,
			]);
		}
	});

	it('has names that a person gave', () => {
		expect(new Set(namesOf(nodes)).size).toBe(nodes.length);
		for (const { name, type } of nodes) {
			expect(known.get(type)?.givenNames).not.toContain(name.replace(/ ?\d+$/, ''));
		}
	});

	it('is explained by notes, the first of which tells what to do before it is used', () => {
		const notes = nodes.filter(isSticky).map(({ parameters }) => String(parameters.content));
		expect(notes.length).toBeGreaterThan(0);
		expect(notes[0]).toMatch(/^## /);
		expect(notes[0]).toMatch(/\*\*Before you (run|publish) it:\*\*.*(choose|select)/s);
	});

	it('is connected: every step is reached, and nothing is named that is not there', () => {
		expect([...reached(workflow)].sort()).toEqual(namesOf(steps).sort());
		for (const { name } of nodes.filter(isTrigger)) expect(connections).toHaveProperty([name]);
		const text = steps.map(({ parameters }) => JSON.stringify(parameters)).join();
		const named = [...text.matchAll(/\$\((?:'([^']+)'|\\"((?:[^"\\]|\\.)+?)\\")\)/g)];
		const mentioned = [...named.map(([, a, b]) => a ?? b!), ...Object.keys(connections)];
		for (const name of mentioned) expect(namesOf(steps)).toContain(name);
	});
});
