import type { IExecuteFunctions } from 'n8n-workflow';
import type { PartnerError } from '../errors';

/**
 * What an earlier attempt of the same node run did, item by item. n8n's Retry On Fail runs the
 * whole node again from its first item; this keeps it from sending again what was carried out, and
 * what must not be sent twice.
 */
export interface RunMemory {
	/** What the writes carried out gave, by their position. */
	readonly values: Map<number, unknown>;
	/** Errors of writes that may have been carried out, and of whatever was refused: they stand. */
	readonly errors: Map<number, PartnerError>;
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

/** To be called when every item is done: nothing of this run will be retried. */
export function forget(node: IExecuteFunctions): void {
	const key = runKey(node);
	if (key !== undefined) runs.delete(key);
}

function emptyMemory(): RunMemory {
	return { values: new Map(), errors: new Map(), refusal: undefined };
}

function runKey(node: IExecuteFunctions): string | undefined {
	const { id, retryOnFail } = node.getNode();
	const executionId: string | undefined = node.getExecutionId();
	if (retryOnFail !== true || !executionId) return undefined;
	return `${executionId} ${id} ${String(node.getWorkflowDataProxy(0).$runIndex)}`;
}

function dropOld(): void {
	const oldest = Date.now() - LIFETIME;
	for (const [key, { usedAt }] of runs) {
		if (runs.size <= MAX_RUNS && usedAt >= oldest) return;
		runs.delete(key);
	}
}
