import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Profiler } from 'node:inspector';

const OURS = 'n8n-nodes-partner-exchange';
const WRITTEN_WITHIN_MS = 30_000;
/** What V8 and the system do, by the names that V8 gives to it. */
const NOT_CODE = /^\((.*)\)$/;

/** Where a process spent its time. */
export interface ProfileShare {
	/** A package, `Node.js`, `garbage collector`… */
	name: string;
	/** Of the time that the process was not idle, 0 to 1. */
	share: number;
}

/** Waits for a profile that was asked for, and reads it. */
export async function readProfile(file: string): Promise<ProfileShare[]> {
	const started = Date.now();
	while (!existsSync(file) || readFileSync(file).length === 0) {
		if (Date.now() - started > WRITTEN_WITHIN_MS) throw new Error('n8n wrote no CPU profile');
		await sleep(200);
	}
	return sharesOf(JSON.parse(readFileSync(file, 'utf8')) as Profiler.Profile);
}

/** Self time by package, the most first. */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfileShare[] {
	const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
	const times = new Map<string, number>();
	samples.forEach((id, index) => {
		const owner = owners.get(id) ?? 'idle';
		times.set(owner, (times.get(owner) ?? 0) + (timeDeltas[index] ?? 0));
	});
	times.delete('idle');
	const total = [...times.values()].reduce((sum, time) => sum + time, 0);
	return [...times]
		.map(([name, time]) => ({ name, share: time / total }))
		.sort((a, b) => b.share - a.share);
}

function ownerOf({ functionName, url }: Profiler.Profile['nodes'][number]['callFrame']): string {
	const special = NOT_CODE.exec(functionName)?.[1];
	if (special !== undefined && url === '') return special;
	// Not the cache folder that n8n is installed in, which has our name as well.
	if (url.includes(`/node_modules/${OURS}/`)) return OURS;
	if (url === 'node:inspector') return 'idle';
	const packages = [...url.matchAll(/node_modules\/((?:@[^/]+\/)?[^/]+)\//g)];
	return packages.at(-1)?.[1] ?? 'Node.js';
}

/** The share of our package, its dependencies included. */
export function oursIn(shares: readonly ProfileShare[]): number {
	return shares.find(({ name }) => name === OURS)?.share ?? 0;
}

/** Our place among the others, from 1 on; 0 when we do not appear. */
export function ourPlace(shares: readonly ProfileShare[]): number {
	return shares.findIndex(({ name }) => name === OURS) + 1;
}
