import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { heapOf, probeEnvironment, residentMegabytes } from '../../tools/n8n/process-probe';
import type { WorkflowDefinition } from '../../tools/n8n/workflow';
import { drip, pipeline } from './attackers';
import { clientRightWorkflow } from './clientright-workflow';
import { createCredential, publishDistributor } from './elektrik-distributor';
import { askWorkflow, hashOf } from './elektrik-workflows';
import { healthWhile, type Health } from './health-watch';
import { INSTALL_TIMEOUT, startHost, type Host } from './host';
import {
	HostilePartner,
	JSON_ANSWERS,
	SIGNED_ANSWERS,
	SOAP_ANSWERS,
	WSDLS,
} from './hostile-partner';
import { addsOrder, KEY } from './trigger-cases';
import { startedByHand, triggerWorkflow } from './trigger-workflows';

const LONG = process.env.PARTNER_EXCHANGE_LONG === '1';
/**
 * For how long n8n does nothing else: less, and on a machine of its own it answers within a second
 * whatever is asked meanwhile.
 */
const BUSY_MS = 1_000;
/** After a minute the memory is what it was before, but for a tenth. */
const SETTLED_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

const folder = mkdtempSync(join(tmpdir(), 'partner-exchange-attacks-'));
const heapFile = join(folder, 'heap');
const turnFile = join(folder, 'turn');

interface Measured extends Health {
	/** Milliseconds on a processor of the longest turn of n8n's event loop. */
	turn: number;
	/** Memory of the process in RAM, in MB. */
	before: number;
	peak: number;
	after: number;
}

/** Does something to n8n, asks it for `/healthz` meanwhile, and waits until its memory is as before. */
async function measure({ n8n }: Host, attack: () => Promise<unknown>): Promise<Measured> {
	const pid = n8n.pid!;
	const before = await memoryOf(pid);
	let peak = before;
	const timer = setInterval(() => {
		void residentMegabytes(pid).then((now) => (peak = Math.max(peak, now)));
	}, 100);
	const health = await healthWhile(n8n.url, attack);
	const end = Date.now() + SETTLED_MS;
	let after = await memoryOf(pid);
	const turn = Number(readFileSync(turnFile, 'utf8'));
	while (after > before * 1.1 && Date.now() < end) {
		await sleep(LOOK_EVERY_MS);
		after = await memoryOf(pid);
	}
	clearInterval(timer);
	return { ...health, turn, before, peak, after };
}

/** In RAM, after its garbage was collected; the longest turn is counted from now on. */
async function memoryOf(pid: number): Promise<number> {
	await heapOf(pid, heapFile);
	return await residentMegabytes(pid);
}

function report(attack: string, measured: Measured): void {
	const { asked, slowest, failed, turn, before, peak, after } = measured;
	process.stderr.write(
		`${attack}: of ${asked} questions for /healthz ${failed} failed, the slowest took ` +
			`${Math.round(slowest)} ms; the longest turn ${Math.round(turn)} ms; ` +
			`memory ${before} MB before, ${peak} MB at most, ${after} MB after\n`,
	);
}

async function start(env: Record<string, string> = {}): Promise<Host> {
	return await startHost([], {
		...probeEnvironment(heapFile),
		TURN_PROBE: turnFile,
		...env,
	});
}

async function end(host: Host): Promise<void> {
	await host.stop();
	await host.remove();
}

/** Both triggers, in workflows that are published. */
async function publishTriggers(host: Host): Promise<string[]> {
	const credentialId = await host.rest.createCredential({
		name: 'Partners',
		type: 'exapiPartnersApi',
		data: { partners: JSON.stringify({ [KEY.sender]: KEY.secret }) },
	});
	const exapi = triggerWorkflow('attacked-exapi', credentialId, {}, addsOrder);
	await host.rest.activate((await host.rest.createWorkflow(exapi)).id);
	const portal = await createCredential(host, { url: 'http://127.0.0.1:9/', uid: 'uid' });
	const distributor = await publishDistributor(host, host.n8n.url, portal, 'attacked-elektrik');
	return [`${host.n8n.url}/webhook/attacked-exapi`, distributor.url];
}

