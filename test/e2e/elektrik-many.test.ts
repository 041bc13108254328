/** @needs php-soap zeep */

import { setTimeout as sleep } from 'node:timers/promises';
import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { phpSoapClient, zeepClient } from '../peers/soap-clients';
import { createCredential, publishDistributor, type Distributor } from './elektrik-distributor';
import { expectRefusal, NO_CHECKS } from './elektrik-requests';
import { hashOf } from './elektrik-workflows';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';

const CALLS = process.env.PARTNER_EXCHANGE_LONG ? 2_000 : 96;
const CLIENTS = 24;
/** The others are PHP's, of which a process costs a tenth. */
const ZEEP_CLIENTS = 2;
const SENDERS_OF_NO_CHECKS = 3;

let host: SharedHost;
let distributor: Distributor;
beforeAll(async () => {
	host = await useHost();
	const { url } = host.address.elektrik;
	const credential = await createCredential(host, { url, ...SANDBOX_DISTRIBUTOR });
	const patient = { deadline: 300 };
	distributor = await publishDistributor(host, host.n8n.url, credential, 'many', patient);
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
}, CLEAN_UP_TIMEOUT);

it(`${CLIENTS} SOAP clients at once, ${CALLS} calls, each get their own answers`, async () => {
	const started = Date.now();
	let isOver = false;
	let refusals = 0;
	const sendNoChecks = async () => {
		for (; !isOver; refusals++) {
			await expectRefusal(distributor, NO_CHECKS[refusals % NO_CHECKS.length]!);
		}
	};
	const disturbance = Array.from({ length: SENDERS_OF_NO_CHECKS }, sendNoChecks);
	try {
		await Promise.all(Array.from({ length: CLIENTS }, (_, index) => callAsClient(index)));
	} finally {
		isOver = true;
	}
	await Promise.all(disturbance);
	const seconds = Math.round((Date.now() - started) / 1_000);
	process.stderr.write(`${CALLS} calls among ${refusals} that are none in ${seconds} s\n`);
	expect(refusals).toBeGreaterThan(NO_CHECKS.length);
	await expectExecutions(CALLS);
}, 3_600_000);

/** Every client asks for points that no other asks for. */
async function callAsClient(index: number): Promise<void> {
	const client = index < ZEEP_CLIENTS ? zeepClient : phpSoapClient;
	const numbers = Array.from({ length: CALLS }, (_, number) => 1_000 + number);
	const own = numbers.filter((number) => number % CLIENTS === index);
	const outcomes = await client.checkUser(distributor.wsdl, own.map(hashOf));
	expect(outcomes).toEqual(own.map((points) => ({ exist: true, points })));
}

/** One for each call, and none for what is no check. n8n may still be writing the last ones down. */
async function expectExecutions(count: number): Promise<void> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId: distributor.workflowId }));
	const counted = async () =>
		await host.rest.call<{ count: number }>('GET', `/executions?filter=${filter}`);
	for (let wait = 0; wait < 60 && (await counted()).count < count; wait++) await sleep(500);
	expect(await counted()).toMatchObject({ count });
}
