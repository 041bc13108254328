import { join } from 'node:path';
import {
	CredentialTestContext,
	ExecutionLifecycleHooks,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	createEmptyRunExecutionData,
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	type ExecutionError,
	type ICredentialTestFunctions,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type ITaskData,
} from 'n8n-workflow';
import { engineData } from '../engine-data';

const CHECKOUT = join(__dirname, '..', '..');
const PACKAGE = 'n8n-nodes-partner-exchange';

/** Gives the items that a test wants as input. */
const itemsNode: INodeType = {
	description: {
		displayName: 'Items',
		name: 'items',
		group: ['trigger'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [{ displayName: 'Items', name: 'items', type: 'json', default: '[]' }],
	},
	async execute() {
		const items = this.getNodeParameter('items', 0) as unknown as IDataObject[];
		return await Promise.resolve([items.map((json, item) => ({ json, pairedItem: { item } }))]);
	},
};

/** What a test wants to run. */
export interface NodeRun {
	/** Name of one of our nodes, such as `exapi`. */
	node: string;
	parameters: IDataObject;
	/** Input items; one empty item by default. */
	input?: IDataObject[];
	credentials: Record<string, IDataObject>;
	/** n8n's settings of the node: `retryOnFail`, `onError` and the like. */
	settings?: Partial<INode>;
	/** Stops the execution, as a user does. */
	stop?: AbortSignal;
	timezone?: string;
}

/** What came of it. */
export interface NodeOutcome {
	/** Items of the first output. */
	items: INodeExecutionData[];
	/** Items of the error output. */
	errors: INodeExecutionData[];
	/** What the run failed with. */
	error: (ExecutionError & { description?: string | null; context?: IDataObject }) | undefined;
	hints: string[];
	/** What the node gave n8n to answer a webhook with. */
	responses: unknown[];
	/** The whole run as n8n would save it, for searching. */
	run: IRun;
}

let loader: PackageDirectoryLoader | undefined;

async function loadPackage(): Promise<PackageDirectoryLoader> {
	if (!loader) {
		loader = new PackageDirectoryLoader(CHECKOUT);
		await loader.loadAll();
	}
	return loader;
}

let executions = 0;

/** Runs one of our nodes through n8n's own engine, after a node that gives the input. */
export async function runNode(wanted: NodeRun): Promise<NodeOutcome> {
	const nodeTypes = nodeTypesOf(await loadPackage());
	const workflow = new Workflow({
		id: 'test',
		nodes: [
			node('Input', 'test.items', { items: wanted.input ?? [{}] }),
			{
				...node('Node', `${PACKAGE}.${wanted.node}`, wanted.parameters),
				credentials: Object.fromEntries(
					Object.keys(wanted.credentials).map((name) => [name, { id: name, name }]),
				),
				...wanted.settings,
			},
		],
		connections: {
			Input: { main: [[{ node: 'Node', type: NodeConnectionTypes.Main, index: 0 }]] },
		},
		active: false,
		nodeTypes,
		settings: { executionOrder: 'v1', ...(wanted.timezone && { timezone: wanted.timezone }) },
	});
	executions += 1;
	const additionalData = engineData(
		{ ExecutionLifecycleHooks },
		workflow,
		`execution-${executions}`,
		wanted.credentials,
	);
	const responses: unknown[] = [];
	additionalData.hooks?.addHandler('sendResponse', (response) => void responses.push(response));
	const execution = new WorkflowExecute(additionalData, 'manual', createEmptyRunExecutionData());
	const running = execution.run({ workflow, startNode: workflow.nodes.Input! });
	wanted.stop?.addEventListener('abort', () => running.cancel('stopped'));
	return { ...outcomeOf(await running), responses };
}

/** What n8n gives to the test of a credential. */
export function credentialTestFunctions(): ICredentialTestFunctions {
	return new CredentialTestContext();
}

function node(name: string, type: string, parameters: IDataObject): INode {
	return {
		id: name,
		name,
		type,
		typeVersion: 1,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
	};
}

function nodeTypesOf(loaded: PackageDirectoryLoader): INodeTypes {
	const find = (type: string): INodeType => {
		if (type === 'test.items') return itemsNode;
		const known = loaded.getNode(type.slice(PACKAGE.length + 1));
		return NodeHelpers.getVersionedNodeType(known.type, 1);
	};
	return {
		getByName: find,
		getByNameAndVersion: find,
		getKnownTypes: () => ({}),
	};
}

function outcomeOf(run: IRun): Omit<NodeOutcome, 'responses'> {
	const { runData, error } = run.data.resultData;
	const task: ITaskData | undefined = runData.Node?.at(-1);
	return {
		items: task?.data?.main?.[0] ?? [],
		errors: task?.data?.main?.[1] ?? [],
		error: error,
		hints: task?.hints?.map(({ message }) => message) ?? [],
		run,
	};
}
