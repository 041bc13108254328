import { SANDBOX_USER, type ClientRightCrm } from '../../../sandbox/clientright';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { VtigerClient } from './clientright-client';

let sandbox: Sandbox;
let crm: ClientRightCrm;
let client: VtigerClient;
let controlUrl: string;

beforeEach(async () => {
	sandbox = createSandbox();
	crm = sandbox.clientright.crm;
	const { clientright } = await sandbox.start();
	client = new VtigerClient(clientright.url);
	({ controlUrl } = clientright);
});

afterEach(() => sandbox.stop());

async function control(method: string, path: string, body?: unknown) {
	const response = await fetch(controlUrl + path, {
		method,
		headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await response.text();
	return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

it('lists records and gives one', async () => {
	const session = await client.logIn();
	await client.contact(session, '+79991112233');
	await client.account(session, '7701234567');

	await expect(control('GET', '/records')).resolves.toMatchObject({
		body: [{ id: '84001', kind: 'contact' }, { kind: 'account' }],
	});
	await expect(control('GET', '/records?kind=account')).resolves.toMatchObject({
		body: [{ id: '84002', fields: { inn: '7701234567' } }],
	});
	await expect(control('GET', '/records/84001')).resolves.toMatchObject({
		body: { fields: { mobile: '+79991112233' }, revisions: [{ sent: { mobile: '+79991112233' } }] },
	});
});

it('puts a contact and its files in', async () => {
	const seed = { kind: 'contact', fields: { inn: '1', code: '2' } };
	await expect(control('POST', '/records', seed)).resolves.toMatchObject({
		status: 201,
		body: { id: '84001', fields: { inn: '1', code: '2', mobile: '' } },
	});
	const files = [
		{ title: 'a', contentBase64: Buffer.from('bytes').toString('base64') },
		{ title: 'b', path: 'storage/b.pdf', content: 'text' },
	];
	await expect(control('POST', '/records/84001/files', files)).resolves.toMatchObject({
		status: 201,
		body: [
			{ contactId: '84001', title: 'a', size: 5, forbidden: false },
			{ path: 'storage/b.pdf', size: 4 },
		],
	});
	await control('PATCH', '/files', { path: 'storage/b.pdf', forbidden: true });

	await expect(control('GET', '/files?contactId=84001')).resolves.toMatchObject({
		body: [{ forbidden: false }, { forbidden: true }],
	});
	const call = { operation: 'GetFilesList', sessionName: await client.logIn(), inn: '1', sms: '2' };
	await expect(client.post(call)).resolves.toMatchObject({ result: { files: { length: 2 } } });
});

it('tells of requests, sessions and statistics, and never shows a secret', async () => {
	const session = await client.logIn();
	await client.contact(session, '1');

	await expect(control('GET', '/requests?operation=CreateContact')).resolves.toMatchObject({
		body: [{ number: 3, session: 1, key: '1', carriedOut: true }],
	});
	await expect(control('GET', '/sessions')).resolves.toMatchObject({
		body: [{ number: 1, user: 'api', calls: 1 }],
	});
	await expect(control('GET', '/statistics')).resolves.toMatchObject({
		body: { requests: 3, logins: 1, challenges: 1, contacts: 1, mostAtOnceForAMobile: 1 },
	});
	const paths = ['', '/requests', '/records', '/sessions', '/users', '/settings'];
	const answers = await Promise.all(paths.map((path) => control('GET', path)));
	expect(JSON.stringify(answers)).not.toContain(session);
	expect(JSON.stringify(answers)).not.toMatch(/accessKey|sandboxAccessKey/);
});

it('injects faults, lists and clears them', async () => {
	const fault = { kind: 'fatal', operation: 'getchallenge', times: 3 };
	await expect(control('POST', '/faults', fault)).resolves.toMatchObject({
		status: 201,
		body: { id: 1, kind: 'fatal', struck: 0 },
	});
	await expect(client.challenge()).rejects.toThrow();
	await expect(control('GET', '/faults')).resolves.toMatchObject({ body: [{ id: 1, struck: 1 }] });
	await control('DELETE', '/faults');

	await expect(client.challenge()).resolves.toEqual(expect.any(String));
});

it('changes users, quirks and settings', async () => {
	await expect(
		control('PUT', '/users/new%20one', { accessKey: 'invented-1' }),
	).resolves.toMatchObject({
		body: [{ username: 'api' }, { username: 'new one', userId: '19x2' }],
	});
	const other = new VtigerClient(client.url, { username: 'new one', accessKey: 'invented-1' });
	await expect(other.logIn()).resolves.toEqual(expect.any(String));
	await control('PUT', '/users/new%20one', { accessKey: 'invented-1', active: false });
	await expect(other.logIn()).rejects.toThrow('INVALID_USER_CREDENTIALS');
	await control('DELETE', '/users/new%20one');
	await expect(other.answer('any')).resolves.toMatchObject({
		error: { code: 'INVALID_AUTH_TOKEN' },
	});

	await expect(control('PATCH', '/quirks', { loginAnswer: 'both' })).resolves.toMatchObject({
		body: { loginAnswer: 'both', acceptsSessionId: false },
	});
	await expect(control('PATCH', '/settings', { workMs: 5 })).resolves.toMatchObject({
		body: { workMs: 5, sessionLifetimeMs: 900_000, challengeLifetimeMs: 300_000 },
	});
});

it('ends sessions and challenges', async () => {
	const use = async (sessionName: string) => {
		const call = { operation: 'GetFilesList', sessionName, inn: '1', sms: '1' };
		return (await client.post(call)).error?.code;
	};
	const session = await client.logIn();
	await control('POST', '/sessions/expire', { end: 'SESSION_EXPIRED', session: 1 });
	expect(await use(session)).toBe('SESSION_EXPIRED');

	const next = await client.logIn();
	await control('POST', '/sessions/age', { ms: 900_001 });
	await client.challenge();
	expect(await use(next)).toBe('INVALID_SESSIONID');

	const last = await client.logIn();
	await control('POST', '/sessions/expire');
	expect(await use(last)).toBe('INVALID_SESSIONID');

	const token = await client.challenge();
	await control('POST', '/challenges/expire');
	await expect(client.answer(token)).resolves.toMatchObject({
		error: { code: 'INVALID_AUTH_TOKEN' },
	});
});

it('goes back to how it was created', async () => {
	await client.contact(await client.logIn(), '1');
	crm.setUser(SANDBOX_USER.username, { accessKey: 'changed' });
	crm.setQuirks({ idsAsNumbers: true });
	crm.setSettings({ workMs: 1 });
	crm.injectFault({ kind: 'drop' });

	await expect(control('POST', '/reset')).resolves.toMatchObject({
		body: {
			users: [{ username: 'api', userId: '19x1', active: true }],
			settings: { workMs: 0 },
			quirks: { idsAsNumbers: false },
			faults: [],
			statistics: { requests: 0, contacts: 0, sessions: 0, connectionsOpened: 0 },
		},
	});
	await expect(client.contact(await client.logIn(), '1')).resolves.toMatchObject({
		result: '84001',
	});
});

it.each<[string, string, unknown, number, string]>([
	['GET', '/nowhere', undefined, 404, 'There is no GET /control/clientright/nowhere'],
	['GET', '/records/1', undefined, 404, 'There is no record "1"'],
	['POST', '/records', { kind: 'lead' }, 400, '"kind" must be one of: contact'],
	['POST', '/records', { kind: 'contact' }, 400, '"fields" must be'],
	['POST', '/records', { kind: 'contact', fields: { ogrn: '1' } }, 400, 'There is no field "ogrn"'],
	['POST', '/records', { kind: 'contact', fields: { inn: 1 } }, 400, '"inn" must be a text'],
	['POST', '/records/1/files', { title: 'a' }, 404, 'There is no contact "1"'],
	['POST', '/records/1/files', {}, 400, '"title" is missing'],
	['PATCH', '/files', { path: 'storage/b.pdf' }, 400, 'Send {"path"'],
	['PATCH', '/files', { path: 'storage/b.pdf', forbidden: true }, 404, 'There is no file'],
	['POST', '/faults', { kind: 'fire' }, 400, '"kind" must be one of: drop'],
	['POST', '/faults', { kind: 'delay' }, 400, '"ms" must be a whole number'],
	['POST', '/faults', { kind: 'status', status: 100 }, 400, '"status" must be an HTTP status'],
	['POST', '/faults', { kind: 'sessionLost', code: 'X' }, 400, '"code" must be one of: INVALID'],
	['PATCH', '/quirks', { noise: true }, 400, 'There is no quirk "noise"'],
	['PATCH', '/quirks', { loginAnswer: 'no' }, 400, '"loginAnswer" must be one of: sessionName'],
	['PATCH', '/settings', { workMs: -1 }, 400, '"workMs" must be a whole number'],
	['PUT', '/users/x', { accessKey: '' }, 400, 'Send {"accessKey"'],
	['POST', '/sessions/expire', { end: 'NEVER' }, 400, '"end" must be one of: INVALID_SESSIONID'],
	['POST', '/sessions/age', {}, 400, '"ms" must be a whole number'],
])('answers %s %s with %j: %i', async (method, path, body, status, error) => {
	await expect(control(method, path, body)).resolves.toEqual({
		status,
		body: { error: expect.stringContaining(error) },
	});
});
