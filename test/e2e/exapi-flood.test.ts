import { setTimeout as sleep } from 'node:timers/promises';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { Partner } from './partner';
import { openSockets, residentMegabytes } from '../../tools/n8n/process-probe';
import { megabytesInUse } from './process-probe';
import { bytesAnswered } from './raw-connection';
import { addsOrder, KEY, ORDER, OTHER } from './trigger-cases';
import { triggerWorkflow } from './trigger-workflows';

const TOTAL = process.env.PARTNER_EXCHANGE_LONG ? 10_000 : 300;
const AT_ONCE = 24;
/** Of so many addresses each is soon banned, and the flood still meets every kind of refusal. */
const ADDRESSES = 100;
/** What n8n's own caches and timers may take meanwhile, in MB. */
const SLACK = 20;

let host: SharedHost;
let workflowId: string;
let url: string;
beforeAll(async () => {
	host = await useHost();
	const partners = JSON.stringify({ [KEY.sender]: KEY.secret, [OTHER.sender]: OTHER.secret });
	const credentialId = await host.rest.createCredential({
		name: 'Partners',
		type: 'exapiPartnersApi',
		data: { partners },
	});
	const workflow = triggerWorkflow('flood', credentialId, {}, addsOrder);
	workflowId = (await host.rest.createWorkflow(workflow)).id;
	await host.rest.activate(workflowId);
	url = `${host.n8n.url}/webhook/flood`;
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
}, CLEAN_UP_TIMEOUT);

const executions = async () => (await host.rest.executionIds(workflowId)).length;

/** What an intruder sends: each knows the right form, and none the secret. */
function badBody(index: number): string {
	const order = { ...ORDER, order_id: `F-${index}` };
	const signed = (key: typeof KEY) => new Partner(url, key).sign('addOrder', [order]);
	const right = signed(KEY);
	const kinds = [
		() => signed({ ...KEY, secret: `guess ${index}` }),
		() => signed({ sender: `nobody ${index}`, secret: 'x' }),
		() => right.replace(`F-${index}`, `F-${index}0`),
		() => right.slice(0, -1),
	];
	return kinds[index % kinds.length]!();
}

/** @returns how many bytes were answered in all */
async function flood(count: number): Promise<number> {
	let next = 0;
	let bytes = 0;
	const send = async () => {
		while (next < count) {
			const index = next++;
			const group = Math.floor(index / 4) % ADDRESSES;
			bytes += await bytesAnswered(url, badBody(index), `127.0.1.${group + 1}`);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, send));
	return bytes;
}

// Only Linux has all of 127/8 to send from, and /proc to look into the process.
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux(
	`${TOTAL} requests with bad signatures leave nothing behind`,
	async () => {
		const pid = host.n8n.pid!;
		expect(await flood(Math.max(100, TOTAL / 10))).toBe(0);
		const log = host.n8n.log();
		const sockets = await openSockets(pid);
		const memory = async () =>
			[await megabytesInUse(host.n8n), await residentMegabytes(pid)] as const;
		const before = await memory();
		const started = Date.now();
		expect(await flood(TOTAL)).toBe(0);
		const seconds = Math.round((Date.now() - started) / 1_000);
		const after = await memory();
		process.stderr.write(
			`${TOTAL} bad requests in ${seconds} s; n8n's memory in use ${before[0]} MB before, ` +
				`${after[0]} MB after; in RAM ${before[1]} and ${after[1]} MB\n`,
		);
		expect(await executions()).toBe(0);
		expect(after[0] - before[0]).toBeLessThan(SLACK);
		expect(host.n8n.log()).toBe(log);
		// A connection to n8n's own API is kept for some seconds.
		for (let second = 0; second < 10 && (await openSockets(pid)) > sockets; second++) {
			await sleep(1_000);
		}
		expect(await openSockets(pid)).toBeLessThanOrEqual(sockets);
	},
	3_600_000,
);

onLinux(
	'a partner banned at one address is served at another',
	async () => {
		const at = (address: string, key = KEY) => new Partner(url, key, address);
		const intruder = at('127.0.0.1', { ...KEY, secret: 'wrong' });
		for (let failure = 1; failure <= 5; failure++) {
			expect(await intruder.send(intruder.sign('addOrder', [ORDER]))).toBe('closed');
		}
		await expect(at('127.0.0.1').call('addOrder', [ORDER])).rejects.toThrow('closed');
		expect(await at('127.0.0.2').call('addOrder', [ORDER])).toMatchObject({ result: 5001 });
		expect(await at('127.0.0.1', OTHER).call('addOrder', [ORDER])).toMatchObject({ result: 5001 });
		expect(await executions()).toBe(2);
	},
	60_000,
);
