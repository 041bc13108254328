import { SANDBOX_DISTRIBUTOR } from '../../../sandbox/elektrik';
import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';
import { VtigerClient } from './clientright-client';
import { Partner, post } from './partner';

const PHONE = '70000000001';
const SYSTEMS = ['exapi', 'clientright', 'elektrik'] as const;

let sandbox: Sandbox;
let address: SandboxAddress;
let partner: Partner;
let client: VtigerClient;

beforeEach(async () => {
	sandbox = createSandbox();
	address = await sandbox.start();
	partner = new Partner(address.exapi.url, SANDBOX_PARTNER);
	client = new VtigerClient(address.clientright.url);
});

afterEach(() => sandbox.stop());

async function control(method: string, path: string, body?: unknown) {
	const response = await fetch(`${address.url}/control${path}`, {
		method,
		headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

const listAt = async (path: string) => (await control('GET', path)).body;

/** One request of every kind, so that each system has something to list. */
async function useAll(): Promise<string> {
	await partner.addOrder('a/1');
	await new Partner(partner.url, { sender: 'x', secret: 'x' }).addOrder('a').catch(() => undefined);
	const session = await client.logIn();
	await client.contact(session, '+79991112233');
	sandbox.elektrik.portal.seed({ phone: PHONE });
	const phone = sandbox.elektrik.portal.phoneHash(PHONE);
	const update = { action: 'user.update.points', phone, points: 7, ...SANDBOX_DISTRIBUTOR };
	await post(address.elektrik.url, JSON.stringify(update));
	return session;
}

it('describes all systems, their faults and their control API', async () => {
	const described = (await listAt('')) as Array<{
		name: string;
		faults: string[];
		routes: object[];
	}>;

	expect(described.map(({ name }) => name)).toEqual(SYSTEMS);
	for (const { faults, routes } of described) {
		expect(faults).toEqual(expect.arrayContaining(['drop', 'delay', 'empty', 'status']));
		expect(routes).toContainEqual({ method: 'POST', path: '/faults', about: expect.any(String) });
	}
});

it('lists what was received, the latest only when told so, and never a secret', async () => {
	const session = await useAll();

	await expect(listAt('/exapi/requests?admitted=true')).resolves.toMatchObject([
		{ number: 1, method: 'addOrder', sender: SANDBOX_PARTNER.sender, carriedOut: true },
	]);
	await expect(listAt('/exapi/requests?last=1')).resolves.toMatchObject([
		{ number: 2, admitted: false, refusal: 'The signature is wrong' },
	]);
	await expect(listAt('/exapi/orders?last=9')).resolves.toMatchObject([
		{ orderId: 'a/1', status: 'pending', timesReceived: 1 },
	]);
	await expect(listAt('/clientright/requests?operation=CreateContact')).resolves.toMatchObject([
		{ number: 3, session: 1, key: '+79991112233', carriedOut: true },
	]);
	await expect(listAt('/clientright/records?last=1')).resolves.toMatchObject([
		{ kind: 'contact', revisions: [{ sent: { mobile: '+79991112233' } }] },
	]);
	await expect(listAt('/elektrik/requests')).resolves.toMatchObject([
		{ number: 1, phone: PHONE, points: 7, outcome: 'updated' },
	]);
	const shown = await Promise.all(
		SYSTEMS.flatMap((name) => [listAt(`/${name}`), listAt(`/${name}/requests`)]),
	);
	expect(JSON.stringify(shown)).not.toContain(session);
	expect(JSON.stringify(shown)).not.toMatch(/accessKey|AccessKey|sandbox-secret/);
	expect(JSON.stringify(shown)).not.toContain(SANDBOX_DISTRIBUTOR.uid);
});

it.each(SYSTEMS)('switches faults of %s on and off', async (name) => {
	const fault = { kind: 'drop', times: 3, skip: 1 };
	await expect(control('POST', `/${name}/faults`, fault)).resolves.toMatchObject({
		status: 200,
		body: { id: 1, kind: 'drop', struck: 0, skipLeft: 1 },
	});
	await expect(listAt(`/${name}/faults`)).resolves.toMatchObject([{ id: 1 }]);
	await expect(listAt(`/${name}`)).resolves.toMatchObject({ faults: [{ id: 1 }] });
	await expect(control('DELETE', `/${name}/faults`)).resolves.toEqual({ status: 204 });
	await expect(listAt(`/${name}/faults`)).resolves.toEqual([]);
});

it('changes orders, quirks and bans', async () => {
	await useAll();
	const call = { date: '2026-01-31 15:30:00', state: 0, comment: 'busy' };
	await expect(
		control('PATCH', '/exapi/orders/a%2F1', { status: 'return', call }),
	).resolves.toMatchObject({
		body: { status: 'return', callComment: 'busy', approvedAt: expect.any(String) },
	});
	await expect(
		control('PATCH', '/exapi/quirks', { answerId: 'null', integersAsText: true }),
	).resolves.toMatchObject({ body: { answerId: 'null', integersAsText: true, noError: 'null' } });
	await expect(
		control('PATCH', '/clientright/quirks', { loginAnswer: 'both' }),
	).resolves.toMatchObject({ body: { loginAnswer: 'both', acceptsSessionId: false } });
	await expect(control('DELETE', '/exapi/bans')).resolves.toEqual({ status: 204 });
	await expect(listAt('/exapi')).resolves.toMatchObject({
		failures: [],
		quirks: { answerId: 'null' },
		statistics: { admitted: 1, refused: 1 },
	});
});

it('ends sessions and adds electricians', async () => {
	const session = await useAll();
	await control('POST', '/clientright/sessions/expire', { end: 'SESSION_EXPIRED' });
	await expect(client.contact(session, '1')).resolves.toMatchObject({
		error: { code: 'SESSION_EXPIRED' },
	});

	const added = { phone: '70000000002', name: 'Анна', points: 3 };
	await expect(control('POST', '/elektrik/electricians', added)).resolves.toMatchObject({
		body: { ...added, timesUpdated: 0, phoneHash: expect.stringMatching(/^[0-9a-f]{32}$/) },
	});
	await expect(listAt('/elektrik')).resolves.toMatchObject({
		electricians: [{ phone: PHONE, points: 7, timesUpdated: 1 }, { points: 3 }],
	});
});

it.each(SYSTEMS)('restores %s as it was created', async (name) => {
	await useAll();
	sandbox.exapi.crm.setQuirks({ integersAsText: true });
	sandbox.clientright.crm.setQuirks({ idsAsNumbers: true });
	await control('POST', `/${name}/faults`, { kind: 'drop', times: 'always' });
	await expect(control('POST', `/${name}/reset`)).resolves.toMatchObject({ body: { faults: [] } });
	await expect(listAt(`/${name}/requests`)).resolves.toEqual([]);

	if (name === 'exapi') await expect(partner.addOrder('a/1')).resolves.toBe(1001);
	if (name === 'clientright') {
		await expect(client.contact(await client.logIn(), '1')).resolves.toMatchObject({
			result: '84001',
		});
	}
	if (name === 'elektrik') expect(sandbox.elektrik.portal.electricians()).toEqual([]);
});

it.each<[string, string, unknown, number, string]>([
	['GET', '/exapi/nowhere', undefined, 404, 'There is no GET /control/exapi/nowhere'],
	['GET', '/exapi/requests?last=0', undefined, 400, '"last" must be a whole number above 0'],
	['GET', '/clientright/records?last=x', undefined, 400, '"last" must be a whole number above 0'],
	['PATCH', '/exapi/orders/none', {}, 404, 'There is no order "none"'],
	['PATCH', '/exapi/orders/none', { price: 1 }, 400, 'There is no field "price"'],
	['PATCH', '/exapi/orders/none', [1], 400, 'Send a JSON object'],
	['POST', '/exapi/faults', { kind: 'fire' }, 400, '"kind" must be one of: drop'],
	['POST', '/exapi/faults', { kind: 'delay' }, 400, '"ms" must be a whole number'],
	['POST', '/exapi/faults', { kind: 'status', status: 100 }, 400, '"status" must be an HTTP'],
	['POST', '/exapi/faults', { kind: 'drop', times: -1 }, 400, '"times" must be a whole number'],
	['POST', '/exapi/faults', { kind: 'drop', carryOut: 1 }, 400, '"carryOut" must be a yes or no'],
	['POST', '/exapi/faults', { kind: 'drop', phone: '7' }, 400, 'There is no field "phone"'],
	['POST', '/clientright/faults', { kind: 'sessionLost', code: 'X' }, 400, '"code" must be one of'],
	['PATCH', '/exapi/quirks', { noise: true }, 400, 'There is no quirk "noise"'],
	['PATCH', '/clientright/quirks', { loginAnswer: 'no' }, 400, '"loginAnswer" must be one of'],
	['POST', '/clientright/sessions/expire', { end: 'NEVER' }, 400, '"end" must be one of'],
	['POST', '/elektrik/electricians', {}, 400, '"phone" is missing'],
	['POST', '/elektrik/electricians', { phone: '+7' }, 400, '"+7" is not a phone'],
	[
		'POST',
		'/elektrik/electricians',
		{ phone: PHONE, points: -1 },
		400,
		'"points" must be a number',
	],
	['POST', '/elektrik/electricians', { phone: PHONE, colour: 1 }, 400, 'no field "colour"'],
	['POST', '/elektrik/check', {}, 400, '"url" is missing'],
	['POST', '/elektrik/check', { url: 'http://elektrik.ru/', phone: PHONE }, 400, 'to this machine'],
])('answers %s %s with %j: %i', async (method, path, body, status, error) => {
	await expect(control(method, path, body)).resolves.toEqual({
		status,
		body: { error: expect.stringContaining(error) },
	});
});
