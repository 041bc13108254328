import type { IExecuteFunctions } from 'n8n-workflow';
import { NOTHING_MORE_SENT, NOTHING_SENT, type PartnerError } from '../errors';
import { OutageGuard } from './outage';
import type { Place } from './key-lock';

/**
 * What earlier attempts of the same node run did, unit by unit. n8n's Retry On Fail runs the whole node
 * again from its first item. This memory prevents it from resending units that were executed or must not
 * be sent twice.
 */
export interface RunMemory {
	/** The results of executed writes, by position. */
	readonly values: Map<number, unknown>;
	/** The error of a unit's last attempt, by position. */
	readonly failures: Map<number, PartnerError>;
	/** Units whose failure is final: writes that may have been executed, and refused requests. */
	readonly finalUnits: Set<number>;
	/** Units of which a request may have been sent, with any outcome. */
	readonly sent: Set<number>;
	/** The place of each unit among the writes to its record. */
	readonly places: Map<number, Place>;
	/** A refusal after which nothing more may be sent in this run. The service's client sets it. */
	refusal: PartnerError | undefined;
	/** Detects outages of the partner. */
	readonly outage: OutageGuard;
}

const LIFETIME = 60 * 60 * 1000;
/** The most runs to keep without a running attempt. */
const MAX_IDLE_RUNS = 1_000;
/** The absolute limit, for runs that n8n may be about to retry. Their memories are small. */
const MAX_FRESH_RUNS = 20_000;
/** Longer than the pauses of all of n8n's attempts: at most five, with 5 s between them. */
const LONGEST_RETRY = 60_000;

interface Entry {
	memory: RunMemory;
	/** When an attempt last started or ended. */
	usedAt: number;
	/** The number of running attempts. */
	running: number;
}

/** Runs with a running attempt, by execution, node and run. They are never dropped. */
const runsInUse = new Map<string, Entry>();
/**
 * The other runs, least recently used first. A write that is dropped from here is sent again. `lru-cache`
 * has one bound, and would drop runs that n8n is about to retry.
 */
const idleRuns = new Map<string, Entry>();
/** Memories by the arguments of an agent's tool call, which are the same object in each attempt. */
const toolCalls = new WeakMap<object, RunMemory>();

/**
 * Returns the memory of this node run, or of this tool call. It outlives the attempt only if n8n may retry
 * the node, and it is dropped when the execution ends.
 */
export function runMemoryFor(node: IExecuteFunctions): RunMemory {
	if (node.getNode().retryOnFail !== true) return emptyMemory();
	const toolArguments = toolArgumentsOf(node);
	return toolArguments ? memoryOfToolCall(toolArguments) : memoryOfRun(node);
}

function memoryOfToolCall(toolArguments: object): RunMemory {
	const memory = toolCalls.get(toolArguments) ?? emptyMemory();
	toolCalls.set(toolArguments, memory);
	return memory;
}

function memoryOfRun(node: IExecuteFunctions): RunMemory {
	const key = runKey(node);
	if (key === undefined) return emptyMemory();
	const known = findRun(key);
	const entry = known ?? { memory: emptyMemory(), usedAt: 0, running: 0 };
	if (entry.running === 0) keepIdle(key, entry);
	if (!known) {
		node.onExecutionFinish?.(() => forgetFinished(key, node.getExecutionCancelSignal()));
	}
	return entry.memory;
}

/**
 * Runs the work of one attempt with the memory of its run, which is not dropped meanwhile.
 *
 * @throws the error of the work
 */
export async function useRunMemory<T>(
	node: IExecuteFunctions,
	work: (memory: RunMemory) => Promise<T>,
): Promise<T> {
	const memory = runMemoryFor(node);
	const key = runKey(node);
	const entry = key === undefined ? undefined : findRun(key);
	if (key === undefined || entry?.memory !== memory) return await work(memory);
	entry.running += 1;
	idleRuns.delete(key);
	runsInUse.set(key, entry);
	try {
		return await work(memory);
	} finally {
		entry.running -= 1;
		if (entry.running === 0 && runsInUse.get(key) === entry) keepIdle(key, entry);
	}
}

function findRun(key: string): Entry | undefined {
	return runsInUse.get(key) ?? idleRuns.get(key);
}

/** Adds an entry to the end of the idle ones, and drops the first ones if they are too many or too old. */
function keepIdle(key: string, entry: Entry): void {
	const now = Date.now();
	entry.usedAt = now;
	runsInUse.delete(key);
	idleRuns.delete(key);
	for (const [oldKey, { usedAt }] of idleRuns) {
		const age = now - usedAt;
		const isOneTooMany = idleRuns.size >= MAX_IDLE_RUNS && age > LONGEST_RETRY;
		if (age <= LIFETIME && !isOneTooMany && idleRuns.size < MAX_FRESH_RUNS) break;
		idleRuns.delete(oldKey);
	}
	idleRuns.set(key, entry);
}

/**
 * Returns the note of an error about parameters or a credential: an earlier attempt may have sent
 * something.
 */
export function nothingSentNote(node: IExecuteFunctions): string {
	const { values, sent } = runMemoryFor(node);
	return values.size + sent.size === 0 ? NOTHING_SENT : NOTHING_MORE_SENT;
}

/**
 * Drops the memory of a finished run. A stopped execution counts as finished immediately, but n8n makes
 * the remaining attempts, and their error must still list what was executed.
 */
function forgetFinished(key: string, stop: AbortSignal | undefined): void {
	if (stop?.aborted) setTimeout(() => forgetRun(key), LONGEST_RETRY).unref();
	else forgetRun(key);
}

function forgetRun(key: string): void {
	runsInUse.delete(key);
	idleRuns.delete(key);
}

/** Drops the memory of a run. Call it when all items are done and n8n will not retry. */
export function clearRunMemory(node: IExecuteFunctions): void {
	if (node.getNode().retryOnFail !== true) return;
	const key = runKey(node);
	if (key !== undefined) forgetRun(key);
}

function emptyMemory(): RunMemory {
	return {
		values: new Map(),
		failures: new Map(),
		finalUnits: new Set(),
		sent: new Set(),
		places: new Map(),
		refusal: undefined,
		outage: new OutageGuard(),
	};
}

/**
 * Returns the arguments with which an agent or an MCP client called the node, if n8n runs it as a tool:
 * each attempt is then a separate run, and there may be no execution.
 */
function toolArgumentsOf(node: IExecuteFunctions): object | undefined {
	return node.getInputData(0, 'ai_tool')[0]?.json;
}

function runKey(node: IExecuteFunctions): string | undefined {
	const executionId: string | undefined = node.getExecutionId();
	if (!executionId) return undefined;
	return `${executionId} ${node.getNode().id} ${String(node.getWorkflowDataProxy(0).$runIndex)}`;
}
