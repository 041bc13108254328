import type { IExecuteFunctions } from 'n8n-workflow';
import { NOTHING_MORE_SENT, NOTHING_SENT, type PartnerError } from '../errors';
import { OutageGuard } from './outage';
import type { Place } from './key-lock';

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
	/** Units of which a request may have been sent, whatever became of it. */
	readonly sent: Set<number>;
	/** When each unit was begun, compared with other writes about its record. */
	readonly places: Map<number, Place>;
	/** A refusal after which nothing more may be sent in this run; set by the service's client. */
	refusal: PartnerError | undefined;
	/** What is known of the connection to the partner. */
	readonly outage: OutageGuard;
}

const LIFETIME = 60 * 60 * 1000;
/** Runs without a running attempt that are kept; those in use are not counted. */
const MAX_IDLE_RUNS = 1_000;
/** The hard bound, for runs that n8n may be about to retry. Their memories are small. */
const MAX_FRESH_RUNS = 20_000;
/** Longer than the pauses of all attempts that n8n may make: five, with 5 s between them. */
const LONGEST_RETRY = 60_000;

interface Entry {
	memory: RunMemory;
	/** When an attempt began or ended last. */
	usedAt: number;
	/** Number of attempts that are running. */
	running: number;
}

/** Runs with a running attempt, by execution, node and run. They are never dropped. */
const runsInUse = new Map<string, Entry>();
/** The other runs, least recently used first. A cache: what a process forgets is sent again. */
const idleRuns = new Map<string, Entry>();
/** By the arguments that an agent called its tool with, the same object in each attempt. */
const toolCalls = new WeakMap<object, RunMemory>();

/**
 * The memory of this node run, or of this call of a tool. Only a node that n8n may retry has one that
 * outlives the attempt, and it is forgotten when the execution ends.
 */
export function runMemoryFor(node: IExecuteFunctions): RunMemory {
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
	const known = findRun(key);
	const entry = known ?? { memory: emptyMemory(), usedAt: 0, running: 0 };
	if (entry.running === 0) keepIdle(key, entry);
	if (!known) {
		node.onExecutionFinish?.(() => forgetFinished(key, node.getExecutionCancelSignal()));
	}
	return entry.memory;
}

/**
 * Does one attempt's work with the memory of its run, and keeps that memory meanwhile.
 *
 * @throws whatever the work throws
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

/** Puts an entry at the end of the idle ones, and drops the first of them that are too many or too old. */
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
 * What an error says of a run whose parameters or credential cannot be used: an earlier attempt may
 * have sent something.
 */
export function nothingSentNote(node: IExecuteFunctions): string {
	const { values, sent } = runMemoryFor(node);
	return values.size + sent.size === 0 ? NOTHING_SENT : NOTHING_MORE_SENT;
}

/**
 * An execution that is stopped counts as finished at once, but n8n goes through the rest of the
 * attempts: their error must still know what was carried out.
 */
function forgetFinished(key: string, stop: AbortSignal | undefined): void {
	if (stop?.aborted) setTimeout(() => forgetRun(key), LONGEST_RETRY).unref();
	else forgetRun(key);
}

function forgetRun(key: string): void {
	runsInUse.delete(key);
	idleRuns.delete(key);
}

/** To be called when every item is done and n8n will not retry. */
export function clearRunMemory(node: IExecuteFunctions): void {
	if (node.getNode().retryOnFail !== true) return;
	const key = runKey(node);
	if (key !== undefined) forgetRun(key);
}

function emptyMemory(): RunMemory {
	return {
		values: new Map(),
		failures: new Map(),
		standing: new Set(),
		sent: new Set(),
		places: new Map(),
		refusal: undefined,
		outage: new OutageGuard(),
	};
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
