import { PartnerError } from '../errors';
import type { OutageGuard } from './outage';
import { runJobs, type Job, type JobResult } from './schedule';

/**
 * Runs jobs as {@link runJobs} does, and at the end once more those that had no connection, if others
 * have had one since: the first items of an outage fail before it is known to be one.
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

/** What the first pass leaves for the second one. */
class SecondPass<T> {
	/** Jobs without a connection, and their keys. */
	private readonly unsent = new Set<number>();
	private readonly unsentKeys = new Set<string>();
	/** Jobs that were not begun, to keep their places behind one without a connection. */
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

	/** One that others wait for is tried again in any case: theirs would be the next try otherwise. */
	includes(position: number, key: string | undefined, guard: OutageGuard): boolean {
		if (this.held.has(position)) return true;
		if (!this.unsent.has(position)) return false;
		return guard.isBack(position) || (key !== undefined && this.heldKeys.has(key));
	}
}

const HELD = new Error('Left for the second pass');

/** Whether no attempt at it can have left; only then it may be made again. */
function isWithoutConnection(error: unknown): boolean {
	return error instanceof PartnerError && error.noConnection && error.outcome === 'notSent';
}
