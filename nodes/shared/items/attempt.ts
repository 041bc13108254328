import type { IExecuteFunctions } from 'n8n-workflow';
import { afterRetry, PartnerError, RetriedFailure } from '../errors';
import { orderInMemory, type RecordOrder, type RecordTurn } from './key-lock';
import { type RunMemory, useRunMemory } from './memory';
import type { OutageGuard } from './outage';
import { type JobResult, runJobs, runJobsInTwoPasses } from './schedule';

/** A unit of work, and its status among the units about the same record. */
export interface UnitStatus<Unit> {
	unit: JobResult<Unit>;
	/** The record that the unit is about. */
	key: string | undefined;
	/** Whether an earlier attempt executed a later unit about the same record, but not this one. */
	isSuperseded: boolean;
}

/** Finds the units that would overwrite newer data with older data. */
function unitStatuses<Unit>(
	units: ReadonlyArray<JobResult<Unit>>,
	work: { key?(unit: Unit): string },
	{ values, finalUnits }: RunMemory,
): Array<UnitStatus<Unit>> {
	const keys = units.map((unit) => (unit.done ? work.key?.(unit.value) : undefined));
	const lastDone = new Map<string, number>();
	keys.forEach((key, position) => {
		if (key !== undefined && values.has(position)) lastDone.set(key, position);
	});
	return units.map((unit, position) => {
		const key = keys[position];
		const isOlder = key !== undefined && position < (lastDone.get(key) ?? -1);
		const isOpen = !values.has(position) && !finalUnits.has(position);
		return { unit, key, isSuperseded: isOlder && isOpen };
	});
}

/**
 * Creates the error of a unit that is not retried: n8n retries a node that continued after an error, and
 * a later item may have been executed by then.
 */
function supersededFailure(failure: PartnerError): PartnerError {
	return new PartnerError(failure.message, failure.details).addAdvice(
		'It was not retried, because a later item has already updated the same record.',
	);
}

/** How to execute units of work, which are items or batches. */
export interface Work<Unit, Value> {
	/**
	 * Sends a unit. `signal` ends it when the execution is stopped.
	 *
	 * @param turn its turn at the record, if other processes wait for the record as well
	 */
	carryOut(unit: Unit, signal: AbortSignal | undefined, turn?: RecordTurn): Promise<Value>;
	/**
	 * Returns the record of a unit. Units with the same key are executed one after another, in their order,
	 * and none after a later one that an earlier attempt has executed.
	 */
	key?(unit: Unit): string;
	/**
	 * The place of the records, such as the partner's address. If it is set, the order also applies to units
	 * of different executions.
	 */
	scope?: string;
	/** Ensures that order; by default within this process only. */
	order?: RecordOrder | undefined;
	/** Whether the units change data at the partner, so that none may be sent twice. */
	isWrite: boolean;
	/**
	 * Whether a write may be sent again after a lost response, because it finds the record of the first one:
	 * an upsert with the same key. No by default.
	 */
	isRepeatable?: boolean;
	/**
	 * Finds the outcome of a unit whose response was lost.
	 *
	 * @throws the error to report for it
	 */
	recover?(unit: Unit, error: PartnerError, signal: AbortSignal | undefined): Promise<Value>;
}

/**
 * Executes units, several in parallel, and continues where an earlier attempt of the same node run
 * stopped. Unless the node continues on fail, no further unit starts once one has failed.
 *
 * @param units prepared units; one that failed to prepare is its error
 * @returns a result for each unit, `undefined` for those that no attempt has started
 */
export async function runUnits<Unit, Value>(
	node: IExecuteFunctions,
	work: Work<Unit, Value>,
	units: ReadonlyArray<JobResult<Unit>>,
	concurrency: number,
): Promise<Array<JobResult<Value> | undefined>> {
	return await useRunMemory(
		node,
		async (memory) => await runUnitsFrom(node, work, units, concurrency, memory),
	);
}

