import { delimiter, dirname } from 'node:path';
import { withoutOuterNpm } from './npm';

/** What of the outer environment would change how n8n runs: settings of another n8n, of jest… */
const NOT_FOR_N8N =
	/^(N8N|DB|EXECUTIONS|QUEUE|CREDENTIALS|NODES|OFFLOAD|EXTERNAL|WEBHOOK|JEST)_|^(GENERIC_TIMEZONE|NODE_OPTIONS|NODE_PATH|NODE_ENV|ENVIRONMENT|DEPLOYMENT_NAME)$/;
/** `PARTNER_EXCHANGE_ENV_N8N_LOG_LEVEL=debug npm start` sets N8N_LOG_LEVEL for n8n. */
const PASSED_ON = 'PARTNER_EXCHANGE_ENV_';

/**
 * This module asks api.n8n.io for a list at every start. Another version of n8n may not have it, and
 * does not start if it is set to disable a module that it does not know.
 */
const WITHOUT_MODULES: NodeJS.ProcessEnv = process.env.PARTNER_EXCHANGE_N8N
	? {}
	: { N8N_DISABLED_MODULES: 'mcp-registry' };

export interface N8nSettings {
	/** N8N_USER_FOLDER: n8n writes into its subfolder .n8n and nowhere else. */
	userFolder: string;
	/** The node executable that runs n8n. */
	node: string;
	/** The port of the editor and of webhooks, or of a worker's health checks. */
	port: number;
	/** The port of the task broker, one a process. */
	brokerPort: number;
	/** IANA name; by default the zone n8n has by itself (America/New_York). */
	timeZone?: string;
	/** By default n8n makes one and keeps it in the user folder. */
	encryptionKey?: string;
	/** More variables; they win over all others. */
	env?: Record<string, string>;
}

function fromOuterEnvironment(): NodeJS.ProcessEnv {
	const kept = Object.entries(withoutOuterNpm(process.env)).filter(
		([name]) => !NOT_FOR_N8N.test(name) && !name.startsWith(PASSED_ON),
	);
	return Object.fromEntries(kept);
}

function passedOn(): NodeJS.ProcessEnv {
	const entries = Object.entries(process.env).filter(([name]) => name.startsWith(PASSED_ON));
	return Object.fromEntries(entries.map(([name, value]) => [name.slice(PASSED_ON.length), value]));
}

/** The environment of an n8n process that listens on 127.0.0.1 and sends nothing to n8n's makers. */
export function n8nEnvironment(settings: N8nSettings): NodeJS.ProcessEnv {
	const { userFolder, node, port, brokerPort, timeZone, encryptionKey, env } = settings;
	const outer = fromOuterEnvironment();
	return {
		...outer,
		// What n8n starts by the name `node` shall be the Node it runs on itself.
		PATH: [dirname(node), outer.PATH].filter(Boolean).join(delimiter),
		NODE_ENV: 'production',
		N8N_USER_FOLDER: userFolder,
		N8N_HOST: '127.0.0.1',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_PORT: String(port),
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_SECURE_COOKIE: 'false',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		...WITHOUT_MODULES,
		...(timeZone === undefined ? {} : { GENERIC_TIMEZONE: timeZone }),
		...(encryptionKey === undefined ? {} : { N8N_ENCRYPTION_KEY: encryptionKey }),
		...passedOn(),
		...env,
	};
}
