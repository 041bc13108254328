import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as N8nCore from 'n8n-core';
import type * as N8nWorkflow from 'n8n-workflow';
import type { IWorkflowExecuteAdditionalData } from 'n8n-workflow';

interface ExpressionEngineConfig {
	engine: 'legacy' | 'vm' | 'quickjs';
	poolSize: number;
	maxCodeCacheSize: number;
	bridgeTimeout: number;
	bridgeMemoryLimit: number;
	lazyAcquire: boolean;
	compileCache: boolean;
}

interface Container {
	get<T>(type: new (...args: never[]) => T): T;
}

interface TaskRequester {
	startTask: IWorkflowExecuteAdditionalData['startRunnerTask'];
}

type Newable<T> = new (...args: never[]) => T;

/** The modules of an installed n8n: its engine, its expressions, its task runners. */
export interface HostModules {
	core: typeof N8nCore;
	workflow: typeof N8nWorkflow;
	container: Container;
	/** n8n's own settings for expressions, those of its environment included. */
	expressionEngine: ExpressionEngineConfig;
	/** Starts what runs Code nodes, as `n8n start` does, and gives the way to it. */
	startTaskRunner(): Promise<TaskRequester>;
	/** Folder with node_modules. */
	folder: string;
}

/**
 * Loads n8n's modules from where it is installed, not from the checkout: there expressions run
 * without isolated-vm, which Node 20 cannot build.
 *
 * @param folder of the installation, with its node_modules
 */
export function loadHost(folder: string): HostModules {
	const n8n = join(folder, 'node_modules', 'n8n');
	const load = createRequire(join(n8n, 'package.json'));
	load('reflect-metadata');
	const { Container: container } = load('@n8n/di') as { Container: Container };
	const { GlobalConfig } = load('@n8n/config') as {
		GlobalConfig: Newable<{ expressionEngine: ExpressionEngineConfig }>;
	};
	return {
		core: load('n8n-core') as typeof N8nCore,
		workflow: load('n8n-workflow') as typeof N8nWorkflow,
		container,
		expressionEngine: container.get(GlobalConfig).expressionEngine,
		async startTaskRunner() {
			// Exports of no package: n8n loads these files of its own by their paths as well.
			const { TaskRunnerModule } = load(join(n8n, 'dist/task-runners/task-runner-module.js')) as {
				TaskRunnerModule: Newable<{ start(): Promise<void> }>;
			};
			await container.get(TaskRunnerModule).start();
			const { TaskRequester: requester } = load(
				join(n8n, 'dist/task-runners/task-managers/task-requester.js'),
			) as { TaskRequester: Newable<TaskRequester> };
			return container.get(requester);
		},
		folder,
	};
}
