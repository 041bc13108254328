import type { Request } from 'express';
import { Stream } from 'node:stream';

const nothing = (): void => undefined;

/**
 * Hears the errors of the streams that a packed body is sent through. n8n stops listening to such a
 * stream when the body is over its limit; if what follows is broken, as it is when somebody wants
 * that, nobody hears of it, and Node ends the whole process.
 *
 * @returns to be called when n8n could not read the body: unpacks no more of it
 */
export function watchUnpacking(request: Request): () => void {
	const streams = new Set<NodeJS.WritableStream>();
	const pipe = request.pipe.bind(request);
	request.pipe = (destination, options) => {
		streams.add(destination.on('error', nothing));
		return pipe(destination, options);
	};
	return () => {
		for (const stream of streams) if (stream instanceof Stream.Writable) stream.destroy();
	};
}
