import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { SANDBOX_PARTNER, type ExapiSystem } from '../../sandbox/exapi';
import type { SandboxAddress } from '../../sandbox/server';
import type { N8nRest } from '../../tools/n8n/rest';
import { KEY, ORDER, type Chain, type TriggerParameters } from './trigger-cases';
import { createOrder, set, triggerWorkflow } from './trigger-workflows';
import type { Question, Tally, Traffic } from './traffic';

const LONG = process.env.PARTNER_EXCHANGE_LONG;
/** How often each dies; PARTNER_EXCHANGE_ROUNDS for another number. */
export const ROUNDS = Number(process.env.PARTNER_EXCHANGE_ROUNDS ?? (LONG ? 50 : 2));
/** How long the partner stays away. */
export const AWAY_MS = LONG ? 60_000 : 3_000;
export const ROUND_TIMEOUT = 300_000;

const DEADLINE_SECONDS = 8;
/** So many requests after a death, and it counts as survived. */
const SERVED_AFTERWARDS = 4;

/** Stores the credentials that these tests need, and gives a way to publish triggers. */
export async function publishing(
	rest: N8nRest,
	address: SandboxAddress,
): Promise<{
	trigger: (path: string, parameters: TriggerParameters, chain: Chain) => Promise<void>;
	crmId: string;
	portalId: string;
}> {
	const partners = JSON.stringify({ [KEY.sender]: KEY.secret });
	const partnersId = await rest.createCredential({
		name: 'Partners',
		type: 'exapiPartnersApi',
		data: { partners },
	});
	const crmId = await rest.createCredential({
		name: 'Another CRM',
		type: 'exapiApi',
		data: { url: address.exapi.url, ...SANDBOX_PARTNER, timeZone: 'UTC' },
	});
	const portalId = await rest.createCredential({
		name: 'Portal',
		type: 'elektrikApi',
		data: { url: address.elektrik.url, ...SANDBOX_DISTRIBUTOR },
	});
	const trigger = async (path: string, parameters: TriggerParameters, chain: Chain) => {
		const workflow = triggerWorkflow(path, partnersId, parameters, chain);
		await rest.activate((await rest.createWorkflow(workflow)).id);
	};
	return { trigger, crmId, portalId };
}

/** Gives back what it is sent. */
export const echo: [TriggerParameters, Chain] = [
	{ customMethods: 'echo', deadline: DEADLINE_SECONDS },
	[set('={{ { result: $json.params[0] } }}')],
];

/** A question of which nobody else gets the answer. */
export function askEcho(number: number): Question {
	const text = `значение ${number}`;
	return { method: 'echo', params: [text], isOwn: (result) => result === text };
}

/** Passes orders on to the sandbox's CRM. */
export const forward = (crmId: string): [TriggerParameters, Chain] => [
	{ deadline: DEADLINE_SECONDS },
	[createOrder(crmId)],
];

/** An order that nobody else has; the answer is the number that it has in the CRM. */
export const askForward =
	({ crm }: ExapiSystem) =>
	(number: number): Question => {
		const order_id = `${Date.now()}-${number}`;
		const isOwn = (result: unknown) => result === crm.order(order_id)?.crmId;
		return { method: 'addOrder', params: [{ ...ORDER, order_id }], isOwn };
	};

/** Something goes down under load, stays away and comes back: afterwards partners are served. */
export async function survive(
	traffic: Traffic,
	goDown: () => Promise<void> | void,
	awayMs: number,
	comeBack: () => Promise<void>,
): Promise<{ servedWhileAway: number }> {
	await traffic.untilServed(SERVED_AFTERWARDS);
	// At some moment of receiving, running or answering.
	await sleep(Math.random() * 1_500);
	await goDown();
	const before = traffic.served;
	await sleep(awayMs);
	const servedWhileAway = traffic.served - before;
	await traffic.calmDuring(comeBack);
	await traffic.untilServed(SERVED_AFTERWARDS);
	return { servedWhileAway };
}

/** What the requests came to, for the reader of a run. */
export function tell(what: string, tally: Tally): void {
	process.stderr.write(`${what}: ${JSON.stringify(tally)}\n`);
}
