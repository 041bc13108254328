import { join } from 'node:path';
import {
	CredentialTestContext,
	ExecutionLifecycleHooks,
	LoadOptionsContext,
	PackageDirectoryLoader,
	WorkflowExecute,
} from 'n8n-core';
import {
	createEmptyRunExecutionData,
	createRunExecutionData,
	NodeConnectionTypes,
	NodeHelpers,
	Workflow,
	type ExecutionError,
	type IBinaryKeyData,
	type IConnections,
	type ICredentialTestFunctions,
	type IDataObject,
	type INode,
	type INodeConnections,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	type NodeConnectionType,
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
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{ displayName: 'Items', name: 'items', type: 'json', default: '[]' },
			{ displayName: 'Binary', name: 'binary', type: 'json', default: '[]' },
		],
	},
	async execute() {
		const items = this.getNodeParameter('items', 0) as unknown as IDataObject[];
		const files = this.getNodeParameter('binary', 0) as unknown as IBinaryKeyData[];
		const output = items.map((json, item) => ({
			json,
			...(files[item] && { binary: files[item] }),
			pairedItem: { item },
		}));
		return await Promise.resolve([output]);
	},
};

/** Takes what it gets, and gives nothing. */
const endNode: INodeType = {
	description: {
		displayName: 'End',
		name: 'end',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [NodeConnectionTypes.Main],
		outputs: [],
		properties: [],
	},
	execute: async () => await Promise.resolve([]),
};

