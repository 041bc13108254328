import type { IExecuteFunctions } from 'n8n-workflow';
import type { PartnerError } from '../errors';

/**
 * What an earlier attempt of the same node run did, unit by unit. n8n's Retry On Fail runs the
 * whole node again from its first item; this keeps it from sending again what was carried out, and
 * what must not be sent twice.
 */
export interface RunMemory {
	/** What a unit is remembered by in the two maps. */
	nameOf(unit: unknown, position: number): string;
	/** What the writes carried out gave. */
	readonly values: Map<string, unknown>;
	/** Errors of writes that may have been carried out, and of whatever was refused: they stand. */
	readonly errors: Map<string, PartnerError>;
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

/**
 * The memory of this node run. Only a node that n8n may retry has one that outlives the attempt,
 * and it is forgotten when the execution ends.
 */
export function recall(node: IExecuteFunctions): RunMemory {
	const nameOf = isTool(node) ? nameByContent : nameByPosition;
	const key = runKey(node);
	if (key === undefined) return emptyMemory(nameOf);
	const known = runs.get(key)?.memory;
	const memory = known ?? emptyMemory(nameOf);
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
	const key = runKey(node);
	if (key === undefined) return;
	// Other calls of the tool go on in the same memory.
	if (isTool(node)) runs.get(key)?.memory.values.clear();
	else runs.delete(key);
}

function emptyMemory(nameOf: RunMemory['nameOf']): RunMemory {
	return { nameOf, values: new Map(), errors: new Map(), refusal: undefined };
}

const nameByPosition = (_unit: unknown, position: number) => String(position);
/** An agent calls its tool once for each thing it wants, and may want several at a time. */
const nameByContent = (unit: unknown) => JSON.stringify(unit);

/** Whether an agent calls the node itself, without n8n's engine. n8n 1.123 cannot tell. */
function isTool(node: IExecuteFunctions): boolean {
	return 'isToolExecution' in node && node.isToolExecution();
}

function runKey(node: IExecuteFunctions): string | undefined {
	const { id, retryOnFail } = node.getNode();
	const executionId: string | undefined = node.getExecutionId();
	if (retryOnFail !== true || !executionId) return undefined;
	// n8n counts each attempt of a tool as a run.
	const run = isTool(node) ? 'tool' : String(node.getWorkflowDataProxy(0).$runIndex);
	return `${executionId} ${id} ${run}`;
}

function dropOld(): void {
	const oldest = Date.now() - LIFETIME;
	for (const [key, { usedAt }] of runs) {
		if (runs.size <= MAX_RUNS && usedAt >= oldest) return;
		runs.delete(key);
	}
}
