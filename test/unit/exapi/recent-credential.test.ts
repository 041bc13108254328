import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type INode,
	type INodeTypes,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { ExapiTrigger } from '../../../nodes/Exapi/ExapiTrigger.node';
import { cachedCredentials } from '../../../nodes/Exapi/server/settings';

const TYPE = 'exapiPartnersApi';

const trigger = new ExapiTrigger();
const nodeTypes: INodeTypes = {
	getByName: () => trigger,
	getByNameAndVersion: () => trigger,
	getKnownTypes: () => ({}),
};

let stored: () => Promise<object>;
let readings: number;
let workflowId: string;
let now: number;
beforeEach(() => {
	readings = 0;
	stored = async () => await Promise.resolve({ partners: { partner_7: 'first' } });
	// What was read for a workflow of another test is not to be found.
	workflowId = `workflow of: ${String(expect.getState().currentTestName)}`;
	now = performance.now();
	jest.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => jest.restoreAllMocks());

/** The credential as the trigger gets it for one request. */
async function read(at: { workflowId?: string; nodeId?: string; credentialId?: string } = {}) {
	const node: INode = {
		id: at.nodeId ?? 'node',
		name: 'Exapi Trigger',
		type: 'exapiTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { [TYPE]: { id: at.credentialId ?? '1', name: 'Partners' } },
	};
	const id = at.workflowId ?? workflowId;
	const workflow = new Workflow({ id, nodes: [node], connections: {}, active: true, nodeTypes });
	const additionalData = {
		credentialsHelper: {
			getParentTypes: () => [],
			isCredentialUsableByNode: () => true,
			getDecrypted: async () => {
				readings++;
				return await stored();
			},
		},
		// A reading asks for no more.
	} as unknown as IWorkflowExecuteAdditionalData;
	const context = new WebhookContext(
		workflow,
		workflow.getNode(node.name)!,
		additionalData,
		'webhook',
		{} as IWebhookData,
		[],
		null,
	);
	return await cachedCredentials(context)(TYPE);
}

it('is read once for concurrent requests', async () => {
	const all = await Promise.all(Array.from({ length: 24 }, async () => await read()));
	expect(all).toEqual(all.map(() => ({ partners: { partner_7: 'first' } })));
	expect(readings).toBe(1);
});

it('is what is stored now when a second has passed, and not before', async () => {
	await read();
	stored = async () => await Promise.resolve({ partners: { partner_7: 'second' } });
	now += 999;
	expect(await read()).toEqual({ partners: { partner_7: 'first' } });
	now += 2;
	expect(await read()).toEqual({ partners: { partner_7: 'second' } });
	expect(readings).toBe(2);
});

it('is read again by the request after one for which it could not be read', async () => {
	stored = async () => await Promise.reject(new Error('The database is away'));
	await expect(Promise.all([read(), read()])).rejects.toThrow('The database is away');
	stored = async () => await Promise.resolve({ partners: {} });
	expect(await read()).toEqual({ partners: {} });
	expect(readings).toBe(2);
});

it('is never that of another workflow, node or credential', async () => {
	await read();
	await read({ workflowId: `another ${workflowId}` });
	await read({ nodeId: 'another' });
	await read({ credentialId: '2' });
	expect(readings).toBe(4);
	await read();
	expect(readings).toBe(4);
});
