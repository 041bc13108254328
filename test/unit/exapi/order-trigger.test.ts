import { PollContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type * as OrderTrigger from '../../../nodes/Exapi/ExapiOrderTrigger.node';
import { ExapiOrderTrigger } from '../../../nodes/Exapi/ExapiOrderTrigger.node';
import { createSandbox, type Sandbox } from '../../../sandbox/server';

const KEY = { sender: 'partner_7', secret: 'never-to-be-seen 7d1f' };
const DEFAULT_BUDGET = 5 * 60_000;

let sandbox: Sandbox;
let url: string;
beforeEach(async () => {
	sandbox = createSandbox({ exapi: { partners: { [KEY.sender]: KEY.secret } } });
	({
		exapi: { url },
	} = await sandbox.start());
});
afterEach(async () => await sandbox.stop());

/** The node as a process has it that has just started. */
function inNewProcess(): ExapiOrderTrigger {
	let trigger: ExapiOrderTrigger | undefined;
	jest.isolateModules(() => {
		// eslint-disable-next-line @typescript-eslint/no-require-imports -- what it remembers of polls must be new
		const module = require('../../../nodes/Exapi/ExapiOrderTrigger.node') as typeof OrderTrigger;
		trigger = new module.ExapiOrderTrigger();
	});
	return trigger!;
}

/** A published workflow with the trigger, under n8n's durable scheduler. */
class Published {
	trigger = new ExapiOrderTrigger();
	/** The workflow's static data as n8n's database has it. */
	database = '{}';
	timeZone = 'Europe/Moscow';
	secret = KEY.secret;
	readonly warnings: string[] = [];

	constructor(private readonly parameters: IDataObject) {}

	/** A poll of which n8n takes the result. */
	async poll(budget?: number): Promise<string[]> {
		const { workflow, context } = this.context(budget);
		const output = await this.trigger.poll.call(context);
		if (output !== null) this.database = JSON.stringify(workflow.staticData);
		return eventIdsOf(output);
	}

	/** What n8n makes for each poll. */
	context(budget = DEFAULT_BUDGET): { workflow: Workflow; context: PollContext } {
		const node: INode = {
			id: 'trigger',
			name: 'Orders',
			type: 'exapiOrderTrigger',
			typeVersion: 1,
			position: [0, 0],
			parameters: this.parameters as INode['parameters'],
			credentials: { exapiApi: { id: '1', name: 'CRM' } },
		};
		const nodeTypes: INodeTypes = {
			getByName: () => this.trigger,
			getByNameAndVersion: () => this.trigger,
			getKnownTypes: () => ({}),
		};
		const workflow = new Workflow({
			id: 'workflow',
			nodes: [node],
			connections: {},
			active: true,
			nodeTypes,
			staticData: JSON.parse(this.database) as IDataObject,
		});
		const { timeZone, secret } = this;
		const { sender } = KEY;
		const additionalData = {
			credentialsHelper: {
				getParentTypes: () => [],
				isCredentialUsableByNode: () => true,
				getDecrypted: async () => await Promise.resolve({ url, sender, secret, timeZone }),
				getCredentialsProperties: () => [],
			},
			// The engine asks for no more when it polls.
		} as unknown as IWorkflowExecuteAdditionalData;
		const context = new PollContext(
			workflow,
			workflow.getNode(node.name)!,
			additionalData,
			'trigger',
			'update',
			undefined,
			undefined,
			undefined,
			undefined,
			undefined,
			() => budget,
		);
		jest.spyOn(context.logger, 'warn').mockImplementation((message) => {
			this.warnings.push(message);
		});
		return { workflow, context };
	}
}

function eventIdsOf(output: INodeExecutionData[][] | null): string[] {
	return (output?.[0] ?? []).map(({ json }) => json.eventId as string);
}

const ALL_CHANGES = { event: 'statusChanged', startFrom: 'revision', revision: 0 };

describe('the Exapi Order Trigger under the durable scheduler', () => {
	it('emits a change once, though each poll has a context of its own', async () => {
		const published = new Published(ALL_CHANGES);
		sandbox.exapi.crm.seed({ orderId: 'A' });
		const polls = [];
		for (let poll = 0; poll < 5; poll++) polls.push(await published.poll());
		expect(polls).toEqual([['A:1'], [], [], [], []]);
	});

	it('emits it again in another process, which cannot know whether it was executed', async () => {
		const published = new Published(ALL_CHANGES);
		sandbox.exapi.crm.seed({ orderId: 'A' });
		await published.poll();
		published.trigger = inNewProcess();
		expect(await published.poll()).toEqual(['A:1']);
		expect(await published.poll()).toEqual([]);
	});

	it('misses no change after three polls that saved nothing', async () => {
		const published = new Published({ event: 'statusChanged', startFrom: 'now' });
		sandbox.exapi.crm.seed({ orderId: 'before' });
		for (let poll = 0; poll < 3; poll++) expect(await published.poll()).toEqual([]);
		expect(published.database).toBe('{}');
		sandbox.exapi.crm.seed({ orderId: 'A' });
		expect(await published.poll()).toEqual(['A:2']);
	});

	it('emits again what n8n did not take', async () => {
		const published = new Published(ALL_CHANGES);
		sandbox.exapi.crm.seed({ orderId: 'A' });
		const { context } = published.context();
		expect(eventIdsOf(await published.trigger.poll.call(context))).toEqual(['A:1']);
		expect(await published.poll()).toEqual(['A:1']);
		expect(await published.poll()).toEqual([]);
	});

	it.each(['a context each', 'one context for both'])(
		'emits five changes once in two slow polls that overlap (%s)',
		async (contexts) => {
			const published = new Published(ALL_CHANGES);
			const { crm } = sandbox.exapi;
			for (const orderId of ['A', 'B', 'C', 'D', 'E']) crm.seed({ orderId });
			crm.injectFault({ kind: 'delay', ms: 200, times: 'always' });
			const first = published.context().context;
			const second = contexts.startsWith('one') ? first : published.context().context;
			const outputs = await Promise.all(
				[first, second].map(async (context) => await published.trigger.poll.call(context)),
			);
			expect(outputs.map(eventIdsOf)).toEqual([['A:1', 'B:2', 'C:3', 'D:4', 'E:5'], []]);
			expect(outputs[1]).toBeNull();
		},
	);

	it('ends a poll before n8n gives it up, and emits its changes in the next one', async () => {
		const published = new Published(ALL_CHANGES);
		const { crm } = sandbox.exapi;
		crm.seed({ orderId: 'A' });
		crm.injectFault({ kind: 'delay', ms: 2_000 });
		await expect(published.poll(300)).rejects.toMatchObject({
			message: 'The poll took longer than the 0.3 seconds that n8n allows',
			description: expect.stringContaining('nothing is lost') as string,
		});
		expect(await published.poll()).toEqual(['A:1']);
	});

	it('keeps the identifiers of 40 orders when the time zone is corrected', async () => {
		const { crm } = sandbox.exapi;
		for (let order = 0; order < 40; order++) {
			crm.seed({ orderId: `A-${order}`, status: 'confirmed', approvedAt: '2026-03-10T09:00:00Z' });
		}
		const published = new Published({
			event: 'orderApproved',
			startFrom: 'date',
			date: '2026-03-01T00:00:00Z',
		});
		published.timeZone = 'UTC';
		const first = await published.poll();
		expect(first).toHaveLength(40);
		expect(first[0]).toBe('A-0:2026-03-10 12:00:00');
		published.timeZone = 'Europe/Moscow';
		expect(await published.poll()).toEqual([]);
		published.trigger = inNewProcess();
		expect(await published.poll()).toEqual(first);
	});

	it('logs once that the revisions of the CRM started over, and reads them from the beginning', async () => {
		const published = new Published({ event: 'statusChanged', startFrom: 'now' });
		const { crm } = sandbox.exapi;
		for (let order = 0; order < 9; order++) crm.seed({ orderId: `old ${order}` });
		await published.poll();
		crm.reset();
		crm.seed({ orderId: 'A' }, { orderId: 'B' });
		expect(await published.poll()).toEqual(['A:1', 'B:2']);
		crm.seed({ orderId: 'C' });
		expect(await published.poll()).toEqual(['C:3']);
		expect(published.warnings).toEqual([
			expect.stringContaining(
				'Orders: the revisions of the CRM started over: the revision was 9 and is now 2',
			),
		]);
	});

	it('sends one request, not ten, when the CRM refuses the secret', async () => {
		const published = new Published(ALL_CHANGES);
		published.secret = 'of somebody else';
		const messages = new Set<string>();
		for (let poll = 0; poll < 10; poll++) {
			await published.poll().catch((error: unknown) => messages.add((error as Error).message));
		}
		expect([...messages]).toEqual([
			expect.stringContaining('refused'),
			expect.stringMatching(/^Not sent, because the CRM refused this credential/),
		]);
		expect(sandbox.exapi.crm.statistics()).toMatchObject({ refused: 1 });
		sandbox.exapi.crm.seed({ orderId: 'A' });
		published.secret = KEY.secret;
		expect(await published.poll()).toEqual(['A:1']);
	});

	it('leaves the state alone when a person tries it', async () => {
		const published = new Published(ALL_CHANGES);
		sandbox.exapi.crm.seed({ orderId: 'A' });
		const { workflow, context } = published.context();
		context.getMode = () => 'manual';
		expect(eventIdsOf(await published.trigger.poll.call(context))).toEqual(['A:1']);
		expect(workflow.staticData).toEqual({});
		expect(await published.poll()).toEqual(['A:1']);
	});
});
