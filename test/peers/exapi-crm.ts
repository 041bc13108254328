import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExapiKey } from '../../nodes/Exapi/protocol';
import type { JsonObject } from '../../nodes/shared/wire';
import { startPhpServer } from './php-server';

/** A change of an order, by the names of the PHP CRM. */
export interface PhpOrderChange {
	status?: string;
	comment?: string;
	/** `Y-m-d H:i:s` in the CRM's zone; `state` as text. */
	call?: { date?: string; state?: string; recall?: string; comment?: string };
	/** Fields of `getOrders`. */
	details?: JsonObject;
}

/** What the PHP CRM remembers. */
export interface PhpCrmState {
	rev: number;
	orders: Array<JsonObject & { id: string; nmb: string; status: string; fields: JsonObject }>;
	/** Methods of the admitted requests, oldest first. */
	received: string[];
}

/** `exapi-crm.php` in a `php -S` of its own. */
export interface PhpCrm {
	/** The entry point. */
	url: string;
	state(): Promise<PhpCrmState>;
	/** @throws Error when there is no such order */
	changeOrder(number: string, change: PhpOrderChange): Promise<void>;
	/** What PHP printed. */
	log(): string;
	stop(): Promise<void>;
}

/** @param timeZone the CRM's IANA zone; default Europe/Moscow */
export async function startPhpCrm(key: ExapiKey, timeZone?: string): Promise<PhpCrm> {
	const folder = await mkdtemp(join(tmpdir(), 'exapi-crm-'));
	const server = await startPhpServer(join(__dirname, 'exapi-crm.php'), {
		EXAPI_STATE: join(folder, 'state.json'),
		EXAPI_SENDER: key.sender,
		EXAPI_SECRET: key.secret,
		...(timeZone ? { EXAPI_TIME_ZONE: timeZone } : {}),
	});
	return {
		url: `${server.url}/exapi`,
		log: () => server.log(),
		async state() {
			const response = await fetch(`${server.url}/control`);
			return (await response.json()) as PhpCrmState;
		},
		async changeOrder(number, change) {
			const body = JSON.stringify({ ...change, number });
			const response = await fetch(`${server.url}/control`, { method: 'POST', body });
			if (!response.ok) throw new Error(`The PHP CRM has no order "${number}"`);
		},
		async stop() {
			await server.stop();
			await rm(folder, { recursive: true });
		},
	};
}
