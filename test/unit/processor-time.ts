const ATTEMPTS = 5;

/**
 * How long something keeps the event loop busy, in milliseconds: the best of several attempts, since
 * other processes slow some of them down. Time in which the process waits for the processor is no part.
 */
export function processorTimeOf(act: () => unknown): number {
	let fastest = Number.POSITIVE_INFINITY;
	for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
		const start = process.cpuUsage();
		act();
		const { user, system } = process.cpuUsage(start);
		fastest = Math.min(fastest, (user + system) / 1000);
	}
	return fastest;
}
