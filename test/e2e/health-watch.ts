import { Worker } from 'node:worker_threads';

/** How n8n answered `/healthz` while something else happened. */
export interface Health {
	asked: number;
	/** Milliseconds of the slowest answer. */
	slowest: number;
	/** Answers other than 200, and connections that failed. */
	failed: number;
}

const POLL_INTERVAL_MS = 100;

/** In a thread of its own: the one that attacks is busy. */
const ASKING = `
const { get } = require('node:http');
const { parentPort, workerData } = require('node:worker_threads');
const health = { asked: 0, slowest: 0, failed: 0 };
let open = 0;
let isOver = false;
const done = (began, isWell) => {
	open--;
	health.slowest = Math.max(health.slowest, performance.now() - began);
	if (!isWell) health.failed++;
	if (isOver && open === 0) parentPort.postMessage(health);
};
const ask = () => {
	const began = performance.now();
	health.asked++;
	open++;
	get(workerData.url, { agent: false }, (response) => {
		response.resume().on('close', () => done(began, response.statusCode === 200));
	}).on('error', () => done(began, false));
};
ask();
const timer = setInterval(ask, workerData.every);
parentPort.once('message', () => {
	clearInterval(timer);
	isOver = true;
	if (open === 0) parentPort.postMessage(health);
});
`;

/** Asks for `/healthz` ten times a second while something is done. */
export async function healthWhile(n8nUrl: string, work: () => Promise<unknown>): Promise<Health> {
	const workerData = { url: `${n8nUrl}/healthz`, every: POLL_INTERVAL_MS };
	const worker = new Worker(ASKING, { eval: true, workerData });
	try {
		await work();
		return await new Promise<Health>((resolve, reject) => {
			worker.once('message', resolve).once('error', reject);
			worker.postMessage('end');
		});
	} finally {
		await worker.terminate();
	}
}
