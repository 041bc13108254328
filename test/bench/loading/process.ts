import { answerCalls } from '../process/callee';
import { loadHost } from '../engine/host-modules';

/** What loading a package added to n8n. */
export interface Loading {
	milliseconds: number;
	/** Bytes in the process, as the system counts them. */
	memory: number;
	/** Bytes in the heap, after a collection. */
	heap: number;
	/** Names of the dependencies that were loaded along. */
	dependencies: string[];
}

const [n8nFolder = '', packageFolder = ''] = process.argv.slice(2);

function collected(): NodeJS.MemoryUsage {
	global.gc?.();
	return process.memoryUsage();
}

/** The packages among the loaded modules that belong to ours, by name. */
function loadedDependencies(): string[] {
	const names = Object.keys(require.cache)
		.filter((path) => path.startsWith(packageFolder))
		.flatMap(
			(path) =>
				/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path.slice(packageFolder.length))?.[1] ?? [],
		);
	return [...new Set(names)].sort();
}

const host = loadHost(n8nFolder);
answerCalls({
	async load(): Promise<Loading> {
		const before = collected();
		const started = performance.now();
		// As n8n loads a community package when it starts.
		await new host.core.PackageDirectoryLoader(packageFolder).loadAll();
		const milliseconds = performance.now() - started;
		const after = collected();
		return {
			milliseconds,
			memory: after.rss - before.rss,
			heap: after.heapUsed - before.heapUsed,
			dependencies: loadedDependencies(),
		};
	},
});
