import { play } from './faults/cell';
import { CLIENT_RIGHT } from './faults/clientright-service';
import { ELEKTRIK } from './faults/elektrik-service';
import { EXAPI } from './faults/exapi-service';
import { FAULTS } from './faults/matrix';

const MEGABYTE = 1024 * 1024;
/** Besides the largest answer that an operation reads: 16 MB, or 32 for a file. */
const BESIDES = 16 * MEGABYTE;

/** How much memory outside of the heap, where bodies are kept, something takes at its peak. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
	const before = process.memoryUsage().external;
	let peak = before;
	const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage().external)), 1);
	try {
		await work();
	} finally {
		clearInterval(timer);
	}
	return peak - before;
}

/** It looks again after a lost answer, and finds the record that was created. */
const FINDS_ITS_RECORD = 'record.upsert';

const operations = [EXAPI, CLIENT_RIGHT, ELEKTRIK].flatMap((service) =>
	service.subjects
		.filter(({ struckBefore, asksAfterLoss }) => !struckBefore && !asksAfterLoss)
		.filter(({ title }) => title !== FINDS_ITS_RECORD)
		.map((subject) => ({ service, subject, title: subject.title })),
);

describe.each(['50 MB', 'A gzip bomb: 1 MB that becomes 1 GB'])('an answer of %s', (title) => {
	const fault = FAULTS.find((known) => known.title === title)!;

	it.each(operations)('takes little memory: $title', async ({ service, subject }) => {
		const mode = { passing: false, retry: false };
		// What is loaded and packed at the first use is no matter of the answer.
		await play(service, subject, fault, mode);
		const peak = await peakOf(async () => {
			const { message } = await play(service, subject, fault, mode);
			expect(message).toMatch(/larger than \d+ MB/);
		});
		expect(peak).toBeLessThan((subject.maxMegabytes ?? 16) * MEGABYTE + BESIDES);
	});
});
