/** A piece of work; jobs with the same key run in their order and never at once. */
export interface Job<T> {
	key?: string | undefined;
	run(): Promise<T>;
}

/** What became of a job: its value, or whatever it threw. */
export type JobResult<T> = { done: true; value: T } | { done: false; error: unknown };

/**
 * Runs jobs side by side.
 *
 * @param concurrency how many at once
 * @param mayStart asked before each start; once it says no, nothing new starts
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
				void settle(jobs[index]!).then((result) => {
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

async function settle<T>(job: Job<T>): Promise<JobResult<T>> {
	try {
		return { done: true, value: await job.run() };
	} catch (error) {
		return { done: false, error };
	}
}

/** Hands out jobs in their order, each only when the one before it with the same key is over. */
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
