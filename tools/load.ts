import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SANDBOX_PARTNER } from '../sandbox/exapi';
import { createSandbox } from '../sandbox/server';
import { prepareN8n } from './demo/demo-n8n';
import { writePage } from './docs/write-page';
import { keepChanging, startWitness } from './load/changes';
import { byClients, byRate, Tally } from './load/load-generator';
import { faultsOf, pageOf, type LoadRun } from './load/report';
import { Requests, type Addresses } from './load/requests';
import { changesWorkflow, elektrikWorkflow, exapiWorkflow } from './load/workflows';
import type { N8nInstance } from './n8n/instance';
import { manifestVersion } from './n8n/manifest';
import { Problem } from './n8n/problem';
import { descriptorsOf, heapOf, probeEnvironment } from './n8n/process-probe';
import { N8nRest } from './n8n/rest';
import type { WorkflowDefinition } from './n8n/workflow';

const HELP = `Asks all triggers of a real n8n at 80 % of what it can answer, and writes docs/load.md.

npm run load [-- --minutes 10] [--page docs/load.md]

It fails on an error, on memory that grows and on file descriptors that are left.
`;

const KEY = { sender: 'partner_7', secret: 'invented 41c2' };
const SHARE_OF_CAPACITY = 0.8;
const RAMP_CLIENTS = [1, 2, 4, 8, 16];
const RAMP_SECONDS = 5;
/** Kept connections end after five seconds at n8n, after four at our nodes. */
const CONNECTIONS_END_MS = 8_000;

const print = (line: string) => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			minutes: { type: 'string', default: '10' },
			page: { type: 'string', default: join('docs', 'load.md') },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		print(HELP);
		return;
	}
	const minutes = Number(values.minutes);
	if (!(minutes > 0)) throw new Problem(`"${values.minutes}" is no number of minutes.\n\n${HELP}`);
	const userFolder = await mkdtemp(join(tmpdir(), 'partner-exchange-load-'));
	try {
		const run = await loadIn(userFolder, minutes);
		const faults = faultsOf(run);
		await writePage(values.page, pageOf(run));
		print(`${pageOf(run)}\nWritten to ${values.page}`);
		if (faults.length > 0) process.exitCode = 1;
	} finally {
		await rm(userFolder, { recursive: true, force: true });
	}
}

async function loadIn(userFolder: string, minutes: number): Promise<LoadRun> {
	const sandbox = createSandbox();
	const address = await sandbox.start();
	const witness = await startWitness();
	const heapFile = join(userFolder, 'heap');
	const env = {
		...probeEnvironment(heapFile),
		// As n8n advises for such traffic: what went well is not kept.
		EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none',
	};
	const n8n = await prepareN8n({ userFolder, sandbox: address, stories: [], env, progress: print });
	try {
		await n8n.start();
		const addresses = await publish(n8n, address.exapi.url, witness.url);
		const traffic = new Requests(addresses, KEY);
		const capacity = await findCapacity(traffic);
		const rate = capacity * SHARE_OF_CAPACITY;
		await sleep(CONNECTIONS_END_MS);
		const before = (await descriptorsOf(n8n.pid)).length;
		const changes = keepChanging(
			(orderId) => sandbox.exapi.crm.seed({ orderId })[0]!.updateRevision,
		);
		const tally = new Tally();
		const heap: Array<[number, number]> = [];
		for (const [from, to] of phasesOf(minutes)) {
			print(`Minutes ${from} to ${to}: ${rate.toFixed(1)} requests a second`);
			await byRate(rate, (to - from) * 60, traffic.next, tally);
			await sleep(1_000);
			heap.push([to, await heapOf(n8n.pid, heapFile)]);
		}
		const expected = changes.stop();
		const missed = await witness.missing(expected);
		traffic.close();
		await sleep(CONNECTIONS_END_MS);
		const descriptors = [before, (await descriptorsOf(n8n.pid)).length] as const;
		const found = { capacity, rate, tally, changes: expected.length, missed, heap, descriptors };
		return { minutes, n8nVersion: manifestVersion(), ...found };
	} finally {
		await n8n.stop();
		await sandbox.stop();
		witness.stop();
	}
}

/** The first look at the heap comes when caches are warm: at minute 2, earlier in a short run. */
function phasesOf(minutes: number): Array<[from: number, to: number]> {
	const warm = Math.min(2, minutes / 4);
	return [
		[0, warm],
		[warm, minutes],
	];
}

async function publish(n8n: N8nInstance, crm: string, witness: string): Promise<Addresses> {
	const rest = new N8nRest(n8n.url);
	await rest.logInAsOwner({
		email: 'owner@example.com',
		password: 'For-load-only-1',
		firstName: 'Load',
		lastName: 'Owner',
	});
	const credential = async (type: string, data: Record<string, unknown>) =>
		await rest.createCredential({ name: type, type, data });
	const partners = await credential('exapiPartnersApi', {
		partners: JSON.stringify({ [KEY.sender]: KEY.secret }),
	});
	const portal = await credential('elektrikApi', { url: 'http://127.0.0.1:1/', uid: 'invented' });
	const affiliate = await credential('exapiApi', {
		url: crm,
		...SANDBOX_PARTNER,
		timeZone: 'Europe/Moscow',
	});
	const workflows: WorkflowDefinition[] = [
		exapiWorkflow('load-exapi', partners),
		elektrikWorkflow('load-elektrik', portal),
		changesWorkflow(affiliate, witness),
	];
	for (const workflow of workflows) await rest.activate((await rest.createWorkflow(workflow)).id);
	return { exapi: `${n8n.url}/webhook/load-exapi`, elektrik: `${n8n.url}/webhook/load-elektrik` };
}

/** The most requests a second that n8n answers, with more and more clients. */
async function findCapacity(traffic: Requests): Promise<number> {
	let most = 0;
	for (const clients of RAMP_CLIENTS) {
		const tally = new Tally();
		const perSecond = await byClients(clients, RAMP_SECONDS, traffic.next, tally);
		print(`${clients} clients: ${perSecond.toFixed(1)} requests a second`);
		if (tally.failed > 0) {
			throw new Problem(`It failed before the load began: ${[...tally.errors.keys()].join('\n')}`);
		}
		// The first clients also wait for n8n to warm up.
		most = Math.max(most, perSecond);
	}
	return most;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Problem ? error.message : String(error)}\n`);
	process.exitCode = 1;
});
