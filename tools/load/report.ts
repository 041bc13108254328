import { cpus } from 'node:os';
import type { Tally } from './load-generator';

/** What a run of the load came to. */
export interface LoadRun {
	minutes: number;
	n8nVersion: string;
	/** Requests a second: the most that n8n answered, and what it was then asked. */
	capacity: number;
	rate: number;
	tally: Tally;
	/** Changes in the CRM that the order trigger had to see, and those it did not. */
	changes: number;
	missed: number;
	/** Minutes after the beginning, and bytes in use after garbage was collected. */
	heap: ReadonlyArray<readonly [minute: number, bytes: number]>;
	/** Before and after, when nothing was on its way. */
	descriptors: readonly [before: number, after: number];
}

/** What the heap of n8n itself goes up and down by between two looks at it. */
const NOISE = 0.05;

const MB = 1024 * 1024;

/** Why a run has failed; nothing when it has not. */
export function faultsOf({ tally, missed, heap, descriptors }: LoadRun): string[] {
	const faults = [...tally.errors].map(([words, count]) => `${count} times: ${words}`);
	if (missed > 0) faults.push(`The order trigger missed ${missed} changes.`);
	const [first = 0, last = 0] = [heap[0]?.[1], heap.at(-1)?.[1]];
	if (last > first * (1 + NOISE)) {
		faults.push(`The heap grew from ${megabytes(first)} to ${megabytes(last)} MB.`);
	}
	const [before, after] = descriptors;
	if (after > before) faults.push(`${after - before} file descriptors were left.`);
	return faults;
}

/** The run as a page for a person. */
export function pageOf(run: LoadRun): string {
	const { tally, heap, descriptors } = run;
	const rows: Array<[string, string]> = [
		['Measured capacity', `${run.capacity.toFixed(1)} requests per second`],
		['Sent', `${run.rate.toFixed(1)} requests per second for ${run.minutes} min`],
		['Requests', String(tally.requests)],
		['Errors', String(tally.failed)],
		['Median response time', milliseconds(tally.quantile(0.5))],
		['99th percentile', milliseconds(tally.quantile(0.99))],
		['Changes in the CRM, missed', `${run.changes}, ${run.missed}`],
		...heap.map(([minute, bytes]): [string, string] => [
			`Heap at minute ${minute}`,
			`${megabytes(bytes)} MB`,
		]),
		['File descriptors before, after', descriptors.join(', ')],
	];
	const faults = faultsOf(run);
	return `# Under load

The last run of \`npm run load\`: a real n8n ${run.n8nVersion} with the package, at 80 % of its
capacity, on a machine with ${cpus().length} cores that also ran the clients. Half of the requests are exapi
orders and status requests, the others are checks of Elektrik.ru by JSON and SOAP, requests for its WSDL, forged
signatures and malformed data; meanwhile a poll requests changes from a CRM every ten seconds. Every response is
verified: it belongs to its request, it is signed, and an unauthenticated request gets none. Each request is sent at
its time, even if earlier ones have no response yet: if the machine stalls, the following requests wait, and their
waiting time counts.

| | |
| --- | --- |
${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

The heap is n8n's memory after garbage collection without requests in progress; up to
${NOISE * 100} % more count as noise. File descriptors are counted after keep-alive connections have closed.

${faults.length === 0 ? 'No check failed.' : `These checks failed:\n\n${faults.map((fault) => `- ${fault}`).join('\n')}`}
`;
}

function megabytes(bytes: number): string {
	return (bytes / MB).toFixed(1);
}

function milliseconds(value: number): string {
	return `${Math.round(value)} ms`;
}