/** Calls the tool that is connected to it, as an agent does: it gives what the tool answered each time. */
const agentNode: INodeType = {
	description: {
		displayName: 'Agent',
		name: 'agent',
		group: ['transform'],
		version: 1,
		description: '',
		defaults: {},
		inputs: [
			NodeConnectionTypes.Main,
			{ type: NodeConnectionTypes.AiTool, displayName: 'Tool', maxConnections: 1 },
		],
		outputs: [NodeConnectionTypes.Main],
		properties: [
			{ displayName: 'Calls', name: 'calls', type: 'number', default: 1 },
			{ displayName: 'Arguments', name: 'arguments', type: 'json', default: '{}' },
		],
	},
	async execute() {
		const tool = (await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool;
		const filledIn = this.getNodeParameter('arguments', 0) as IDataObject;
		const answers: IDataObject[] = [];
		while (answers.length < (this.getNodeParameter('calls', 0) as number)) {
			answers.push(await answerOf(tool, filledIn));
		}
		return [answers.map((json) => ({ json }))];
	},
};

interface Tool {
	invoke(toolArguments: object): Promise<string>;
}

async function answerOf(tool: Tool, filledIn: IDataObject): Promise<IDataObject> {
	try {
		const [answer = {}] = JSON.parse(await tool.invoke(filledIn)) as IDataObject[];
		return answer;
	} catch (error) {
		return { error: (error as Error).message };
	}
}

/** What a test wants to run. */
export interface NodeRun {
	/** Name of one of our nodes, such as `exapi`. */
	node: string;
	parameters: IDataObject;
	/** Input items; one empty item by default. */
	input?: IDataObject[];
	/** Files of the input items. */
	binary?: IBinaryKeyData[];
	credentials: Record<string, IDataObject>;
	/** n8n's settings of the node: `retryOnFail`, `onError` and the like. */
	settings?: Partial<INode>;
	/** Stops the execution, as a user does. */
	stop?: AbortSignal;
	timezone?: string;
	/** Another node takes both of its outputs. */
	isFollowed?: boolean;
	/** Another node runs before or after it, on a branch beside it. */
	branchBeside?: 'before' | 'after';
	/** A node before it was deleted, and the connection was left. */
	hasLostConnection?: boolean;
	/** A trigger of ours before the input. */
	trigger?: TriggerBefore | undefined;
	/** An agent calls the node so many times as its tool, without n8n's engine in between. */
	toolCalls?: number;
	/** What the agent's model fills in for the parameters that are left to it. */
	toolArguments?: IDataObject;
}

/** A trigger of ours in the workflow that runs. */
export interface TriggerBefore {
	/** Its type, such as `exapiTrigger`. */
	node: string;
	name?: string;
	parameters?: IDataObject;
	/** The item that it emitted, with which the execution starts. Without one it has not run. */
	item?: INodeExecutionData;
	settings?: Partial<INode>;
	/** Before the input, or beside it: then the input starts the execution as another trigger does. */
	before?: 'Input' | 'Node';
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

const to = (name: string, type: NodeConnectionType): INodeConnections => ({
	[type]: [[{ node: name, type, index: 0 }]],
});

function connectionsFor(wanted: NodeRun): IConnections {
	const { AiTool, Main } = NodeConnectionTypes;
	const { toolCalls, isFollowed, branchBeside, trigger, hasLostConnection } = wanted;
	if (hasLostConnection) {
		const rest = connectionsFor({ ...wanted, hasLostConnection: false });
		return { ...rest, Deleted: to('Node', Main) };
	}
	if (trigger) {
		const rest = connectionsFor({ ...wanted, trigger: undefined });
		return { ...rest, [trigger.name ?? 'Trigger']: to(trigger.before ?? 'Input', Main) };
	}
	if (branchBeside) {
		const after = ['Node', 'End'].map((name) => ({ node: name, type: Main, index: 0 }));
		return { Input: { [Main]: [after] } };
	}
	if (toolCalls !== undefined) return { Input: to('Agent', Main), Node: to('Agent', AiTool) };
	const end = { node: 'End', type: Main, index: 0 };
	const first = { Input: to('Node', Main) };
	return isFollowed ? { ...first, Node: { [Main]: [[end], [end]] } } : first;
}

let executions = 0;

/** Runs one of our nodes through n8n's own engine, after a node that gives the input. */
export async function runNode(wanted: NodeRun): Promise<NodeOutcome> {
	const isTool = wanted.toolCalls !== undefined;
	const nodeTypes = nodeTypesOf(await loadPackage(), isTool);
	const workflow = new Workflow({
		id: 'test',
		nodes: [
			node('Input', 'test.items', {
				items: wanted.input ?? [{}],
				binary: wanted.binary ?? [],
			}),
			{
				...node('Node', `${PACKAGE}.${wanted.node}`, wanted.parameters),
				credentials: credentialsOf(wanted.credentials),
				...wanted.settings,
			},
			...(isTool
				? [
						node('Agent', 'test.agent', {
							calls: wanted.toolCalls,
							arguments: wanted.toolArguments ?? {},
						}),
					]
				: []),
			...(wanted.isFollowed || wanted.branchBeside
				? // n8n runs branches from the top to the bottom.
					[
						{
							...node('End', 'test.end', {}),
							position: [0, wanted.branchBeside === 'before' ? -9 : 9] as INode['position'],
						},
					]
				: []),
			...triggerNodes(wanted.trigger),
		],
		connections: connectionsFor(wanted),
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
	const running = start(workflow, additionalData, wanted.trigger);
	wanted.stop?.addEventListener('abort', () => running.cancel('stopped'));
	return { ...outcomeOf(await running, isTool ? 'Agent' : 'Node'), responses };
}

/** What the editor asks a node for: a list to choose from, or the columns of a mapper. */
export interface EditorQuestion extends Pick<NodeRun, 'credentials' | 'node' | 'parameters'> {
	kind: 'listSearch' | 'loadOptions' | 'resourceMapping';
	method: string;
	/** What was typed in the list's search. */
	filter?: string;
	/** Where the page before ended. */
	paginationToken?: string;
}

/** Asks one of our nodes in n8n's context for the editor. */
export async function askNode(question: EditorQuestion): Promise<unknown> {
	const { kind, method, parameters, credentials, filter, paginationToken } = question;
	const nodeTypes = nodeTypesOf(await loadPackage(), false);
	const type = `${PACKAGE}.${question.node}`;
	const workflow = new Workflow({
		id: 'editor',
		nodes: [{ ...node('Node', type, parameters), credentials: credentialsOf(credentials) }],
		connections: {},
		active: false,
		nodeTypes,
	});
	const context = new LoadOptionsContext(
		workflow,
		workflow.nodes.Node!,
		{
			...engineData({ ExecutionLifecycleHooks }, workflow, 'editor', credentials),
			currentNodeParameters: parameters as INode['parameters'],
		},
		'parameters',
	);
	const methods = nodeTypes.getByNameAndVersion(type).methods?.[kind] as Record<
		string,
		EditorMethod
	>;
	return await methods[method]!.call(context, filter, paginationToken);
}

type EditorMethod = (
	this: LoadOptionsContext,
	filter?: string,
	paginationToken?: string,
) => Promise<unknown>;

function credentialsOf(credentials: NodeRun['credentials']): INode['credentials'] {
	return Object.fromEntries(Object.keys(credentials).map((name) => [name, { id: name, name }]));
}

function triggerNodes(trigger: TriggerBefore | undefined): INode[] {
	if (!trigger) return [];
	const { name = 'Trigger', parameters = {}, settings } = trigger;
	return [{ ...node(name, `${PACKAGE}.${trigger.node}`, parameters), ...settings }];
}

/** Starts as a webhook does, with what the trigger emitted, or as the editor does. */
function start(
	workflow: Workflow,
	additionalData: IWorkflowExecuteAdditionalData,
	trigger: TriggerBefore | undefined,
): ReturnType<WorkflowExecute['run']> {
	if (!trigger?.item) {
		const execution = new WorkflowExecute(additionalData, 'manual', createEmptyRunExecutionData());
		return execution.run({ workflow, startNode: workflow.nodes.Input! });
	}
	const first = workflow.nodes[trigger.name ?? 'Trigger']!;
	const data = { main: [[trigger.item]] };
	const executionData = createRunExecutionData({
		executionData: { nodeExecutionStack: [{ node: first, data, source: null }] },
	});
	return new WorkflowExecute(additionalData, 'webhook', executionData).processRunExecutionData(
		workflow,
	);
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

function nodeTypesOf(loaded: PackageDirectoryLoader, isTool: boolean): INodeTypes {
	const find = (type: string): INodeType => {
		if (type === 'test.items') return itemsNode;
		if (type === 'test.agent') return agentNode;
		if (type === 'test.end') return endNode;
		const known = loaded.getNode(type.slice(PACKAGE.length + 1));
		const found = NodeHelpers.getVersionedNodeType(known.type, 1);
		return isTool ? toolOf(found) : found;
	};
	return {
		getByName: find,
		getByNameAndVersion: find,
		getKnownTypes: () => ({}),
	};
}

/** n8n offers each usable node a second time, as a tool: the same but for what comes out. */
function toolOf(found: INodeType): INodeType {
	const description = { ...found.description, outputs: [NodeConnectionTypes.AiTool] };
	return Object.assign(Object.create(found) as INodeType, { description });
}

function outcomeOf(run: IRun, name: string): Omit<NodeOutcome, 'responses'> {
	const { runData, error } = run.data.resultData;
	const task: ITaskData | undefined = runData[name]?.at(-1);
	return {
		items: task?.data?.main?.[0] ?? [],
		errors: task?.data?.main?.[1] ?? [],
		error: error,
		hints: task?.hints?.map(({ message }) => message) ?? [],
		run,
	};
}
