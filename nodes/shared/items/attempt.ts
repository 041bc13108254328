import type { IExecuteFunctions } from 'n8n-workflow';
import { afterRetry, PartnerError, RetriedFailure } from '../errors';
import { orderInMemory, type RecordOrder, type RecordTurn } from './key-lock';
import { type RunMemory, useRunMemory } from './memory';
import type { OutageGuard } from './outage';
import { type JobResult, runJobs, runJobsInTwoPasses } from './schedule';

/** A unit of work, and where it stands among those about the same record. */
export interface UnitStatus<Unit> {
	unit: JobResult<Unit>;
	/** The record that it is about. */
	key: string | undefined;
	/** Whether an earlier attempt carried out a later unit about the same record, and not this one. */
	isSuperseded: boolean;
}

/** Finds the units that would put older data over newer. */
function unitStatuses<Unit>(
	units: ReadonlyArray<JobResult<Unit>>,
	work: { key?(unit: Unit): string },
	{ values, standing }: RunMemory,
): Array<UnitStatus<Unit>> {
	const keys = units.map((unit) => (unit.done ? work.key?.(unit.value) : undefined));
	const lastDone = new Map<string, number>();
	keys.forEach((key, position) => {
		if (key !== undefined && values.has(position)) lastDone.set(key, position);
	});
	return units.map((unit, position) => {
		const key = keys[position];
		const isOlder = key !== undefined && position < (lastDone.get(key) ?? -1);
		const isOpen = !values.has(position) && !standing.has(position);
		return { unit, key, isSuperseded: isOlder && isOpen };
	});
}

/**
 * The failure of a unit that is not tried again: n8n tries a node again that went on after an error,
 * and by then a later item may be through.
 */
function supersededFailure(failure: PartnerError): PartnerError {
	return new PartnerError(failure.message, failure.details).addAdvice(
		'It was not retried, because a later item has already updated the same record.',
	);
}

/** How units of work, an item or a batch each, are carried out. */
export interface Work<Unit, Value> {
	/**
	 * Sends it. `signal` ends it when the execution is stopped.
	 *
	 * @param turn at its record, if other processes wait for that as well
	 */
	carryOut(unit: Unit, signal: AbortSignal | undefined, turn?: RecordTurn): Promise<Value>;
	/**
	 * Units with the same key are about the same record: they are carried out one after the other, in
	 * their order, and none after a later one that an earlier attempt has carried out.
	 */
	key?(unit: Unit): string;
	/**
	 * Where the records of the keys are, such as the partner's address: with it, units of different
	 * executions keep this order too.
	 */
	scope?: string;
	/** What keeps that order; by default this process, which knows nothing of others. */
	order?: RecordOrder | undefined;
	/** Whether it changes something at the partner's, so that no unit may be sent twice. */
	isWrite: boolean;
	/**
	 * A write that may be sent again after a lost answer, since it finds what the first one made:
	 * an upsert on the same key. No by default.
	 */
	isRepeatable?: boolean;
	/**
	 * Finds out what became of a unit whose answer was lost.
	 *
	 * @throws whatever is to be told about it
	 */
	recover?(unit: Unit, error: PartnerError, signal: AbortSignal | undefined): Promise<Value>;
}

/**
 * Carries units out, several at once, going on where an earlier attempt of the same node run
 * stopped. Unless the node continues on fail, nothing new starts once a unit has failed.
 *
 * @param units those that cannot be sent come as their error
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
		async (memory) => await carryOutFrom(node, work, units, concurrency, memory),
	);
}

async function carryOutFrom<Unit, Value>(
	node: IExecuteFunctions,
	work: Work<Unit, Value>,
	units: ReadonlyArray<JobResult<Unit>>,
	concurrency: number,
	memory: RunMemory,
): Promise<Array<JobResult<Value> | undefined>> {
	const signal = node.getExecutionCancelSignal();
	const goesOn = node.continueOnFail();
	const guard = goesOn ? memory.outage : undefined;
	guard?.beginAttempt();
	let failed = false;
	const jobs = unitStatuses(units, work, memory).map(({ unit, key, isSuperseded }, position) => ({
		key,
		run: async () => {
			try {
				if (!unit.done) throw unit.error;
				const failure = memory.failures.get(position);
				if (isSuperseded && failure) throw supersededFailure(failure);
				return await carryOutOnce(work, unit.value, { position, memory, guard, signal });
			} catch (error) {
				failed = true;
				throw work.isWrite ? afterRetry(memory.failures.get(position), error) : error;
			}
		},
	}));
	const mayStart = () => !signal?.aborted && (goesOn || !failed);
	const results = guard
		? await runJobsInTwoPasses(jobs, concurrency, mayStart, guard)
		: await runJobs(jobs, concurrency, mayStart);
	return results.map(
		(result, position) => result ?? remembered<Value>(memory, position, work.isWrite),
	);
}

/** What an earlier attempt made of a unit that this one did not come to. */
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
	const error = standingFailure(memory, position) ?? mayBeDone;
	return error && { done: false, error };
}

function standingFailure(memory: RunMemory, position: number): PartnerError | undefined {
	return memory.standing.has(position) ? memory.failures.get(position) : undefined;
}

/** One attempt at a unit. */
interface UnitAttempt {
	position: number;
	memory: RunMemory;
	/** Only a run that goes on after an error can meet one outage in many units. */
	guard: OutageGuard | undefined;
	signal: AbortSignal | undefined;
}

/** Carries a unit out unless an earlier attempt did, or met what must not be repeated. */
async function carryOutOnce<Unit, Value>(
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
		memory.standing.delete(position);
		return value;
	} catch (lastError) {
		const earlier = work.isWrite ? memory.failures.get(position) : undefined;
		const error = afterRetry(earlier, lastError);
		if (error instanceof PartnerError) {
			memory.failures.set(position, error);
			if (memory.sent.has(position)) error.markSent();
			if (error.wasSent) memory.sent.add(position);
		}
		if (mustStand(error, work)) memory.standing.add(position);
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
		const earlier = standingFailure(memory, position);
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

function mustStand(
	error: unknown,
	{ isWrite, isRepeatable = false }: Pick<Work<never, never>, 'isWrite' | 'isRepeatable'>,
): boolean {
	if (!(error instanceof PartnerError)) return false;
	const isRefused =
		error.outcome === 'refused' ||
		(error instanceof RetriedFailure && error.lastOutcome === 'refused');
	return isRefused || (isWrite && !isRepeatable && error.outcome === 'unknown');
}
