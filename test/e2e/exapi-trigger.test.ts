/** @needs php-curl */

import { setTimeout as sleep } from 'node:timers/promises';
import { openAnswer, sign } from '../../nodes/Exapi/protocol';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { Partner } from './partner';
import { callByPhp, expectFourAnswers } from './php-partner';
import {
	addsOrder,
	ECHO,
	expectOwnAnswers,
	FAILED,
	FAILURES,
	FOUR_METHODS,
	KEY,
	ORDER,
	OTHER,
	TIMED_OUT,
	type Chain,
	type TriggerParameters,
} from './trigger-cases';
import { respond, set, triggerWorkflow, wait } from './trigger-workflows';

let host: SharedHost;
let credentialId: string;
beforeAll(async () => {
	host = await useHost();
	credentialId = await host.rest.createCredential({
		name: 'Partners',
		type: 'exapiPartnersApi',
		data: {
			partners: JSON.stringify({ [KEY.sender]: [KEY.secret, 'old'], [OTHER.sender]: OTHER.secret }),
		},
	});
}, INSTALL_TIMEOUT);
afterAll(async () => {
	await host.stop();
}, CLEAN_UP_TIMEOUT);

/** Publishes a workflow behind a trigger and gives a partner of it. */
async function publish(
	path: string,
	parameters: TriggerParameters,
	...chains: Chain[]
): Promise<Partner & { executions(): Promise<number> }> {
	const workflow = triggerWorkflow(path, credentialId, parameters, ...chains);
	const { id } = await host.rest.createWorkflow(workflow);
	await host.rest.activate(id);
	const partner = new Partner(`${host.n8n.url}/webhook/${path}`, KEY);
	return Object.assign(partner, {
		executions: async () => (await host.rest.executionIds(id)).length,
	});
}

describe('the trigger answers a PHP client', () => {
	it('for all four methods, with Cyrillic and slashes', async () => {
		await expectFourAnswers(await publish('four', ...FOUR_METHODS));
	}, 60_000);
});

describe('an authenticated request gets a signed answer', () => {
	it.each(FAILURES)(
		'%s',
		async (path, parameters, chain, error) => {
			const partner = await publish(path, parameters, chain);
			const answer = await callByPhp(partner, 'addOrder', [ORDER]);
			expect(answer).toEqual({ result: null, error, id: '17' });
			expect(await partner.executions()).toBe(1);
		},
		60_000,
	);

	it('when n8n ends the execution for its time', async () => {
		const partner = await publish('timed-out', ...TIMED_OUT);
		const answer = await callByPhp(partner, 'addOrder', [ORDER]);
		// Here n8n says that it failed; in queue mode it says nothing.
		expect(answer).toEqual({ result: null, error: FAILED, id: '17' });
	}, 60_000);

	it.each<[string, unknown, unknown]>([
		['respond-number', '={{ 77 }}', 77],
		['respond-false', 'false', false],
	])(
		'%s',
		async (path, result, expected) => {
			const partner = await publish(path, { responseMode: 'responseNode' }, [
				respond({ result }),
				set({}),
			]);
			expect((await partner.call('addOrder', [ORDER])).result).toBe(expected);
		},
		60_000,
	);

	it('respond-last: what the respond operation hands on as the last node', async () => {
		const partner = await publish('respond-last', {}, [
			set({ crmId: 1 }),
			respond({ result: '77' }),
		]);
		expect((await partner.call('addOrder', [ORDER])).result).toBe(77);
		expect(host.n8n.log()).not.toContain('"Node 0.1" fails when it runs');
	}, 60_000);

	it('respond-warning: publishing warns of a respond operation that is not the last node', async () => {
		await publish('respond-warning', {}, [respond({ result: '77' }), set({ crmId: 77 })]);
		expect(host.n8n.log()).toContain('Trigger: "Node 0.0" fails when it runs');
	}, 60_000);

	it('gives the workflow the request by our names', async () => {
		const partner = await publish('names', { customMethods: 'echo' }, [
			set('={{ { result: $json } }}'),
		]);
		const { result } = await partner.call('echo', [ORDER, 'б'], 'id/7');
		expect(result).toEqual({
			sender: KEY.sender,
			signedWith: 'current',
			method: 'echo',
			params: [ORDER, 'б'],
			id: 'id/7',
			ip: '127.0.0.1',
		});
		const named = await publish('order', { customMethods: 'x' }, [
			set(
				'={{ { crmId: $json.order.quantity * 10 + Object.keys($json.order.customFields).length } }}',
			),
		]);
		expect((await named.call('addOrder', [ORDER])).result).toBe(21);
	}, 60_000);

	it('also when the request makes no sense, and then starts nothing', async () => {
		const partner = await publish('nonsense', { methods: ['addOrder'] }, addsOrder);
		await expect(partner.call('getOrders', ['x'])).rejects.toMatchObject({
			fault: 'remoteError',
			detail: 'There is no method "getOrders"',
		});
		await expect(partner.call('addOrder', {} as unknown[])).rejects.toMatchObject({
			fault: 'remoteError',
			detail: '"params" is not an array',
		});
		await expect(partner.call('', [])).rejects.toMatchObject({
			fault: 'remoteError',
			detail: 'The request names no method',
		});
		expect(await partner.executions()).toBe(0);
	}, 60_000);

	it('also with the old secret, and then signed with that', async () => {
		const partner = await publish('old', {}, addsOrder);
		const old = new Partner(partner.url, { ...KEY, secret: 'old' });
		expect((await old.call('addOrder', [ORDER])).result).toBe(5001);
	}, 60_000);

	it.each([
		['application/json; charset=windows-1251'],
		['text/xml'],
		['multipart/form-data; boundary=x'],
		['application/x-www-form-urlencoded'],
	])(
		'whatever content type it has: %s',
		async (type) => {
			const partner = await publish(`type-${type.length}`, {}, addsOrder);
			const answer = await partner.send(partner.sign('addOrder', [ORDER]), {
				'content-type': type,
			});
			if (answer === 'closed') throw new Error('closed');
			expect(openAnswer(answer.body, KEY, 'id-1').result).toBe(5001);
			expect(answer.headers['content-type']).toBe('application/json');
		},
		60_000,
	);
});

