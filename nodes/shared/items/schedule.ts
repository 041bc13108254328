import { PartnerError } from '../errors';
import type { OutageGuard } from './outage';

/** A piece of work. Jobs with the same key run in their order and never in parallel. */
export interface Job<T> {
	key?: string | undefined;
	run(): Promise<T>;
}

/** The result of a job: its value, or the error that it threw. */
export type JobResult<T> = { done: true; value: T } | { done: false; error: unknown };

/**
 * Runs jobs in parallel.
 *
 * @param concurrency the most jobs at the same time
 * @param mayStart called before each start. If it returns false, no further job starts
 * @returns a result for each job, `undefined` for those that were not started
 */
export async function runJobs<T>(
	jobs: ReadonlyArray<Job<T>>,
	concurrency: number,
	mayStart: () => boolean,
): Promise<Array<JobResult<T> | undefined>> {
	const results = new Array<JobResult<T> | undefined>(jobs.length).fill(undefined);
	const queue = new KeyedQueue(jobs);
	let running = 0;
	return await new Promise((resolve) => {
		const startMore = () => {
			while (running < concurrency && mayStart()) {
				const index = queue.next();
				if (index === undefined) break;
				running++;
				void resultOf(jobs[index]!).then((result) => {
					results[index] = result;
					running--;
					queue.release(index);
					startMore();
				});
			}
			if (running === 0) resolve(results);
		};
		startMore();
	});
}

async function resultOf<T>(job: Job<T>): Promise<JobResult<T>> {
	try {
		return { done: true, value: await job.run() };
	} catch (error) {
		return { done: false, error };
	}
}

/** Returns jobs in their order, each only after the previous one with the same key has ended. */
class KeyedQueue {
	private upcoming = 0;
	private readonly busyKeys = new Set<string>();
	private readonly waiting = new Map<string, number[]>();
	private readonly released: number[] = [];

	constructor(private readonly jobs: ReadonlyArray<{ key?: string | undefined }>) {}

	next(): number | undefined {
		const released = this.released.shift();
		if (released !== undefined) return released;
		while (this.upcoming < this.jobs.length) {
			const index = this.upcoming++;
			const key = this.jobs[index]?.key;
			if (key === undefined) return index;
			if (!this.busyKeys.has(key)) {
				this.busyKeys.add(key);
				return index;
			}
			const line = this.waiting.get(key);
			if (line) line.push(index);
			else this.waiting.set(key, [index]);
		}
		return undefined;
	}

	release(index: number): void {
		const key = this.jobs[index]?.key;
		if (key === undefined) return;
		const follower = this.waiting.get(key)?.shift();
		if (follower === undefined) {
			this.busyKeys.delete(key);
			this.waiting.delete(key);
		} else {
			this.released.push(follower);
		}
	}
}

/**
 * Runs jobs as {@link runJobs} does, and then once more those that had no connection, if others have had
 * one since: the first items of an outage fail before the outage is detected.
 */
export async function runJobsInTwoPasses<T>(
	jobs: ReadonlyArray<Job<T>>,
	concurrency: number,
	mayStart: () => boolean,
	guard: OutageGuard,
): Promise<Array<JobResult<T> | undefined>> {
	const plan = new SecondPass<T>();
	const results = await runJobs(
		jobs.map((job, position) => ({
			key: job.key,
			run: async () => await plan.runOrHold(position, job),
		})),
		concurrency,
		mayStart,
	);
	const again = jobs
		.map((job, position) => ({ position, ...job }))
		.filter(({ position, key }) => plan.includes(position, key, guard));
	const laterResults = await runJobs(again, concurrency, mayStart);
	again.forEach(({ position }, index) => {
		const earlier = plan.isHeld(position) ? undefined : results[position];
		results[position] = laterResults[index] ?? earlier;
	});
	return results;
}

/** The jobs that the first pass leaves for the second one. */
class SecondPass<T> {
	/** Jobs without a connection, and their keys. */
	private readonly unsent = new Set<number>();
	private readonly unsentKeys = new Set<string>();
	/** Jobs that were not started, so that they stay after one without a connection. */
	private readonly held = new Set<number>();
	private readonly heldKeys = new Set<string>();

	async runOrHold(position: number, job: Job<T>): Promise<T> {
		const { key } = job;
		if (key !== undefined && this.unsentKeys.has(key)) {
			this.held.add(position);
			this.heldKeys.add(key);
			throw HELD;
		}
		try {
			return await job.run();
		} catch (error) {
			if (isWithoutConnection(error)) {
				this.unsent.add(position);
				if (key !== undefined) this.unsentKeys.add(key);
			}
			throw error;
		}
	}

	isHeld(position: number): boolean {
		return this.held.has(position);
	}

	/** Whether to run a job again. One that others wait for always runs again, to keep their order. */
	includes(position: number, key: string | undefined, guard: OutageGuard): boolean {
		if (this.held.has(position)) return true;
		if (!this.unsent.has(position)) return false;
		return guard.isBack(position) || (key !== undefined && this.heldKeys.has(key));
	}
}

const HELD = new Error('Left for the second pass');

/** Whether no request of the job can have been sent; only then it may run again. */
function isWithoutConnection(error: unknown): boolean {
	return error instanceof PartnerError && error.noConnection && error.outcome === 'notSent';
}
