/** @needs php php-soap zeep */

import { SANDBOX_DISTRIBUTOR } from '../../sandbox/elektrik';
import { checkByPhpJson } from '../peers/json-client';
import { phpSoapClient, zeepClient, type SoapClient } from '../peers/soap-clients';
import { FAILED, FAILURES, FOUND, LATE, NOT_FOUND } from './elektrik-cases';
import {
	createCredential,
	Distributor,
	publishDistributor,
	tryOutDistributor,
} from './elektrik-distributor';
import {
	expectRefusal,
	JSON_QUESTION,
	NO_CHECKS,
	SOAP_FORMS,
	SOAP_QUESTION,
} from './elektrik-requests';
import {
	checkWorkflow,
	hashOf,
	knowsHashesWithA,
	respondCheck,
	type Chain,
	type ElektrikCredential,
	type TriggerParameters,
} from './elektrik-workflows';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { failingNode, set, wait } from './trigger-workflows';

const UNKNOWN = 'b'.repeat(32);

let host: SharedHost;
let credential: ElektrikCredential;
beforeAll(async () => {
	host = await useHost();
	const { url } = host.address.elektrik;
	credential = await createCredential(host, { url, ...SANDBOX_DISTRIBUTOR });
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
}, CLEAN_UP_TIMEOUT);

const publish = async (path: string, parameters?: TriggerParameters, chain?: Chain) =>
	await publishDistributor(host, host.n8n.url, credential, path, parameters, chain);

describe.each<SoapClient>([phpSoapClient, zeepClient])('$name, from the WSDL alone', (client) => {
	const named = (path: string) => `${path}-${client.name.replace(' ', '-')}`;

	it('gets right answers', async () => {
		const { wsdl } = await publish(named('client'));
		await expect(client.checkUser(wsdl, [hashOf(99), UNKNOWN, hashOf(7)])).resolves.toEqual([
			{ exist: true, points: 99 },
			{ exist: false, points: 0 },
			{ exist: true, points: 7 },
		]);
		const form = { arParameters: true };
		await expect(client.checkUser(wsdl, [hashOf(5)], form)).resolves.toEqual([
			{ exist: true, points: 5 },
		]);
	}, 60_000);

	it('is answered in 1.1 where it speaks that', async () => {
		const { wsdl } = await publish(named('old'));
		const form = { version: '1.1', port: 'DistributorSoap11' } as const;
		await expect(client.checkUser(wsdl, [hashOf(3), 'odd'], form)).resolves.toEqual([
			{ exist: true, points: 3 },
			{ fault: expect.stringMatching(/:?Client$/), reason: expect.stringContaining('phone') },
		]);
	}, 60_000);

	it('gets proper faults', async () => {
		const distributor = await publish(named('odd'));
		await expect(client.checkUser(distributor.wsdl, ['odd'])).resolves.toEqual([
			{ fault: expect.stringMatching(/:Sender$/), reason: expect.stringContaining('phone') },
		]);
		expect(await distributor.executions()).toBe(0);
		const receiver = expect.stringMatching(/:Receiver$/);
		const failing = await publish(named('failing'), {}, [failingNode()]);
		await expect(client.checkUser(failing.wsdl, [hashOf(1)])).resolves.toEqual([
			{ fault: receiver, reason: FAILED },
		]);
		const slow = await publish(named('slow'), { deadline: 1 }, [wait(3), ...knowsHashesWithA]);
		await expect(client.checkUser(slow.wsdl, [hashOf(1)])).resolves.toEqual([
			{ fault: receiver, reason: LATE },
		]);
	}, 60_000);

	it('gets the same behind n8n’s test URL', async () => {
		const path = named('test');
		const distributor = await tryOutDistributor(host, host.n8n.url, credential, path);
		for (const points of [41, 42]) {
			await distributor.listen();
			expect(await distributor.addressesInWsdl()).toEqual([distributor.url, distributor.url]);
			await expect(client.checkUser(distributor.wsdl, [hashOf(points)])).resolves.toEqual([
				{ exist: true, points },
			]);
		}
	}, 60_000);
});

describe('PHP, by JSON', () => {
	it('gets right answers, and proper errors', async () => {
		const { url } = await publish('php-json');
		await expect(checkByPhpJson(url, [hashOf(99), UNKNOWN, 'odd'])).resolves.toEqual([
			{ status: 200, answer: { exist: true, points: 99 } },
			{ status: 200, answer: { exist: false } },
			{ status: 400, answer: { error: expect.stringContaining('phone') } },
		]);
	}, 60_000);

	it('gets the same behind n8n’s test URL', async () => {
		const distributor = await tryOutDistributor(host, host.n8n.url, credential, 'php-json-test');
		for (const [phoneHash, answer] of [
			[hashOf(41), { exist: true, points: 41 }],
			[UNKNOWN, { exist: false }],
		] as const) {
			await distributor.listen();
			await expect(checkByPhpJson(distributor.url, [phoneHash])).resolves.toEqual([
				{ status: 200, answer },
			]);
		}
	}, 60_000);
});

