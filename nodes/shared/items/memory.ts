import type { IExecuteFunctions } from 'n8n-workflow';
import type { PartnerError } from '../errors';

/**
 * What an earlier attempt of the same node run did, unit by unit. n8n's Retry On Fail runs the
 * whole node again from its first item; this keeps it from sending again what was carried out, and
 * what must not be sent twice.
 */
export interface RunMemory {
	/** What the writes carried out gave, by their position. */
	readonly values: Map<number, unknown>;
	/** What the last attempt of a unit failed with. */
	readonly failures: Map<number, PartnerError>;
	/** Units whose failure stands: writes that may have been carried out, and whatever was refused. */
	readonly standing: Set<number>;
	/** A refusal after which nothing more may be sent in this run; set by the service's client. */
	refusal: PartnerError | undefined;
}

const LIFETIME = 60 * 60 * 1000;
const MAX_RUNS = 1_000;
/** Longer than the pauses of all attempts that n8n may make: five, with 5 s between them. */
const AFTER_STOP = 60_000;

interface Entry {
	memory: RunMemory;
	usedAt: number;
}

/** By execution, node and run; oldest first. A cache: what a process forgets is sent again. */
const runs = new Map<string, Entry>();
/** By the arguments that an agent called its tool with, the same object in each attempt. */
const toolCalls = new WeakMap<object, RunMemory>();

/**
 * The memory of this node run, or of this call of a tool. Only a node that n8n may retry has one that
 * outlives the attempt, and it is forgotten when the execution ends.
 */
export function recall(node: IExecuteFunctions): RunMemory {
	if (node.getNode().retryOnFail !== true) return emptyMemory();
	const toolArguments = toolArgumentsOf(node);
	return toolArguments ? recallToolCall(toolArguments) : recallRun(node);
}

function recallToolCall(toolArguments: object): RunMemory {
	const memory = toolCalls.get(toolArguments) ?? emptyMemory();
	toolCalls.set(toolArguments, memory);
	return memory;
}

function recallRun(node: IExecuteFunctions): RunMemory {
	const key = runKey(node);
	if (key === undefined) return emptyMemory();
	const known = runs.get(key)?.memory;
	const memory = known ?? emptyMemory();
	runs.delete(key);
	runs.set(key, { memory, usedAt: Date.now() });
	dropOld();
	if (!known) {
		node.onExecutionFinish?.(() => forgetFinished(key, node.getExecutionCancelSignal()));
	}
	return memory;
}

/**
 * An execution that is stopped counts as finished at once, but n8n goes through the rest of the
 * attempts: their error must still know what was carried out.
 */
function forgetFinished(key: string, stop: AbortSignal | undefined): void {
	if (stop?.aborted) setTimeout(() => runs.delete(key), AFTER_STOP).unref();
	else runs.delete(key);
}

/** To be called when every item is done and n8n will not retry. */
export function forget(node: IExecuteFunctions): void {
	if (node.getNode().retryOnFail !== true) return;
	const key = runKey(node);
	if (key !== undefined) runs.delete(key);
}

function emptyMemory(): RunMemory {
	return { values: new Map(), failures: new Map(), standing: new Set(), refusal: undefined };
}

/**
 * What an agent, or an MCP client, called the node with, when n8n runs it as a tool by itself: each
 * attempt is a run of its own there, and there need be no execution.
 */
function toolArgumentsOf(node: IExecuteFunctions): object | undefined {
	return node.getInputData(0, 'ai_tool')[0]?.json;
}

function runKey(node: IExecuteFunctions): string | undefined {
	const executionId: string | undefined = node.getExecutionId();
	if (!executionId) return undefined;
	return `${executionId} ${node.getNode().id} ${String(node.getWorkflowDataProxy(0).$runIndex)}`;
}

function dropOld(): void {
	const oldest = Date.now() - LIFETIME;
	for (const [key, { usedAt }] of runs) {
		if (runs.size <= MAX_RUNS && usedAt >= oldest) return;
		runs.delete(key);
	}
}
