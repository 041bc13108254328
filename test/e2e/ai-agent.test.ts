import { SANDBOX_PARTNER } from '../../sandbox/exapi';
import { outputOf } from '../../tools/n8n/execution';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { LanguageModel } from './language-model';
import { startedByHand } from './trigger-workflows';

const ORDER_ID = 'A-1001';

let host: SharedHost;
let model: LanguageModel;
beforeAll(async () => {
	model = await LanguageModel.start(({ parameters }) =>
		Object.fromEntries(Object.keys(parameters.properties).map((name) => [name, ORDER_ID])),
	);
	host = await useHost();
}, INSTALL_TIMEOUT);
afterAll(async () => {
	model.stop();
	await host.stop();
}, CLEAN_UP_TIMEOUT);

/** An agent with one tool: our node, where the model fills in the field that it may. */
const workflowWith = (modelId: string, crmId: string): WorkflowDefinition => ({
	name: 'An agent that asks for an order',
	nodes: [
		{ ...startedByHand(), name: 'Start', position: [0, 0] },
		{
			name: 'Agent',
			type: '@n8n/n8n-nodes-langchain.agent',
			typeVersion: 2,
			position: [200, 0],
			parameters: { promptType: 'define', text: `What is the status of order ${ORDER_ID}?` },
		},
		{
			name: 'Model',
			type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
			typeVersion: 1.2,
			position: [200, 200],
			parameters: { model: { __rl: true, mode: 'id', value: 'stand-in' }, options: {} },
			credentials: { openAiApi: { id: modelId, name: 'Model' } },
		},
		{
			name: 'Read statuses',
			type: 'n8n-nodes-partner-exchange.exapiTool',
			typeVersion: 1,
			position: [400, 200],
			parameters: {
				descriptionType: 'auto',
				resource: 'order',
				operation: 'getStatus',
				// As the editor writes it when the model is to fill in the field.
				orderIds:
					"={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('Order_IDs', ``, 'string') }}",
			},
			credentials: { exapiApi: { id: crmId, name: 'CRM' } },
		},
	],
	connections: {
		Start: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
		Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] },
		'Read statuses': { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
	},
	settings: { executionOrder: 'v1' },
});

it('an agent reads the status of an order from the CRM', async () => {
	host.sandbox.exapi.crm.seed({ orderId: ORDER_ID, status: 'delivered' });
	const modelId = await host.rest.createCredential({
		name: 'Model',
		type: 'openAiApi',
		data: { apiKey: 'invented', url: model.url },
	});
	const crmId = await host.rest.createCredential({
		name: 'CRM',
		type: 'exapiApi',
		data: { url: host.address.exapi.url, ...SANDBOX_PARTNER, timeZone: 'Europe/Moscow' },
	});
	const { id } = await host.rest.createWorkflow(workflowWith(modelId, crmId));
	const outcome = await host.rest.runWorkflow(id);

	expect(outcome.error).toBeUndefined();
	// What the model knows of the node: its operation, and the one field.
	expect(model.offered).toMatchObject([
		{
			description: expect.stringMatching(/status/i),
			parameters: { properties: { Order_IDs: { type: 'string' } } },
		},
	]);
	const [said] = outputOf(outcome, 'Agent');
	expect(said?.json.output).toContain('delivered');
	expect(JSON.stringify(said)).not.toContain(SANDBOX_PARTNER.secret);
}, 120_000);
