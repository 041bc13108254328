import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import type { Fault, Surroundings } from './fault';
import type { Struck } from './front';

const MEGABYTE = 1024 * 1024;

/** Answers that are too much of one. */
export const LARGE_FAULTS: readonly Fault[] = [
	{
		title: '50 MB',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck, surroundings) => {
			await struck.forward();
			await pour(struck, surroundings, 50 * MEGABYTE);
		},
	},
	{
		title: 'A gzip bomb: 1 MB that becomes 1 GB',
		effect: 'lost',
		carriedOut: true,
		strike: async (struck) => {
			await struck.forward();
			const head = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
			struck.response.writeHead(200, head).end(bomb());
		},
	},
];

async function pour({ response }: Struck, { count }: Surroundings, bytes: number): Promise<void> {
	const chunk = Buffer.alloc(64 * 1024, 'x');
	response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes });
	for (let left = bytes; left > 0 && !response.destroyed; left -= chunk.length) {
		count(chunk.length);
		if (response.write(chunk)) continue;
		await Promise.race([once(response, 'drain'), once(response, 'close')]);
	}
	response.end();
}

let packed: Buffer | undefined;

/** Members of gzip one after the other are one stream (RFC 1952, 2.2). */
function bomb(): Buffer {
	packed ??= Buffer.concat(new Array<Buffer>(100).fill(gzipSync(Buffer.alloc(10 * MEGABYTE, 'x'))));
	return packed;
}