async function runUnitsFrom<Unit, Value>(
	node: IExecuteFunctions,
	work: Work<Unit, Value>,
	units: ReadonlyArray<JobResult<Unit>>,
	concurrency: number,
	memory: RunMemory,
): Promise<Array<JobResult<Value> | undefined>> {
	const signal = node.getExecutionCancelSignal();
	const continues = node.continueOnFail();
	const guard = continues ? memory.outage : undefined;
	guard?.beginAttempt();
	let failed = false;
	const jobs = unitStatuses(units, work, memory).map(({ unit, key, isSuperseded }, position) => ({
		key,
		run: async () => {
			try {
				if (!unit.done) throw unit.error;
				const failure = memory.failures.get(position);
				if (isSuperseded && failure) throw supersededFailure(failure);
				return await executeOnce(work, unit.value, { position, memory, guard, signal });
			} catch (error) {
				failed = true;
				throw work.isWrite ? afterRetry(memory.failures.get(position), error) : error;
			}
		},
	}));
	const mayStart = () => !signal?.aborted && (continues || !failed);
	const results = guard
		? await runJobsInTwoPasses(jobs, concurrency, mayStart, guard)
		: await runJobs(jobs, concurrency, mayStart);
	return results.map(
		(result, position) => result ?? remembered<Value>(memory, position, work.isWrite),
	);
}

/** Returns the result of an earlier attempt for a unit that this attempt did not start. */
function remembered<Value>(
	memory: RunMemory,
	position: number,
	isWrite: boolean,
): JobResult<Value> | undefined {
	if (memory.values.has(position)) {
		return { done: true, value: memory.values.get(position) as Value };
	}
	const last = memory.failures.get(position);
	const mayBeDone = isWrite && last?.outcome === 'unknown' ? last : undefined;
	const error = finalFailure(memory, position) ?? mayBeDone;
	return error && { done: false, error };
}

function finalFailure(memory: RunMemory, position: number): PartnerError | undefined {
	return memory.finalUnits.has(position) ? memory.failures.get(position) : undefined;
}

/** One attempt at a unit. */
interface UnitAttempt {
	position: number;
	memory: RunMemory;
	/** Set only if the run continues after an error, so that one outage can affect many units. */
	guard: OutageGuard | undefined;
	signal: AbortSignal | undefined;
}

/** Executes a unit, unless an earlier attempt has executed it or its failure is final. */
async function executeOnce<Unit, Value>(
	work: Work<Unit, Value>,
	unit: Unit,
	attempt: UnitAttempt,
): Promise<Value> {
	const { position, memory } = attempt;
	if (memory.values.has(position)) return memory.values.get(position) as Value;
	try {
		const value = await sendOrRecover(work, unit, attempt);
		memory.sent.add(position);
		if (work.isWrite) memory.values.set(position, value);
		memory.finalUnits.delete(position);
		return value;
	} catch (lastError) {
		const earlier = work.isWrite ? memory.failures.get(position) : undefined;
		const error = afterRetry(earlier, lastError);
		if (error instanceof PartnerError) {
			memory.failures.set(position, error);
			if (memory.sent.has(position)) error.markSent();
			if (error.wasSent) memory.sent.add(position);
		}
		if (isFinal(error, work)) memory.finalUnits.add(position);
		throw error;
	}
}

async function sendOrRecover<Unit, Value>(
	work: Work<Unit, Value>,
	unit: Unit,
	attempt: UnitAttempt,
): Promise<Value> {
	const { position, memory, guard, signal } = attempt;
	try {
		const earlier = finalFailure(memory, position);
		if (earlier) throw earlier;
		const send = async () => await sendInOrder(work, unit, attempt);
		return await (guard ? guard.run(position, send, signal) : send());
	} catch (error) {
		const lost = error instanceof PartnerError && error.outcome === 'unknown';
		if (!lost || !work.isWrite || !work.recover || signal?.aborted) throw error;
		return await work.recover(unit, error, signal);
	}
}

async function sendInOrder<Unit, Value>(
	work: Work<Unit, Value>,
	unit: Unit,
	{ position, memory: { places }, signal }: UnitAttempt,
): Promise<Value> {
	if (work.scope === undefined || !work.key) return await work.carryOut(unit, signal);
	const place = places.get(position) ?? {};
	places.set(position, place);
	return await (work.order ?? orderInMemory).inTurn(
		`${work.scope} ${work.key(unit)}`,
		place,
		async (turn) => await work.carryOut(unit, signal, turn),
		signal,
	);
}

function isFinal(
	error: unknown,
	{ isWrite, isRepeatable = false }: Pick<Work<never, never>, 'isWrite' | 'isRepeatable'>,
): boolean {
	if (!(error instanceof PartnerError)) return false;
	const isRefused =
		error.outcome === 'refused' ||
		(error instanceof RetriedFailure && error.lastOutcome === 'refused');
	return isRefused || (isWrite && !isRepeatable && error.outcome === 'unknown');
}
