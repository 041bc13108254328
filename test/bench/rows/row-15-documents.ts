import type { Fact } from '../measure/comparison';
import type { Row, Size } from '../row';
import type { Stage } from '../stage';

const MEGABYTE = 1024 * 1024;
const SIZES: Record<Size, Array<{ documents: number; megabytes: number }>> = {
	full: [
		{ documents: 50, megabytes: 1 },
		{ documents: 1, megabytes: 100 },
	],
	quick: [{ documents: 4, megabytes: 1 }],
};
/**
 * Of this, some 100 MB are what the engine has not collected yet, whatever passes. A file of 100 MB, its base64
 * and the JSON around it would take more than 300 MB besides, and fifty of 1 MB at once more than 150.
 */
const MOST_MEGABYTES = 160;

export const documents: Row = {
	id: '15',
	title: '`document.download` and `document.upload`',
	how: 'The documents of a client are downloaded and uploaded again as new ones, each in an n8n engine of its own, warmed up with two documents. n8n keeps binary data in files, as it does by default. Peak memory is what the process had at most above what it had before.',

	async measure(stage, size) {
		const facts: Fact[] = [];
		for (const load of SIZES[size]) facts.push(await pass(stage, size, load));
		return { comparisons: [], facts };
	},
};

async function pass(
	stage: Stage,
	size: Size,
	{ documents: count, megabytes }: { documents: number; megabytes: number },
): Promise<Fact> {
	const engine = await stage.newEngine();
	try {
		await send(stage, 2, MEGABYTE);
		const { memory, milliseconds } = await send(stage, count, megabytes * MEGABYTE);
		const peak = Math.max(0, memory.peak - memory.peakBefore) / MEGABYTE;
		const noun = count === 1 ? 'document' : 'documents';
		return {
			what: `${count} ${noun} of ${megabytes} MB down and up: peak memory`,
			value: `${Math.round(peak)} MB`,
			other: `${Math.round(milliseconds)} ms`,
			bound: `≤ ${MOST_MEGABYTES} MB`,
			...(size === 'full' && { holds: peak <= MOST_MEGABYTES }),
		};
	} finally {
		await engine.stop();
	}

	async function send(from: Stage, files: number, bytes: number) {
		await from.prepare({ documents: { count: files, bytes } });
		const run = await from.run('clientright-documents', 'nothing', 1, { engine });
		if (run.items !== files) throw new Error(`${run.items} of ${files} documents were uploaded`);
		return run;
	}
}
