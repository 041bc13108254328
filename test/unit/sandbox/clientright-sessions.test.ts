import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientRightCrm } from '../../../sandbox/clientright';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { VtigerClient, type VtigerAnswer } from './clientright-client';

let sandbox: Sandbox;
let crm: ClientRightCrm;
let client: VtigerClient;

beforeEach(async () => {
	sandbox = createSandbox();
	crm = sandbox.clientright.crm;
	client = new VtigerClient((await sandbox.start()).clientright.url);
});

afterEach(() => sandbox.stop());

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** As long as a machine may need to send eight requests; a very busy one sends some of them. */
const WORK_MS = 300;
const SEVERAL = 3;

async function eightSessions(): Promise<string[]> {
	const sessions: string[] = [];
	while (sessions.length < EIGHT.length) sessions.push(await client.logIn());
	return sessions;
}

async function secondsOf(calls: Array<Promise<unknown>>): Promise<number> {
	const start = performance.now();
	await Promise.all(calls);
	return (performance.now() - start) / 1000;
}

const codeOf = ({ success, error }: VtigerAnswer) => (success ? 'ok' : error?.code);

describe('concurrency.8-parallel-500ms', () => {
	const fileList = (sessionName: string) =>
		client.post({ operation: 'GetFilesList', sessionName, inn: '1', sms: '1' });

	it('runs the calls of one session one after the other', async () => {
		crm.setSettings({ workMs: WORK_MS });
		const session = await client.logIn();

		expect(await secondsOf(EIGHT.map(() => fileList(session)))).toBeGreaterThan(2.39);
		expect(crm.statistics().mostAtOnceOnASession).toBeGreaterThanOrEqual(SEVERAL);
	});

	it('runs the calls of different sessions at once', async () => {
		crm.setSettings({ workMs: WORK_MS });
		const sessions = await eightSessions();

		// One after the other they would take as long as eight.
		expect(await secondsOf(sessions.map(fileList))).toBeLessThan((8 * WORK_MS) / 1000);
		expect(crm.statistics().mostAtOnceOnASession).toBe(1);
	});
});

describe('race.8-parallel-creates-same-inn', () => {
	beforeEach(() => crm.setSettings({ workMs: WORK_MS }));

	it('makes one record: race.8-parallel-creates-same-inn.same-session', async () => {
		crm.setSettings({ workMs: 100 });
		const session = await client.logIn();
		const answers = await Promise.all(EIGHT.map(() => client.account(session, '7701234567')));

		expect(new Set(answers.map(({ result }) => result)).size).toBe(1);
		expect(crm.accounts()).toMatchObject([{ revisions: { length: 8 } }]);
		expect(crm.statistics().mostAtOnceForAnInn).toBeGreaterThanOrEqual(SEVERAL);
	});

	it('makes several: race.8-parallel-creates-same-inn.different-sessions', async () => {
		const sessions = await eightSessions();
		await Promise.all(sessions.map((session) => client.account(session, '7701234567')));

		expect(crm.accounts().length).toBeGreaterThanOrEqual(SEVERAL);
	});

	it('makes several contacts of one mobile', async () => {
		const sessions = await eightSessions();
		await Promise.all(sessions.map((session) => client.contact(session, '+79991112233')));

		expect(crm.contacts().length).toBeGreaterThanOrEqual(SEVERAL);
		expect(crm.statistics().mostAtOnceForAMobile).toBeGreaterThanOrEqual(SEVERAL);
		expect(crm.statistics().mostAtOnceForAnInn).toBe(0);
	});
});