// Only Linux has /proc to look into the process, and all of 127/8 to send from.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('answers that cost too much', () => {
	let host: Host;
	let partner: HostilePartner;
	beforeAll(async () => {
		partner = await HostilePartner.start(KEY);
		host = await start();
	}, INSTALL_TIMEOUT);
	afterAll(async () => {
		await end(host);
		await partner.stop();
	}, 60_000);

	/** @returns the status of a workflow whose partner is hostile */
	const run = async (workflow: WorkflowDefinition) => {
		const { id } = await host.rest.createWorkflow(workflow);
		return (await host.rest.runWorkflow(id)).status;
	};
	const fails = async (workflow: WorkflowDefinition) => {
		expect(await run(workflow)).toBe('error');
	};

	const exapiAt = async (url: string) => {
		const data = { url, ...KEY, timeZone: 'Europe/Moscow' };
		return exapiWorkflow(await host.rest.createCredential({ name: url, type: 'exapiApi', data }));
	};
	const exapi = async (url: string) => await fails(await exapiAt(url));
	const clientRight = async (url: string) => {
		const data = { url, username: 'api', accessKey: 'key 41c2' };
		const id = await host.rest.createCredential({ name: url, type: 'clientRightApi', data });
		await fails(clientRightWorkflow(id, 'session.logIn', {}));
	};
	const elektrik = async (endpoint: string, protocol: 'json' | 'soap') => {
		const credential = await createCredential(host, { url: endpoint, uid: 'uid' });
		await fails(askWorkflow(credential, { endpoint, protocol, phoneHash: hashOf(1) }));
	};
	const tested = async (type: string, url: string) => {
		const data = {
			url,
			...KEY,
			timeZone: 'Europe/Moscow',
			username: 'api',
			accessKey: 'key 41c2',
			uid: 'uid',
		};
		const { status } = await host.rest.testCredential({ name: type, type, data });
		expect(status).toBe('Error');
	};

	const each = async (kinds: object, attack: (kind: string) => Promise<void>) => {
		const names = Object.keys(kinds);
		for (const kind of LONG ? names : names.slice(0, 2)) await attack(kind);
	};
	const CREDENTIALS = ['exapiApi', 'clientRightApi', 'elektrikApi'];
	const test = async (group: string) =>
		await Promise.all(CREDENTIALS.map(async (type) => await tested(type, partner.at(group, 'x'))));

	const ATTACKS: Array<[title: string, attack: () => Promise<unknown>]> = [
		[
			'SOAP responses and WSDLs that expand when they are read',
			async () => {
				await each(SOAP_ANSWERS, async (kind) => await elektrik(partner.at('soap', kind), 'soap'));
				await each(WSDLS, async (kind) => await elektrik(partner.at('wsdl', kind), 'soap'));
			},
		],
		[
			'compressed JSON of 16 MB for ClientRight, exapi and Elektrik.ru',
			async () => {
				await each(JSON_ANSWERS, async (kind) => {
					await clientRight(partner.at('json', kind));
					await exapi(partner.at('json', kind));
					await elektrik(partner.at('json', kind), 'json');
				});
			},
		],
		[
			'answers of 16 MB that a partner signed',
			async () =>
				await each(SIGNED_ANSWERS, async (kind) => {
					// What a partner signed may be an answer: without orders, or with a very long one.
					await run(await exapiAt(partner.at('signed', kind)));
				}),
		],
		['credential tests against a gzip bomb', async () => await test('bomb')],
		['credential tests against a slow response', async () => await test('dripping')],
	];

	it.each(ATTACKS)(
		'%s',
		async (title, attack) => {
			// What is loaded at the first use, and kept, is no matter of the attack.
			await attack();
			const measured = await measure(host, attack);
			report(title, measured);
			expect(measured.failed).toBe(0);
			expect(measured.turn).toBeLessThan(BUSY_MS);
			expect(measured.after).toBeLessThan(measured.before * 1.1);
		},
		900_000,
	);
});

function exapiWorkflow(credentialId: string): WorkflowDefinition {
	const call = {
		name: 'Exapi',
		type: 'n8n-nodes-partner-exchange.exapi',
		typeVersion: 1,
		position: [200, 0] as [number, number],
		parameters: { resource: 'order', operation: 'getStatusChanges', revision: 0 },
		credentials: { exapiApi: { id: credentialId, name: 'CRM' } },
	};
	return {
		name: 'Changes',
		nodes: [{ name: 'Start', position: [0, 0], ...startedByHand() }, call],
		connections: { Start: { main: [[{ node: 'Exapi', type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1' },
	};
}

/** How n8n evaluates expressions decides what a request costs it before a trigger is asked. */
const ENGINES: Record<string, Record<string, string>> = {
	eager: { N8N_EXPRESSION_ENGINE: 'vm', N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'false' },
	lazy: { N8N_EXPRESSION_ENGINE: 'vm', N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	legacy: { N8N_EXPRESSION_ENGINE: 'legacy' },
};
const PIPELINED = LONG ? 900 : 60;
const DRIPPING = { connections: 60, everyMs: 8_000, forMs: LONG ? 60_000 : 16_000 };
/** What n8n’s memory has grown by at most a minute after each attack, in MB; SECURITY.md says so. */
const WITH_ISOLATES = LONG ? 6_000 : 1_500;
const LEFT_MB: Record<string, number> = { eager: WITH_ISOLATES, lazy: WITH_ISOLATES, legacy: 200 };

onLinux.each(LONG ? Object.keys(ENGINES) : ['lazy'])('unauthenticated requests, %s', (engine) => {
	let host: Host;
	let triggers: string[];
	beforeAll(async () => {
		host = await start(ENGINES[engine]);
		triggers = await publishTriggers(host);
		for (const url of triggers) await pipeline(url, 20);
	}, INSTALL_TIMEOUT);
	afterAll(async () => await end(host), 60_000);

	it.each<[string, (url: string) => Promise<unknown>]>([
		[`${PIPELINED} requests over one connection`, async (url) => await pipeline(url, PIPELINED)],
		['60 connections with a byte in 8 s', async (url) => await drip(url, DRIPPING)],
	])(
		'%s',
		async (title, attack) => {
			for (const url of triggers) {
				const measured = await measure(host, async () => await attack(url));
				report(`${engine}, ${title}, ${new URL(url).pathname}`, measured);
				expect(measured.failed).toBe(0);
				expect(measured.after - measured.before).toBeLessThan(LEFT_MB[engine]!);
			}
			expect(host.n8n.isRunning).toBe(true);
		},
		900_000,
	);
});
