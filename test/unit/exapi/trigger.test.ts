import fc from 'fast-check';
import { HookContext } from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type IDataObject,
	type INode,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { ExapiTrigger } from '../../../nodes/Exapi/ExapiTrigger.node';
import { MAX_SECONDS } from '../../../nodes/Exapi/server/bans';
import { readSettings } from '../../../nodes/Exapi/server/settings';

const SECRET = 'never-to-be-seen 7d1f';
const FOUR = ['addOrder', 'getOrders', 'getOrderStatus', 'getOrderStatusR'];

const trigger = new ExapiTrigger();

function workflowWith(parameters: IDataObject): { workflow: Workflow; node: INode } {
	const nodeTypes: INodeTypes = {
		getByName: () => trigger,
		getByNameAndVersion: () => trigger,
		getKnownTypes: () => ({}),
	};
	const given: INode = {
		id: 'trigger',
		name: 'Exapi Trigger',
		type: 'exapiTrigger',
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		credentials: { exapiPartnersApi: { id: '1', name: 'Partners' } },
	};
	const workflow = new Workflow({ nodes: [given], connections: {}, active: false, nodeTypes });
	return { workflow, node: workflow.getNode(given.name)! };
}

/** What n8n gives to the trigger when its workflow is published. */
function contextFor(
	parameters: IDataObject,
	partners: unknown = { partner_7: SECRET },
): HookContext {
	const { workflow, node } = workflowWith(parameters);
	const additionalData = {
		credentialsHelper: {
			getParentTypes: () => [],
			isCredentialUsableByNode: () => true,
			getDecrypted: async () => await Promise.resolve({ partners }),
			getCredentialsProperties: () => [],
		},
		variables: {},
		webhookBaseUrl: 'http://127.0.0.1/unused',
		// The trigger asks for no more when it is published.
	} as unknown as IWorkflowExecuteAdditionalData;
	return new HookContext(workflow, node, additionalData, 'trigger', 'activate');
}

const settingsOf = async (parameters: IDataObject) => await readSettings(contextFor(parameters));

/** The outputs that n8n shows for the parameters. */
function outputsOf(parameters: IDataObject): unknown[] {
	const { workflow, node } = workflowWith(parameters);
	return NodeHelpers.getNodeOutputs(workflow, node, trigger.description);
}

describe('the outputs', () => {
	it('are one, unless each method has its own', () => {
		expect(outputsOf({})).toEqual([{ type: 'main' }]);
		expect(outputsOf({ outputPerMethod: false, customMethods: 'x' })).toEqual([{ type: 'main' }]);
		expect(outputsOf({ outputPerMethod: true })).toEqual(
			FOUR.map((displayName) => ({ type: 'main', displayName })),
		);
	});

	it.each<[string[], string, string[]]>([
		[['getOrders', 'addOrder'], '', ['getOrders', 'addOrder']],
		[['addOrder'], ' getBalance,addOrder ;\n getGoods,', ['addOrder', 'getBalance', 'getGoods']],
		[[], 'getBalance', ['getBalance']],
		[['addOrder'], '__proto__ constructor', ['addOrder', '__proto__', 'constructor']],
	])(
		'are those of the methods that are taken: %j and %j',
		async (methods, customMethods, names) => {
			const parameters = { outputPerMethod: true, methods, customMethods };
			expect(outputsOf(parameters)).toEqual(
				names.map((displayName) => ({ type: 'main', displayName })),
			);
			expect((await settingsOf(parameters)).methods).toEqual(names);
		},
	);

	it('have the order in which the trigger counts them, whatever is written', async () => {
		const separator = fc.constantFrom(',', ' ', ';', '\n', ', ', ',,');
		const word = fc.constantFrom(...FOUR, 'getBalance', 'нет', 'a.b', '"', "'", '{{', '$json');
		const custom = fc
			.array(fc.tuple(word, separator))
			.map((parts) => parts.map(([name, between]) => name + between).join(''));
		await fc.assert(
			fc.asyncProperty(
				fc.subarray(FOUR, { minLength: 1 }),
				custom,
				async (methods, customMethods) => {
					const parameters = { outputPerMethod: true, methods, customMethods };
					const { methods: counted } = await settingsOf(parameters);
					expect(outputsOf(parameters)).toEqual(
						counted.map((displayName) => ({ type: 'main', displayName })),
					);
				},
			),
			{ numRuns: 30 },
		);
	});
});