describe('an unauthenticated request', () => {
	it('gets no response and starts no execution', async () => {
		const partner = await publish('drop', { ban: { maxFailures: 100 } }, addsOrder);
		const signed = partner.sign('addOrder', [ORDER]);
		const bodies = [
			'',
			'{',
			'<xml/>',
			'[]',
			'{"sender":"партнёр_7"}',
			signed.replace(/"sign":"./, '"sign":"x'),
			signed.replace('A-7', 'A-8'),
			signed.replace(KEY.sender, OTHER.sender),
			new Partner(partner.url, { sender: 'nobody', secret: 'x' }).sign('addOrder', []),
			Buffer.from([0xff, 0xfe, 0x00]),
		];
		for (const body of bodies) {
			expect(await partner.send(body, { 'content-type': 'application/json' })).toBe('closed');
		}
		expect(await partner.executions()).toBe(0);
		expect((await partner.call('addOrder', [ORDER])).result).toBe(5001);
	}, 60_000);

	it('gets a bare 401 where that is chosen', async () => {
		const partner = await publish(
			'unauthorized',
			{ options: { binaryData: true, rejectWith: '401' } },
			addsOrder,
		);
		expect(await partner.send('{')).toMatchObject({ status: 401, body: '' });
	}, 60_000);

	it('bans only the sender at this address after the fifth failure', async () => {
		const partner = await publish('ban', {}, addsOrder);
		const wrong = new Partner(partner.url, { ...KEY, secret: 'wrong' });
		for (let failure = 1; failure <= 4; failure++)
			expect(await wrong.send(wrong.sign('addOrder', [ORDER]))).toBe('closed');
		expect((await partner.call('addOrder', [ORDER])).result).toBe(5001);
		expect(await wrong.send(wrong.sign('addOrder', [ORDER]))).toBe('closed');
		expect(await partner.send(partner.sign('addOrder', [ORDER]))).toBe('closed');
		expect((await new Partner(partner.url, OTHER).call('addOrder', [ORDER])).result).toBe(5001);
		expect(await partner.executions()).toBe(2);
	}, 60_000);

	it('is dropped when its address is not allowed', async () => {
		const partner = await publish(
			'allowed',
			{ options: { binaryData: true, allowedIps: '203.0.113.0/24' } },
			addsOrder,
		);
		expect(await partner.send(partner.sign('addOrder', [ORDER]))).toBe('closed');
		expect(await partner.executions()).toBe(0);
	}, 60_000);
});

describe('a repeated addOrder', () => {
	it('gets the first number and starts nothing, also while the first is on its way', async () => {
		const partner = await publish('repeat', {}, [
			wait(1),
			set('={{ { crmId: Math.floor(Math.random() * 1e9) } }}'),
		]);
		const call = async (id: string) => (await partner.call('addOrder', [ORDER], id)).result;
		const [first, meanwhile] = await Promise.all([
			call('1'),
			sleep(300).then(async () => await call('2')),
		]);
		expect(first).toEqual(expect.any(Number));
		expect([meanwhile, await call('3')]).toEqual([first, first]);
		expect(await partner.executions()).toBe(1);
	}, 60_000);

	it('gets the answer of a workflow that was slower than the deadline', async () => {
		const partner = await publish('late', { deadline: 1 }, [
			wait(2),
			set('={{ { crmId: $("Trigger").first().json.attempt } }}'),
		]);
		await expect(partner.call('addOrder', [ORDER], '1')).rejects.toMatchObject({
			detail: 'The request was not processed in time',
		});
		await sleep(2_000);
		expect((await partner.call('addOrder', [ORDER], '2')).result).toBe(1);
		expect(await partner.executions()).toBe(1);
	}, 60_000);

	it('starts the workflow again when it failed', async () => {
		const partner = await publish('failed', {}, [
			set(
				'={{ $json.attempt === 1 ? (() => { throw new Error("no") })() : { crmId: $json.attempt } }}',
			),
		]);
		await expect(partner.call('addOrder', [ORDER], '1')).rejects.toBeDefined();
		expect((await partner.call('addOrder', [ORDER], '2')).result).toBe(2);
		expect((await partner.call('addOrder', [ORDER], '3')).result).toBe(2);
		expect(await partner.executions()).toBe(2);
	}, 60_000);
});

describe('24 partners at once', () => {
	it('each get their own answers', async () => {
		const partner = await publish('many', ...ECHO);
		await expectOwnAnswers([partner], process.env.PARTNER_EXCHANGE_LONG ? 2_000 : 200);
	}, 1_200_000);
});

it('logs one warning when n8n has already parsed the body', async () => {
	const told = () => host.n8n.log().split('n8n parsed a request before').length - 1;
	// All the other requests of this file came unread.
	expect(told()).toBe(0);
	const partner = await publish('parsed', { options: { binaryData: false } }, addsOrder);
	const json = { 'content-type': 'application/json' };
	for (const id of ['1', '2']) {
		const answer = await partner.send(partner.sign('addOrder', [ORDER], id), json);
		expect(answer).toMatchObject({ status: 200 });
	}
	expect(told()).toBe(1);
	expect(await partner.send('{', json)).toMatchObject({ status: 422 });
}, 60_000);

it('the answer repeats the id as it was sent', async () => {
	const partner = await publish('ids', {}, addsOrder);
	for (const id of ['17', 17, null]) {
		const text = JSON.stringify({ method: 'addOrder', params: [ORDER], id });
		const message = { sender: KEY.sender, sign: sign(text, KEY), request: text };
		const answer = await partner.send(JSON.stringify(message));
		if (answer === 'closed') throw new Error('closed');
		const { answer: signed } = JSON.parse(answer.body) as { answer: string };
		expect(JSON.parse(signed)).toEqual({ result: 5001, error: null, id });
	}
}, 60_000);

it('the editor shows what is wrong with the partners', async () => {
	const bad = await host.rest.createCredential({
		name: 'Bad',
		type: 'exapiPartnersApi',
		data: { partners: '{"partner_9": ["a", "b", "never shown"]}' },
	});
	const { id } = await host.rest.createWorkflow(triggerWorkflow('bad', bad, {}, addsOrder));
	await expect(host.rest.activate(id)).rejects.toThrow(/"partner_…" \(number 1\)/);
	await expect(host.rest.activate(id)).rejects.not.toThrow(/never shown/);
}, 60_000);

it('the secrets of partners are in no file of n8n', async () => {
	expect(await host.filesWith(KEY.secret, OTHER.secret)).toEqual([]);
});
