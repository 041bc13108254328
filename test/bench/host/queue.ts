import { randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { KEEP_FINISHED_JOBS } from '../../../tools/n8n/queue-retention';
import { N8nInstance, type N8nProcess } from '../../../tools/n8n/instance';
import { startPostgres } from '../../../tools/n8n/postgres';
import { N8nRest } from '../../../tools/n8n/rest';
import { startRedis } from '../../peers/redis-server';
import type { Setting } from './setting';
import { isolateSetting, OWNER, profiled } from './host';
import { publishWebhooks } from './webhooks';

/** n8n in queue mode over a Redis and a PostgreSQL of its own; grows as it is told. */
export interface QueueMode {
	main: N8nInstance;
	webhooks: N8nInstance[];
	workers: N8nInstance[];
	/** Starts as many more processes as are missing. */
	grow(webhooks: number, workers: number): Promise<void>;
	/** Where the first worker writes its CPU profile. */
	workerProfile: string;
	stop(): Promise<void>;
}

/**
 * Starts the main process and publishes the webhook workflows in it.
 *
 * @throws Problem when PostgreSQL is not installed, Error when Redis is not
 */
export async function startQueueMode(stage: Setting): Promise<QueueMode> {
	const undo: Array<() => Promise<unknown>> = [];
	const stop = async () => {
		for (const step of undo.splice(0).reverse()) await step();
	};
	try {
		const redis = await startRedis();
		undo.push(async () => await redis.stop());
		const postgres = await startPostgres();
		undo.push(async () => await postgres.stop());
		const env = {
			...isolateSetting('lazy'),
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(postgres.port),
			DB_POSTGRESDB_DATABASE: postgres.database,
			DB_POSTGRESDB_USER: postgres.user,
			DB_POSTGRESDB_PASSWORD: postgres.password,
			// Production requests are for the webhook processors alone.
			N8N_DISABLE_PRODUCTION_MAIN_PROCESS: 'true',
			...KEEP_FINISHED_JOBS,
		};
		const start = starter(stage, env, (instance) => {
			undo.push(async () => {
				// Nothing of its is kept: it need not end in good order, which takes ten seconds.
				await instance.crash();
			});
		});
		const main = await start('start', 'main');
		const rest = new N8nRest(main.url);
		await rest.logInAsOwner(OWNER);
		await publishWebhooks(stage, rest);
		const webhooks: N8nInstance[] = [];
		const workers: N8nInstance[] = [];
		const workerProfile = join(stage.userFolder, 'worker.cpuprofile');
		return {
			main,
			webhooks,
			workers,
			workerProfile,
			stop,
			async grow(wantedWebhooks, wantedWorkers) {
				while (webhooks.length < wantedWebhooks) {
					webhooks.push(await start('webhook', `webhook-${webhooks.length}`));
				}
				while (workers.length < wantedWorkers) {
					const more = workers.length === 0 ? profiled(workerProfile) : {};
					workers.push(await start('worker', `worker-${workers.length}`, more));
				}
			},
		};
	} catch (error) {
		await stop();
		throw error;
	}
}

type Start = (
	process: N8nProcess,
	name: string,
	env?: Record<string, string>,
) => Promise<N8nInstance>;

/** Starts processes that share database, queue and encryption key, each with a folder of its own. */
function starter(
	{ n8n, userFolder }: Setting,
	shared: Record<string, string>,
	started: (instance: N8nInstance) => void,
): Start {
	const encryptionKey = randomBytes(24).toString('hex');
	return async (process, name, env = {}) => {
		const folder = join(userFolder, name);
		const nodes = join('.n8n', 'nodes');
		await cp(join(userFolder, nodes), join(folder, nodes), { recursive: true });
		const instance = new N8nInstance({
			n8n,
			userFolder: folder,
			process,
			encryptionKey,
			env: { ...shared, ...env },
		});
		started(instance);
		await instance.start();
		return instance;
	};
}
