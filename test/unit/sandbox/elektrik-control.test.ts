import { SANDBOX_DISTRIBUTOR } from '../../../sandbox/elektrik';
import { createSandbox, type Sandbox, type SandboxAddress } from '../../../sandbox/server';
import { post } from './partner';

const PHONE = '70000000001';

let sandbox: Sandbox;
let address: SandboxAddress;

beforeEach(async () => {
	sandbox = createSandbox();
	address = await sandbox.start();
});

afterEach(() => sandbox.stop());

async function control(method: string, path: string, body?: unknown) {
	const response = await fetch(address.elektrik.controlUrl + path, {
		method,
		headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

it('seeds, lists, changes and removes electricians', async () => {
	const phoneHash = sandbox.elektrik.portal.phoneHash(PHONE);
	const seeded = { phone: PHONE, name: '', points: 0, phoneHash, timesUpdated: 0 };
	await expect(control('POST', '/electricians', { phone: PHONE })).resolves.toEqual({
		status: 201,
		body: [seeded],
	});
	await control('POST', '/electricians', [{ phone: '70000000002', name: 'Анна', points: 3 }]);

	await expect(control('GET', '/electricians')).resolves.toMatchObject({
		body: [seeded, { name: 'Анна', points: 3 }],
	});
	await expect(
		control('PATCH', `/electricians/${PHONE}`, { points: 7, name: 'Пример' }),
	).resolves.toMatchObject({ status: 200, body: { points: 7, name: 'Пример' } });
	await expect(control('GET', `/electricians/${PHONE}`)).resolves.toMatchObject({
		body: { points: 7 },
	});
	await expect(control('DELETE', `/electricians/${PHONE}`)).resolves.toMatchObject({ status: 204 });
	await expect(control('GET', '/electricians')).resolves.toMatchObject({ body: [{ points: 3 }] });
});

it('injects faults, tells of requests and statistics, never of the uid', async () => {
	sandbox.elektrik.portal.seed({ phone: PHONE });
	await expect(
		control('POST', '/faults', { kind: 'status', status: 500, skip: 1 }),
	).resolves.toMatchObject({ status: 201, body: { id: 1, skipLeft: 1 } });
	const phone = sandbox.elektrik.portal.phoneHash(PHONE);
	const message = { action: 'user.update.points', phone, points: 1, ...SANDBOX_DISTRIBUTOR };
	await post(address.elektrik.url, JSON.stringify(message));
	await post(address.elektrik.url, JSON.stringify(message));
	await post(address.elektrik.url, '{}');

	await expect(control('GET', '/faults')).resolves.toMatchObject({ body: [{ struck: 1 }] });
	await expect(control('GET', `/requests?phone=${PHONE}`)).resolves.toMatchObject({
		body: [{ fault: null }, { fault: 'status' }],
	});
	await expect(control('GET', '/requests?outcome=notUnderstood')).resolves.toMatchObject({
		body: [{ number: 3 }],
	});
	await expect(control('GET', '/statistics')).resolves.toMatchObject({
		body: { requests: 3, updated: 1, electricians: 1 },
	});
	await expect(control('DELETE', '/faults')).resolves.toMatchObject({ status: 204 });
	const { body } = await control('GET', '');
	expect(body).toMatchObject({ faults: [], electricians: [{ points: 1 }] });
	expect(JSON.stringify(body)).not.toContain(SANDBOX_DISTRIBUTOR.uid);
});

it('asks a distributor', async () => {
	// The portal itself stands for a webhook that answers something else.
	await expect(
		control('POST', '/check', { url: address.elektrik.url, phone: PHONE }),
	).resolves.toMatchObject({
		status: 200,
		body: { status: 200, exist: null, points: null, error: 'Action unknown' },
	});
});

it('goes back to how it was created', async () => {
	sandbox.elektrik.portal.seed({ phone: PHONE });
	sandbox.elektrik.portal.injectFault({ kind: 'drop' });
	const phoneHash = sandbox.elektrik.portal.phoneHash(PHONE);
	await expect(control('PUT', '/uid', { uid: 'another' })).resolves.toMatchObject({ status: 204 });
	expect(sandbox.elektrik.portal.phoneHash(PHONE)).not.toBe(phoneHash);

	await expect(control('POST', '/reset')).resolves.toMatchObject({
		body: { electricians: [], faults: [], statistics: { requests: 0, electricians: 0 } },
	});
	expect(sandbox.elektrik.portal.phoneHash(PHONE)).toBe(phoneHash);
});

it('describes itself', () => {
	expect(sandbox.describe()).toContainEqual({
		title: 'Elektrik.ru: the portal',
		credential: [
			['URL', address.elektrik.url],
			['UID', SANDBOX_DISTRIBUTOR.uid],
		],
		controlUrl: address.elektrik.controlUrl,
	});
});

it.each<[string, string, unknown, number, string]>([
	['GET', '/nowhere', undefined, 404, 'There is no GET /control/elektrik/nowhere'],
	['GET', '/electricians/1', undefined, 404, 'no electrician with the phone "1"'],
	['PATCH', '/electricians/1', {}, 404, 'no electrician with the phone "1"'],
	['DELETE', '/electricians/1', undefined, 404, 'no electrician with the phone "1"'],
	['POST', '/electricians', {}, 400, '"phone" is missing'],
	['POST', '/electricians', { phone: '+7' }, 400, '"+7" is not a phone'],
	['POST', '/electricians', { phone: PHONE, points: -1 }, 400, '"points" must be a number'],
	['POST', '/electricians', { phone: PHONE, colour: 1 }, 400, 'no field "colour"'],
	['POST', '/electricians', [{ phone: PHONE }, { phone: PHONE }], 409, 'already'],
	['POST', '/faults', { kind: 'fire' }, 400, '"kind" must be one of: drop'],
	['POST', '/check', {}, 400, '"url" is missing'],
	['POST', '/check', { url: 'http://elektrik.ru/', phone: PHONE }, 400, 'to this machine only'],
	['PUT', '/uid', { uid: '' }, 400, 'Send {"uid"'],
])('answers %s %s with %j: %i', async (method, path, body, status, error) => {
	await expect(control(method, path, body)).resolves.toEqual({
		status,
		body: { error: expect.stringContaining(error) },
	});
});
