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
		['Capacity found first', `${run.capacity.toFixed(1)} requests a second`],
		['Sent', `${run.rate.toFixed(1)} requests a second for ${run.minutes} min`],
		['Requests', String(tally.requests)],
		['Errors', String(tally.failed)],
		['Half of the answers came within', milliseconds(tally.quantile(0.5))],
		['99 of 100 came within', milliseconds(tally.quantile(0.99))],
		['Changes in the CRM, not seen', `${run.changes}, ${run.missed}`],
		...heap.map(([minute, bytes]): [string, string] => [
			`Heap at minute ${minute}`,
			`${megabytes(bytes)} MB`,
		]),
		['File descriptors before, after', descriptors.join(', ')],
	];
	const faults = faultsOf(run);
	return `# Under load

The last run of \`npm run load\`: a real n8n ${run.n8nVersion} with the package, asked at 80 % of what it can
answer, on a machine with ${cpus().length} cores that also ran the clients. Half are orders and questions by
exapi, the rest checks of Elektrik.ru by JSON and SOAP, its WSDL, forged signatures and nonsense;
all the while a poll each ten seconds asks a CRM for changes. Every answer is looked at: that it
belongs to its question, that it is signed, that who is not admitted gets none. Each request leaves
at its time, whether earlier ones were answered or not: where the machine halts for a moment, those
that follow wait, and their waiting counts.

| | |
| --- | --- |
${rows.map(([name, value]) => `| ${name} | ${value} |`).join('\n')}

The heap is what n8n still uses after its garbage was collected, while nothing is on its way; up to
${NOISE * 100} % more count as noise. File descriptors are counted when connections that are kept alive
have ended.

${faults.length === 0 ? 'Nothing was found fault with.' : `Found fault with:\n\n${faults.map((fault) => `- ${fault}`).join('\n')}`}
`;
}

function megabytes(bytes: number): string {
	return (bytes / MB).toFixed(1);
}

function milliseconds(value: number): string {
	return `${Math.round(value)} ms`;
}