it.each(['lastNode', 'responseNode'])(
	'an answer that comes too late to a test fails in the node that gives it: %s',
	async (responseMode) => {
		const distributor = await tryOutDistributor(
			host,
			host.n8n.url,
			credential,
			`late-${responseMode}`,
			{ responseMode, deadline: 1 },
			[wait(2), respondCheck(true, 1)],
		);
		await distributor.listen();
		const answer = await distributor.check('json');
		expect(answer).toMatchObject({ status: 500, error: expect.stringContaining(FAILED) });
		const [id] = await host.rest.executionIds(distributor.workflowId);
		expect((await host.rest.executionEnded(id!)).error).toMatchObject({
			node: 'Node 2',
			message: 'The response was too late: "Trigger" had already responded with an error',
		});
	},
	60_000,
);

it('answers at a path that n8n makes', async () => {
	const workflow = checkWorkflow('', credential, {}, knowsHashesWithA);
	const { webhookId } = workflow.nodes[0]!;
	const { id } = await host.rest.createWorkflow({ ...workflow, name: 'No path' });
	await host.rest.activate(id);
	const distributor = new Distributor(`${host.n8n.url}/webhook/${webhookId}`, id, host);
	expect(await distributor.addressesInWsdl()).toEqual([distributor.url, distributor.url]);
	for (const protocol of ['json', 'soap'] as const) {
		await expect(distributor.check(protocol, hashOf(8))).resolves.toMatchObject({ points: 8 });
	}
}, 60_000);

describe.each(['json', 'soap'] as const)('by %s', (protocol) => {
	const named = (path: string) => `${path}-${protocol}`;

	it('tells only what the document has', async () => {
		const distributor = await publish(named('only'));
		const { body, contentType } = await distributor.check(protocol, hashOf(99));
		expect(body).not.toContain('password');
		if (protocol === 'json') expect(JSON.parse(body)).toEqual({ exist: true, points: 99 });
		expect(contentType).toBe(
			protocol === 'json'
				? 'application/json; charset=utf-8'
				: 'application/soap+xml; charset=utf-8',
		);
	}, 60_000);

	it('gives the workflow the question by our names', async () => {
		const chain = [
			set(
				`={{ JSON.stringify($json) === JSON.stringify({ action: "user.check", phoneHash: "${UNKNOWN}", protocol: "${protocol}", ip: "127.0.0.1" }) ? { points: 1 } : $json }}`,
			),
		];
		const distributor = await publish(named('names'), {}, chain);
		await expect(distributor.check(protocol, UNKNOWN.toUpperCase())).resolves.toMatchObject({
			points: 1,
		});
	}, 60_000);

	it.each(FOUND)(
		'says that there is an electrician: %s',
		async (path, parameters, chain) => {
			const distributor = await publish(named(path), parameters, chain);
			await expect(distributor.check(protocol)).resolves.toMatchObject({
				status: 200,
				exist: true,
				points: 12.5,
			});
		},
		60_000,
	);

	it.each(NOT_FOUND)(
		'says that there is none: %s',
		async (path, parameters, chain) => {
			const distributor = await publish(named(path), parameters, chain);
			await expect(distributor.check(protocol)).resolves.toMatchObject({
				status: 200,
				exist: false,
				error: null,
			});
		},
		60_000,
	);

	it.each(FAILURES)(
		'says that it does not know: %s',
		async (path, parameters, chain, reason) => {
			const distributor = await publish(named(path), parameters, chain);
			const answer = await distributor.check(protocol);
			const error = protocol === 'json' ? reason : `env:Receiver: ${reason}`;
			expect(answer).toMatchObject({ status: 500, exist: null, error });
			expect(await distributor.executions()).toBe(1);
		},
		60_000,
	);
});

it('refuses what is no check, and starts nothing', async () => {
	const distributor = await publish('no-checks');
	for (const request of NO_CHECKS) await expectRefusal(distributor, request);
	expect(await distributor.executions()).toBe(0);
}, 60_000);

it('refuses an address that may not ask, in the protocol it speaks', async () => {
	const options = { allowedIps: '203.0.113.7', binaryData: true };
	const distributor = await publish('strangers', { options });
	for (const [body, type] of [JSON_QUESTION, SOAP_QUESTION]) {
		const answer = await distributor.send(body, type);
		expect(answer).toMatchObject({
			status: 403,
			headers: { 'content-type': type },
			body: expect.stringContaining('is not allowed to send checks'),
		});
	}
	expect((await fetch(distributor.wsdl)).status).toBe(403);
	expect(await distributor.executions()).toBe(0);
}, 60_000);

it.each(SOAP_FORMS)(
	'reads SOAP with %s',
	async (title, body, type) => {
		const distributor = await publish(`form-${title.length}`);
		await expect(distributor.send(body, type)).resolves.toMatchObject({
			status: 200,
			body: expect.stringMatching(/<points[^>]*>6<\/points>/),
		});
	},
	60_000,
);