describe('logins', () => {
	it('spoil each other: race.8-parallel-logins-same-user', async () => {
		const outcomes = await Promise.all(
			EIGHT.map(async () => {
				const token = await client.challenge();
				await sleep(50);
				return codeOf(await client.answer(token));
			}),
		);

		expect(outcomes.filter((outcome) => outcome === 'ok')).toHaveLength(1);
		expect(outcomes.filter((outcome) => outcome === 'INVALID_USER_CREDENTIALS')).toHaveLength(7);
		expect(crm.statistics()).toMatchObject({ challenges: 8, logins: 1, failedLogins: 7 });
	});

	it('do not spoil those of other users', async () => {
		crm.setUser('other', { accessKey: 'otherKey' });
		const other = new VtigerClient(client.url, { username: 'other', accessKey: 'otherKey' });
		const tokens = [await client.challenge(), await other.challenge()] as const;

		expect(codeOf(await client.answer(tokens[0]))).toBe('ok');
		expect(codeOf(await other.answer(tokens[1]))).toBe('ok');
		expect(crm.sessions()).toMatchObject([{ user: 'api' }, { user: 'other' }]);
	});

	it('answer sessionId, and take it instead of sessionName, as the document has it', async () => {
		crm.setQuirks({ loginAnswer: 'sessionId', acceptsSessionId: true });
		const { result } = await client.answer();
		const { sessionId } = result as { sessionId: string };

		expect(result).not.toHaveProperty('sessionName');
		const call = { operation: 'GetFilesList', sessionId, inn: '1', sms: '1' };
		expect(codeOf(await client.post(call))).toBe('ok');
		crm.setQuirks({ acceptsSessionId: false });
		expect(codeOf(await client.post(call))).toBe('AUTHENTICATION_REQUIRED');
	});
});

describe('expiry', () => {
	const use = async (sessionName: string) =>
		codeOf(await client.post({ operation: 'GetFilesList', sessionName, inn: '1', sms: '1' }));

	it('counts from the last use: session-gc.sliding', async () => {
		const session = await client.logIn();
		for (const minutes of [10, 14, 14]) {
			crm.ageSessions(minutes * 60_000);
			expect(await use(session)).toBe('ok');
		}
	});

	it('shows in the second request after it: session-gc.after-5s-idle', async () => {
		const session = await client.logIn();
		crm.ageSessions(1_000_000);

		expect(await use(session)).toBe('ok');
		expect(await use(session)).toBe('INVALID_SESSIONID');
	});

	it('shows at once after others: session-gc.after-5s-idle.after-other-traffic', async () => {
		const session = await client.logIn();
		crm.ageSessions(1_000_000);
		await client.challenge();

		expect(await use(session)).toBe('INVALID_SESSIONID');
	});

	it('comes after the lifetime that is set', async () => {
		crm.setSettings({ sessionLifetimeMs: 20 });
		const session = await client.logIn();
		await sleep(40);
		await client.challenge();

		expect(await use(session)).toBe('INVALID_SESSIONID');
		expect(crm.sessions()).toEqual([]);
	});

	it('can be had at will, for one session or all', async () => {
		const [one, other] = [await client.logIn(), await client.logIn()];
		crm.expireSessions('SESSION_EXPIRED', 1);
		expect([await use(one), await use(one), await use(other)]).toEqual([
			'SESSION_EXPIRED',
			'INVALID_SESSIONID',
			'ok',
		]);
		crm.expireSessions();
		expect(await use(other)).toBe('INVALID_SESSIONID');
	});
});

describe('a client that gives up waiting', () => {
	const leave = async (session: string, mobile: string) => {
		const call = client.contact(session, mobile, {}, AbortSignal.timeout(200));
		await expect(call).rejects.toThrow();
	};
	const mobiles = () => crm.contacts().map(({ fields }) => fields.mobile);
	const until = async (isReached: () => boolean) => {
		while (!isReached()) await sleep(20);
	};

	beforeEach(() => crm.setSettings({ workMs: 600 }));

	it('abort.client-timeout-while-handler-runs: its record is created', async () => {
		await leave(await client.logIn(), '1');
		expect(mobiles()).toEqual([]);

		await until(() => mobiles().length === 1);
	});

	it('abort.client-timeout-while-waiting-for-session-lock: its record is created', async () => {
		const session = await client.logIn();
		const first = client.contact(session, '1');
		await until(() => crm.requests({ operation: 'CreateContact' }).length === 1);
		await leave(session, '2');
		await first;
		expect(mobiles()).toEqual(['1']);

		await until(() => mobiles().length === 2);
	});
});
