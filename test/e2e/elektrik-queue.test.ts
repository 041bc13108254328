/** @needs php php-soap zeep redis postgresql */

import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { checkByPhpJson } from '../peers/json-client';
import { phpSoapClient, zeepClient, type SoapClient } from '../peers/soap-clients';
import { FAILED, FAILURES, FOUND, NOT_FOUND } from './elektrik-cases';
import {
	createCredential,
	Distributor,
	publishDistributor,
	tryOutDistributor,
} from './elektrik-distributor';
import {
	hashOf,
	pointsWorkflow,
	type Chain,
	type ElektrikCredential,
	type TriggerParameters,
} from './elektrik-workflows';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT } from './host';
import { useQueueHost, type QueueHost } from './queue-host';
import { failingNode } from './trigger-workflows';

const UNKNOWN = 'b'.repeat(32);
const PROTOCOLS = ['json', 'soap'] as const;

let host: QueueHost;
let credential: ElektrikCredential;
beforeAll(async () => {
	host = await useQueueHost();
	const { url } = host.address.elektrik;
	credential = await createCredential(host, { url, ...SANDBOX_DISTRIBUTOR });
}, INSTALL_TIMEOUT);
afterAll(async () => await host.stop(), CLEAN_UP_TIMEOUT);

/** One workflow, as both webhook processors serve it. */
async function publish(
	path: string,
	parameters?: TriggerParameters,
	chain?: Chain,
): Promise<[Distributor, Distributor]> {
	const [one, two] = host.webhooks;
	const first = await publishDistributor(host, one.url, credential, path, parameters, chain);
	return [first, new Distributor(`${two.url}/webhook/${path}`, first.workflowId, host)];
}

describe.each<SoapClient>([phpSoapClient, zeepClient])('$name', (client) => {
	const named = (path: string) => `${path}-${client.name.replace(' ', '-')}`;

	it('gets right answers of each webhook processor, which names itself in the WSDL', async () => {
		for (const distributor of await publish(named('client'))) {
			expect(await distributor.addressesInWsdl()).toEqual([distributor.url, distributor.url]);
			await expect(
				client.checkUser(distributor.wsdl, [hashOf(99), UNKNOWN, 'odd']),
			).resolves.toEqual([
				{ exist: true, points: 99 },
				{ exist: false, points: 0 },
				{ fault: expect.stringMatching(/:Sender$/), reason: expect.stringContaining('phone') },
			]);
		}
	}, 120_000);

	it('gets a fault when a worker fails', async () => {
		for (const { wsdl } of await publish(named('fails'), {}, [failingNode()])) {
			await expect(client.checkUser(wsdl, [hashOf(1)])).resolves.toEqual([
				{ fault: expect.stringMatching(/:Receiver$/), reason: FAILED },
			]);
		}
	}, 120_000);

	it('gets the same of the main process behind n8n’s test URL', async () => {
		const distributor = await tryOutDistributor(host, host.main.url, credential, named('test'));
		await distributor.listen();
		expect(await distributor.addressesInWsdl()).toEqual([distributor.url, distributor.url]);
		await expect(client.checkUser(distributor.wsdl, [hashOf(41)])).resolves.toEqual([
			{ exist: true, points: 41 },
		]);
	}, 120_000);
});

it('PHP, by JSON, gets right answers of each webhook processor', async () => {
	for (const { url } of await publish('php-json')) {
		await expect(checkByPhpJson(url, [hashOf(99), UNKNOWN, 'odd'])).resolves.toEqual([
			{ status: 200, answer: { exist: true, points: 99 } },
			{ status: 200, answer: { exist: false } },
			{ status: 400, answer: { error: expect.stringContaining('phone') } },
		]);
	}
}, 120_000);

describe.each(PROTOCOLS)('each webhook processor, by %s', (protocol) => {
	const named = (path: string) => `${path}-${protocol}`;
	const ask = async (distributors: Distributor[]) =>
		await Promise.all(distributors.map(async (distributor) => await distributor.check(protocol)));

	it.each(FOUND)(
		'says that there is an electrician: %s',
		async (path, parameters, chain) => {
			for (const answer of await ask(await publish(named(path), parameters, chain))) {
				expect(answer).toMatchObject({ status: 200, exist: true, points: 12.5 });
			}
		},
		60_000,
	);

	it.each(NOT_FOUND)(
		'says that there is none: %s',
		async (path, parameters, chain) => {
			for (const answer of await ask(await publish(named(path), parameters, chain))) {
				expect(answer).toMatchObject({ status: 200, exist: false, error: null });
			}
		},
		60_000,
	);

	it.each(FAILURES)(
		'says that it does not know: %s',
		async (path, parameters, chain, reason) => {
			const distributors = await publish(named(path), parameters, chain);
			const error = protocol === 'json' ? reason : `env:Receiver: ${reason}`;
			for (const answer of await ask(distributors)) {
				expect(answer).toMatchObject({ status: 500, exist: null, error });
			}
			expect(await distributors[0].executions()).toBe(2);
		},
		60_000,
	);
});

it('points go to the portal', async () => {
	const phone = '70000000001';
	const { portal } = host.sandbox.elektrik;
	portal.seed({ phone });
	const workflow = pointsWorkflow('points', credential, [{ phone, points: 12.5 }]);
	const { id } = await host.rest.createWorkflow(workflow);
	expect((await host.rest.runWorkflow(id)).status).toBe('success');
	expect(portal.electrician(phone)).toMatchObject({ points: 12.5, timesUpdated: 1 });
}, 60_000);