describe('the settings', () => {
	it('have the defaults that the editor shows', async () => {
		expect(await settingsOf({})).toMatchObject({
			methods: FOUR,
			outputPerMethod: false,
			responseMode: 'lastNode',
			deadline: 25_000,
			timeZone: 'Europe/Moscow',
			ban: { maxFailures: 5, windowSeconds: 600, banSeconds: 3600 },
			redis: undefined,
			rejectWith: 'drop',
			orders: {
				recognize: 'parameters',
				windowMs: 24 * 60 * 60_000,
				longestRunMs: 60 * 60_000,
				repeatsErrors: false,
			},
			repeatsIdentical: false,
			waiting: { perNetwork: 32, total: 512 },
		});
	});

	it('are those that were chosen', async () => {
		const settings = await settingsOf({
			responseMode: 'responseNode',
			deadline: 2,
			ban: { banSeconds: MAX_SECONDS },
			options: { allowedIps: '203.0.113.0/24', rejectWith: '401' },
			repeats: {
				recognize: 'orderNumber',
				minutes: 1.5,
				longestRun: 5,
				afterFailure: 'repeatError',
				reads: true,
			},
		});
		expect(settings).toMatchObject({
			responseMode: 'responseNode',
			deadline: 2_000,
			ban: { maxFailures: 5, windowSeconds: 600, banSeconds: MAX_SECONDS },
			rejectWith: '401',
			orders: {
				recognize: 'orderNumber',
				windowMs: 90_000,
				longestRunMs: 300_000,
				repeatsErrors: true,
			},
			repeatsIdentical: true,
		});
		expect(settings.allowed.allow('203.0.113.7')).toBe(true);
		expect(settings.allowed.allow('198.51.100.4')).toBe(false);
	});

	it.each<[string, IDataObject]>([
		["The field 'Deadline (Seconds)' (deadline) must be a number from 1 to 3600", { deadline: 0 }],
		['(deadline) must be', { deadline: 'soon' }],
		["The field 'Failures' (maxFailures) must be", { ban: { maxFailures: 0 } }],
		["The field 'Within (Seconds)' (windowSeconds) must be", { ban: { windowSeconds: -1 } }],
		[
			"The field 'Ban for (Seconds)' (banSeconds) must be",
			{ ban: { banSeconds: MAX_SECONDS + 1 } },
		],
		[
			"The field 'Remember for (Minutes)' (minutes) must be a number from 1 to 35791",
			{ repeats: { minutes: 0 } },
		],
		["The field 'Longest Run (Minutes)' (longestRun) must be", { repeats: { longestRun: 'long' } }],
		[
			"The field 'Max Unfinished Requests' (maxUnfinished) must be a number from 1 to 1000000",
			{ options: { maxUnfinished: 0 } },
		],
		['(maxUnfinishedPerNetwork) must be', { options: { maxUnfinishedPerNetwork: 'many' } }],
		['No method is chosen', { methods: [], customMethods: ' ,' }],
		...['Moscow', 'local', 'UTC+3', '+03:00', '', ' ', 3, null, ['UTC']].map(
			(timeZone): [string, IDataObject] => [
				"The field 'Time Zone' (timeZone) must be an IANA time zone such as Europe/Moscow",
				{ timeZone },
			],
		),
		['"x" is neither an IP address nor a network', { options: { allowedIps: 'x' } }],
	])('are refused when the workflow is published: %s', async (message, parameters) => {
		const publish = trigger.webhookMethods.default.create.bind(contextFor(parameters));
		await expect(publish()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: expect.stringContaining(message),
		});
	});

	it('are refused with the partners named that are wrong, never their secrets', async () => {
		const partners = { partner_7: SECRET, partner_8: [SECRET, SECRET, SECRET] };
		const publish = trigger.webhookMethods.default.create.bind(contextFor({}, partners));
		const error: unknown = await publish().catch((reason: unknown) => reason);
		expect(error).toMatchObject({ message: expect.stringContaining('"partner_…" (number 2)') });
		expect(JSON.stringify(error)).not.toContain(SECRET);
	});

	it('are taken when the workflow is published', async () => {
		await expect(trigger.webhookMethods.default.create.call(contextFor({}))).resolves.toBe(true);
	});
});
