import { isDeepStrictEqual } from 'node:util';
import { deserialize, serialize } from 'node:v8';

/** Errors that a person is meant to read, or that a server answers by. */
export type Family = abstract new (...args: never[]) => Error;

/** Generous: what is linear takes a hundredth of it, on a busy machine as well. */
const MS_PER_KILOBYTE = 5;
const FLOOR_MS = 300;
const ATTEMPTS = 3;

const BORN_WITH = Reflect.ownKeys(Object.prototype).length;

/**
 * Does something with what a stranger sent, and checks that it does no harm: no error but those of
 * the families, no time out of proportion to the size, neither the input nor what all objects
 * have in common changed.
 */
export function harmless(input: unknown, act: () => unknown, ...families: Family[]): void {
	const before = bytesOf(input);
	const limit = Math.max(FLOOR_MS, (sizeOf(input) / 1024) * MS_PER_KILOBYTE);
	let fastest = Number.POSITIVE_INFINITY;
	// Another process may have slowed an attempt down; it slows not all of them.
	for (let attempt = 1; attempt <= ATTEMPTS && fastest > limit; attempt++) {
		fastest = Math.min(fastest, processorTimeOf(act, families));
	}
	if (fastest > limit) throw new Error(`It took ${fastest} ms for ${sizeOf(input)} bytes`);
	checkPrototypes();
	if (isChanged(before, bytesOf(input))) throw new Error('The input was changed');
}

/** @returns milliseconds */
function processorTimeOf(act: () => unknown, families: readonly Family[]): number {
	const start = process.cpuUsage();
	try {
		act();
	} catch (error) {
		if (!families.some((family) => error instanceof family)) throw error;
	}
	const { user, system } = process.cpuUsage(start);
	return (user + system) / 1000;
}

export function checkPrototypes(): void {
	if (Reflect.ownKeys(Object.prototype).length !== BORN_WITH) {
		throw new Error('Object.prototype was changed');
	}
	for (const value of [{}, [], () => undefined]) {
		for (const polluted in value) throw new Error(`Every object has ${polluted}`);
	}
}

/** Everything in it; nothing of what has no bytes, a symbol for one. */
function bytesOf(input: unknown): Buffer {
	try {
		return serialize(input);
	} catch {
		return Buffer.alloc(0);
	}
}

function isChanged(before: Buffer, after: Buffer): boolean {
	if (after.equals(before)) return false;
	// The engine may write the same number in another way by now.
	return !isDeepStrictEqual(deserialize(after), deserialize(before));
}

function sizeOf(input: unknown): number {
	if (typeof input === 'string' || Buffer.isBuffer(input)) return input.length;
	try {
		return JSON.stringify(input).length;
	} catch {
		return 0;
	}
}
