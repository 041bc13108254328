import type { INodeExecutionData } from 'n8n-workflow';

/** What n8n tells of an error, as far as it could be written into JSON. */
export interface ExecutionError {
	message: string;
	name?: string;
	description?: string | null;
	/** The HTTP status of a NodeApiError. */
	httpCode?: string | null;
	/** The node's name. */
	node?: string;
	context?: Record<string, unknown>;
	messages?: string[];
	stack?: string;
}

/** One run of one node; a node in a loop has several. */
export interface NodeRun {
	/** `success`, `error`… */
	status: string;
	/** The items of each main output, in order; a node that failed may have none. */
	outputs: INodeExecutionData[][];
	error?: ExecutionError;
	/** Milliseconds. */
	executionTime: number;
}

/** An execution that has come to its end. */
export interface ExecutionOutcome {
	/** undefined when n8n's command line did not tell it. */
	id?: string;
	/** `success`, `error`, `canceled`, `crashed`. */
	status: string;
	/** What stopped the workflow. */
	error?: ExecutionError;
	/** By the node's name; nodes that did not run are missing. */
	nodes: Record<string, NodeRun[]>;
}

type RawError = Omit<ExecutionError, 'node'> & { node?: string | { name: string } };

interface RawTask {
	executionTime: number;
	executionStatus?: string;
	data?: { main?: Array<INodeExecutionData[] | null> };
	error?: RawError;
}

/** The part of n8n's IRunExecutionData that is read here, out of JSON. */
export interface RawRunData {
	resultData: {
		runData: Record<string, RawTask[]>;
		error?: RawError;
		lastNodeExecuted?: string;
	};
}

function readError(raw: RawError, lastNode?: string): ExecutionError {
	const { node, ...error } = raw;
	const name = (typeof node === 'object' ? node.name : node) ?? lastNode;
	return name === undefined ? error : { ...error, node: name };
}

function readTask(task: RawTask): NodeRun {
	return {
		status: task.executionStatus ?? (task.error ? 'error' : 'success'),
		outputs: (task.data?.main ?? []).map((items) => items ?? []),
		executionTime: task.executionTime,
		...(task.error ? { error: readError(task.error) } : {}),
	};
}

/**
 * Brings n8n's record of an execution into the form above.
 *
 * @param record undefined while the execution runs: n8n stores it at the end
 */
export function readOutcome(
	record: RawRunData | undefined,
	status: string,
	id?: string,
): ExecutionOutcome {
	const { runData = {}, error, lastNodeExecuted } = record?.resultData ?? {};
	const nodes = Object.entries(runData).map(
		([name, tasks]) => [name, tasks.map(readTask)] as const,
	);
	return {
		...(id === undefined ? {} : { id }),
		status,
		...(error ? { error: readError(error, lastNodeExecuted) } : {}),
		nodes: Object.fromEntries(nodes),
	};
}

/**
 * Returns the items that a node returned, by default those of its last run and first output.
 * Empty when the node did not run.
 */
export function outputOf(
	outcome: ExecutionOutcome,
	node: string,
	{ run = -1, output = 0 }: { run?: number; output?: number } = {},
): INodeExecutionData[] {
	return outcome.nodes[node]?.at(run)?.outputs[output] ?? [];
}
