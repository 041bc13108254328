import { createSandbox, type Sandbox, type SandboxAddress } from '../../sandbox/server';
import type { N8nRest } from '../../tools/n8n/rest';
import { recording, takeAway } from './host';
import { service, sharedLogin, sharedQueue, type QueueProcess } from './keeper/ask';
import type { QueueServiceName } from './keeper/messages';
import { logIn } from './owner';
import type { Service } from './queue-processes';

/** n8n in queue mode, see `startQueue`, and a sandbox. */
export interface QueueHost {
	rest: N8nRest;
	main: QueueProcess;
	/** Partners send to these. */
	webhooks: [QueueProcess, QueueProcess];
	workers: [QueueProcess, QueueProcess];
	/** n8n's own Redis and PostgreSQL. */
	queue: Service;
	database: Service;
	sandbox: Sandbox;
	address: SandboxAddress;
	stop(): Promise<void>;
}

/** The queue mode of all files of this run, with a sandbox for this one. */
export async function useQueueHost(): Promise<QueueHost> {
	const processes = await sharedQueue();
	const { main } = processes;
	const sandbox = createSandbox();
	const address = await sandbox.start();
	const { rest, created } = recording(await logIn(main.url, await sharedLogin('queue')));
	return {
		rest,
		main,
		webhooks: [processes['webhook-1'], processes['webhook-2']],
		workers: [processes['worker-1'], processes['worker-2']],
		queue: serviceOf('redis'),
		database: serviceOf('postgres'),
		sandbox,
		address,
		stop: async () => {
			// What a test has ended is there again for the next file.
			const ended = Object.values(processes).filter(({ isRunning }) => !isRunning);
			await Promise.all(ended.map(async (process) => await process.start()));
			await takeAway(rest, created);
			await sandbox.stop();
		},
	};
}

function serviceOf(name: QueueServiceName): Service {
	return {
		crash: async () => await service('crash', name),
		recover: async () => await service('recover', name),
	};
}
