import type { IDataObject } from 'n8n-workflow';
import type { WorkflowDefinition } from '../../../tools/n8n/workflow';
import { answerCalls } from '../process/callee';
import { Engine } from './engine';
import { hashedItems, hashPlainly } from './plain-hashes';
import { sendPlainly, type PlainOrders } from './plain-orders';
import { exapiProtocol } from './protocol';
import { sample, type SampleKind } from './samples';
import { parseStatusAnswer, readStatusAnswer, writeStatusAnswer } from './status-answer';

/** A workflow to run over invented items. */
export interface RunInput {
	workflow: WorkflowDefinition;
	kind: SampleKind;
	count: number;
	credentials: Record<string, IDataObject>;
}

export interface RunResult {
	milliseconds: number;
	/** Milliseconds by node. */
	nodes: Record<string, number>;
	/** How many items came out. */
	items: number;
	/** The last of them. */
	last: IDataObject | undefined;
	memory: Memory;
}

/** In bytes. */
export interface Memory {
	/** More in the heap, after a collection, than before: what the output weighs. */
	kept: number;
	/** The most that this process ever had, by the system's count. */
	peak: number;
	/** That before the run. */
	peakBefore: number;
}

export interface Timed {
	milliseconds: number;
	result: unknown;
}

const [n8nFolder = '', packageFolder = ''] = process.argv.slice(2);

async function run(engine: Engine, { kind, count, ...workflow }: RunInput): Promise<RunResult> {
	const items = sample(kind, count);
	const before = heapInUse();
	const peakBefore = peak();
	const outcome = await engine.run({ ...workflow, items });
	const memory = { kept: heapInUse() - before, peak: peak(), peakBefore };
	const { milliseconds, nodes } = outcome;
	const last = outcome.items.at(-1)?.json;
	return { milliseconds, nodes, items: outcome.items.length, last, memory };
}

function heapInUse(): number {
	global.gc?.();
	return process.memoryUsage().heapUsed;
}

function peak(): number {
	return process.resourceUsage().maxRSS * 1024;
}

async function timed(work: () => unknown): Promise<Timed> {
	const started = performance.now();
	const result = await work();
	return { milliseconds: performance.now() - started, result };
}

async function main(): Promise<void> {
	const engine = await Engine.start(n8nFolder, packageFolder);
	const protocol = exapiProtocol(packageFolder);
	let answer: Buffer = Buffer.alloc(0);
	answerCalls({
		run: async (input: RunInput) => await run(engine, input),
		sendPlainly: async (input: Omit<PlainOrders, 'orders'> & { count: number }) => {
			const work = { ...input, orders: sample('orders', input.count) };
			return await timed(async () => await sendPlainly(work));
		},
		hashPlainly: async ({ count, uid }: { count: number; uid: string }) => {
			const phones = sample('cleanPhones', count).map(({ phone }) => phone as string);
			return await timed(() => hashPlainly(phones, uid));
		},
		weighHashes: ({ count, uid }: { count: number; uid: string }) => {
			const items = sample('phonesAsTyped', count);
			const before = heapInUse();
			const output = hashedItems(items, uid);
			return { kept: heapInUse() - before, items: output.length };
		},
		writeStatusAnswer: ({ orders }: { orders: number }) => {
			answer = writeStatusAnswer(protocol, orders);
			return answer.length;
		},
		readStatusAnswer: async () => await timed(() => readStatusAnswer(protocol, answer)),
		parseStatusAnswer: async () => await timed(() => parseStatusAnswer(answer)),
	});
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : String(error)}\n`);
	process.exit(1);
});
