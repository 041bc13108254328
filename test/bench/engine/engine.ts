import type {
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import type { WorkflowDefinition } from '../../../tools/n8n/workflow';
import { engineData } from '../../engine-data';
import { loadHost, type HostModules } from './host-modules';
import { BenchNodeTypes, ITEMS_NODE } from './node-types';

/** Nodes without a part in what is measured. */
const LEFT_OUT = /\.(stickyNote|manualTrigger)$/;
/** The node of a committed workflow whose place the items of the bench take. */
export const INPUT = 'Input';

export interface EngineRun {
	workflow: WorkflowDefinition;
	items: IDataObject[];
	/** Credentials by type. */
	credentials: Record<string, IDataObject>;
}

export interface EngineOutcome {
	/** From the start of the execution to its end, in milliseconds. */
	milliseconds: number;
	/** Milliseconds by node, as n8n counts them. */
	nodes: Record<string, number>;
	/** What the last node gave out. */
	items: INodeExecutionData[];
}

/** n8n's own engine in this process, with its built-in nodes and ours. */
export class Engine {
	private executions = 0;
	private requester: ReturnType<HostModules['startTaskRunner']> | undefined;

	private constructor(
		private readonly host: HostModules,
		private readonly nodeTypes: BenchNodeTypes,
	) {}

	static async start(n8nFolder: string, packageFolder: string): Promise<Engine> {
		const host = loadHost(n8nFolder);
		// As `n8n start` does it: by default expressions run isolated.
		await host.workflow.Expression.initExpressionEngine(host.expressionEngine);
		// Files are kept on the disk then.
		await host.container.get(host.core.BinaryDataService).init();
		return new Engine(host, await BenchNodeTypes.load(host, packageFolder));
	}

	/**
	 * Runs a workflow from its node `Input` on.
	 *
	 * @throws Error when the workflow fails
	 */
	async run({ workflow: definition, items, credentials }: EngineRun): Promise<EngineOutcome> {
		const { Workflow: N8nWorkflow } = this.host.workflow;
		const nodes = definition.nodes.filter(({ type }) => !LEFT_OUT.test(type));
		const names = new Set(nodes.map(({ name }) => name));
		const workflow = new N8nWorkflow({
			id: 'bench',
			nodes: nodes.map((node) => toEngineNode(node)),
			// n8n looks up the nodes that a connection names, and fails where there is none.
			connections: Object.fromEntries(
				Object.entries(definition.connections).filter(([name]) => names.has(name)),
			),
			active: false,
			nodeTypes: this.nodeTypes,
			settings: { executionOrder: 'v1', timezone: 'Europe/Moscow' },
		});
		this.nodeTypes.giveOut(items);
		if (definition.nodes.some(({ type }) => type === 'n8n-nodes-base.code')) {
			this.requester ??= this.host.startTaskRunner();
			await this.requester;
		}
		const additionalData = await this.additionalDataFor(workflow, credentials);
		const execution = new this.host.core.WorkflowExecute(
			additionalData,
			'manual',
			this.host.workflow.createEmptyRunExecutionData(),
		);
		const started = performance.now();
		const run = await execution.run({ workflow, startNode: workflow.nodes[INPUT]! });
		const milliseconds = performance.now() - started;
		return { milliseconds, ...read(run) };
	}

	private async additionalDataFor(
		workflow: Workflow,
		credentials: EngineRun['credentials'],
	): Promise<IWorkflowExecuteAdditionalData> {
		this.executions += 1;
		const executionId = `bench-${this.executions}`;
		const requester = await this.requester;
		return {
			...engineData(this.host.core, workflow, executionId, credentials),
			...(requester && { startRunnerTask: requester.startTask.bind(requester) }),
		};
	}
}

function toEngineNode(node: WorkflowDefinition['nodes'][number]): INode {
	const credentials = node.type.startsWith('n8n-nodes-partner-exchange.')
		? ['exapiApi', 'clientRightApi', 'elektrikApi']
		: [];
	return {
		id: node.name,
		...(node as unknown as Omit<INode, 'id'>),
		...(node.name === INPUT ? { type: ITEMS_NODE, typeVersion: 1, parameters: {} } : {}),
		...(credentials.length > 0 && {
			credentials: Object.fromEntries(credentials.map((type) => [type, { id: type, name: type }])),
		}),
	};
}

function read(run: IRun): Pick<EngineOutcome, 'nodes' | 'items'> {
	const { runData, error, lastNodeExecuted = '' } = run.data.resultData;
	if (error) throw new Error(`${error.message} ${error.description ?? ''} (${lastNodeExecuted})`);
	const nodes = Object.entries(runData).map(([name, tasks]) => [
		name,
		tasks.reduce((sum, { executionTime }) => sum + executionTime, 0),
	]);
	const items = runData[lastNodeExecuted]?.at(-1)?.data?.main?.find((output) => output?.length);
	return { nodes: Object.fromEntries(nodes) as Record<string, number>, items: items ?? [] };
}
