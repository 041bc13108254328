/** @needs redis postgresql */

import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEEP_FINISHED_JOBS } from '../../tools/n8n/queue-retention';
import { installN8n, type N8nInstallation } from '../../tools/n8n/install';
import { N8nInstance, type N8nProcess } from '../../tools/n8n/instance';
import { startPostgres, type PostgresServer } from '../../tools/n8n/postgres';
import { startRedis, type RedisServer } from '../peers/redis-server';

/** A server that n8n leans on. */
export interface Service {
	crash(): Promise<void>;
	/** Starts it again at the same port. Redis has then forgotten all, PostgreSQL nothing. */
	recover(): Promise<void>;
}

/**
 * n8n in queue mode: a main process, two webhook processors and two workers over Redis and
 * PostgreSQL, each process with a user folder of its own, as on five machines.
 */
export interface Queue {
	main: N8nInstance;
	/** Partners send to these. */
	webhooks: [N8nInstance, N8nInstance];
	workers: [N8nInstance, N8nInstance];
	/** n8n's own servers. */
	redis: Service;
	postgres: Service;
	/** Stops everything and removes its files. */
	stop(): Promise<void>;
}

/**
 * @param packageFolder a user folder with the package, which is copied
 * @param env more variables for all processes of n8n
 */
export async function startQueue(
	packageFolder: string,
	env: Record<string, string>,
): Promise<Queue> {
	const undo: Array<() => Promise<unknown>> = [];
	const stop = async (): Promise<void> => {
		for (const step of undo.splice(0).reverse()) await step();
	};
	try {
		return { ...(await startAll(packageFolder, env, (step) => undo.push(step))), stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

async function startAll(
	packageFolder: string,
	env: Record<string, string>,
	atEnd: (step: () => Promise<unknown>) => void,
): Promise<Omit<Queue, 'stop'>> {
	const n8n = await installN8n({ progress: (line) => process.stderr.write(`${line}\n`) });
	const folder = await mkdtemp(join(tmpdir(), 'partner-exchange-queue-'));
	atEnd(async () => await rm(folder, { recursive: true, force: true }));
	let server = await startRedis();
	atEnd(async () => await server.stop());
	const redis: Service = {
		crash: async () => await server.stop(),
		recover: async () => void (server = await startRedis(server.port)),
	};
	const postgres = await startPostgres();
	atEnd(async () => await postgres.stop());

	const shared = { ...settingsFor(server, postgres), ...env };
	const instances = await makeInstances(n8n, packageFolder, folder, shared);
	const { main, webhooks, workers } = instances;
	atEnd(async () => {
		const all = [...webhooks, ...workers, main];
		// Nothing of theirs is kept: they need not end in good order, which takes them ten seconds.
		await Promise.all(all.map(async (instance) => await instance.crash()));
	});
	// First the one that makes the tables of the database.
	await main.start();
	await Promise.all([...webhooks, ...workers].map(async (instance) => await instance.start()));
	return { ...instances, redis, postgres };
}

function settingsFor(redis: RedisServer, postgres: PostgresServer): Record<string, string> {
	return {
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
}

async function makeInstances(
	n8n: N8nInstallation,
	packageFolder: string,
	folder: string,
	env: Record<string, string>,
): Promise<Pick<Queue, 'main' | 'webhooks' | 'workers'>> {
	// What credentials are encrypted with has to be the same in all of them.
	const encryptionKey = randomBytes(24).toString('hex');
	const make = async (process: N8nProcess, name: string): Promise<N8nInstance> => {
		const userFolder = join(folder, name);
		await cp(packageFolder, userFolder, { recursive: true });
		return new N8nInstance({ n8n, userFolder, process, encryptionKey, env, timeZone: 'UTC' });
	};
	return {
		main: await make('start', 'main'),
		webhooks: [await make('webhook', 'webhook-1'), await make('webhook', 'webhook-2')],
		workers: [await make('worker', 'worker-1'), await make('worker', 'worker-2')],
	};
}
