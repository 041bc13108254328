import {
	ACCESS_KEY,
	ACCOUNT,
	CONTACT,
	mapped,
	startClientRightBench,
	type ClientRightBench,
} from './clientright-bench';
import { startScriptedCrm, success, type ScriptedCrm } from './scripted-crm';

/** What a vtiger does on the wire (docs/protocols/vtiger.md); beside each, what the node does. */
let bench: ClientRightBench;
beforeEach(async () => {
	bench = await startClientRightBench();
});
afterEach(async () => await bench.stop());

const PROJECT = { contactId: '1', offenderId: '2' };
const call = async (operationName: string, more: object = {}) =>
	await bench.run('operation.call', { operationName, ...more });
const lookFirst = 'The CRM may have executed this. Check there before you send it again.';

describe('docs/protocols/vtiger.md, 4, login', () => {
	it('`getchallenge` (GET): asked so, and its token used', async () => {
		await bench.run('session.logIn', {});
		expect(bench.crm.requests({ operation: 'getchallenge' })).toMatchObject([
			{ httpMethod: 'GET', parameters: { username: 'api' }, sessionParameters: [] },
		]);
	});

	it('unknown user / no user: ACCESS_DENIED names the user, nothing is sent without one', async () => {
		const unknown = await bench.run('session.logIn', {}, { credential: { username: 'x' } });
		expect(unknown.error?.message).toBe('The CRM does not know the user "x"');
		const none = await bench.run('session.logIn', {}, { credential: { username: '' } });
		expect(none.error?.message).toBe('The username in the ClientRight API credential is missing');
		expect(bench.crm.statistics().requests).toBe(1);
	});

	it.each(['sessionName', 'sessionId', 'both'] as const)(
		'`login` (POST form): a session called %s is accepted',
		async (loginAnswer) => {
			bench.crm.setQuirks({ loginAnswer });
			const { error } = await bench.run('project.create', PROJECT);
			expect(error).toBeUndefined();
			expect(bench.crm.requests({ operation: 'login' })).toMatchObject([{ httpMethod: 'POST' }]);
		},
	);

	it('wrong key, upper-case md5: INVALID_USER_CREDENTIALS is a wrong key after four logins', async () => {
		const { error } = await bench.run('session.logIn', {}, { credential: { accessKey: 'wrong' } });
		expect(error?.message).toBe('The CRM does not accept the access key of user "api"');
		expect(bench.crm.statistics()).toMatchObject({ challenges: 4, failedLogins: 4 });
	});

	it('expired or missing token: INVALID_AUTH_TOKEN takes a fresh challenge', async () => {
		bench.crm.injectFault({ kind: 'error', code: 'INVALID_AUTH_TOKEN', operation: 'login' });
		const { error } = await bench.run('session.logIn', {});
		expect(error).toBeUndefined();
		expect(bench.crm.statistics()).toMatchObject({ challenges: 2, logins: 1 });
	});

	it('a second getchallenge for the same user: the login it spoils is made again', async () => {
		bench.crm.injectFault({ kind: 'delay', ms: 30, carryOut: false, operation: 'login' });
		const running = bench.run('session.logIn', {});
		const spoil = setInterval(() => {
			if (bench.crm.statistics().challenges !== 1) return;
			clearInterval(spoil);
			void fetch(`${bench.url}?operation=getchallenge&username=api`);
		}, 1);
		expect((await running).error).toBeUndefined();
		clearInterval(spoil);
		expect(bench.crm.statistics()).toMatchObject({ failedLogins: 1, logins: 1 });
	});

	it('8 logins of one user in parallel: in one process all succeed', async () => {
		const logIn = async () => await bench.run('session.logIn', {});
		const outcomes = await Promise.all(Array.from({ length: 8 }, logIn));
		expect(outcomes.map(({ error }) => error)).toEqual(Array(8).fill(undefined));
		expect(bench.crm.statistics()).toMatchObject({ logins: 8, failedLogins: 0 });
	});

	it('a new login: the session before it is used on', async () => {
		await bench.run('project.create', PROJECT);
		await bench.run('session.logIn', {});
		await bench.run('project.create', PROJECT);
		expect(bench.crm.requests({ operation: 'CreateProject' }).map((r) => r.session)).toEqual([
			1, 1,
		]);
	});
});

describe('docs/protocols/vtiger.md, 5, sessions', () => {
	it('only `sessionId` sent, or none: AUTHENTICATION_REQUIRED takes a new login', async () => {
		const fault = { kind: 'error', code: 'AUTHENTICATION_REQUIRED' } as const;
		bench.crm.injectFault({ ...fault, operation: 'CreateProject' });
		const { error } = await bench.run('project.create', PROJECT);
		expect(error).toBeUndefined();
		expect(bench.crm.statistics().logins).toBe(2);
	});

	it('`sessionName` and `sessionId` both sent: with every call', async () => {
		bench.crm.setQuirks({ acceptsSessionId: true });
		await bench.run('project.create', PROJECT);
		await call('listtypes', { httpMethod: 'GET' });
		const sessions = bench.crm
			.requests()
			.slice(2)
			.map((r) => r.sessionParameters.sort());
		expect(sessions).toEqual([
			['sessionId', 'sessionName'],
			['sessionId', 'sessionName'],
		]);
	});

	it('garbage, expired, logged out: INVALID_SESSIONID takes a new login', async () => {
		await bench.run('project.create', PROJECT);
		bench.crm.expireSessions();
		expect((await bench.run('project.create', PROJECT)).error).toBeUndefined();
		bench.crm.setQuirks({ workingLogout: true });
		await call('logout');
		expect((await bench.run('project.create', PROJECT)).error).toBeUndefined();
		expect(bench.crm.statistics().logins).toBe(3);
		expect(bench.crm.projects()).toHaveLength(3);
	});

	it('right after expiry the first request can still succeed: the next one logs in', async () => {
		bench.crm.setSettings({ sessionLifetimeMs: 60_000 });
		await bench.run('project.create', PROJECT);
		bench.crm.ageSessions(61_000);
		for (let round = 0; round < 3; round++) {
			expect((await bench.run('project.create', PROJECT)).error).toBeUndefined();
		}
		expect(bench.crm.projects()).toHaveLength(4);
	});

	it.each(['SESSION_EXPIRED', 'SESSION_LEFT_IDLE'] as const)(
		'also possible: %s takes a new login',
		async (end) => {
			await bench.run('project.create', PROJECT);
			bench.crm.expireSessions(end);
			expect((await bench.run('project.create', PROJECT)).error).toBeUndefined();
			expect(bench.crm.statistics()).toMatchObject({ logins: 2, byErrorCode: { [end]: 1 } });
		},
	);

	it('8 calls of 500 ms on one session: on 8 sessions they run side by side', async () => {
		bench.crm.setSettings({ workMs: 300 });
		const input = Array.from({ length: 8 }, () => PROJECT);
		const timeOf = async (options: object) => {
			await bench.run('project.create', { ...mapped, options }, { input });
			const startedAt = Date.now();
			await bench.run('project.create', { ...mapped, options }, { input });
			return Date.now() - startedAt;
		};
		expect(await timeOf({ sessions: 8, concurrency: 8 })).toBeLessThan(2_400);
		expect(await timeOf({ sessions: 1, concurrency: 8 })).toBeGreaterThanOrEqual(2_400);
		expect(bench.crm.statistics().mostAtOnceOnASession).toBe(1);
	});

	it('8 parallel creates of one INN: one after the other, whatever the session', async () => {
		bench.crm.setSettings({ workMs: 20 });
		const input = Array.from({ length: 8 }, () => ACCOUNT);
		const options = { sessions: 8, concurrency: 8 };
		await bench.run('account.upsert', { ...mapped, options }, { input });
		const upsert = async () => await bench.run('account.upsert', ACCOUNT);
		await Promise.all(Array.from({ length: 8 }, upsert));
		expect(bench.crm.accounts()).toHaveLength(1);
		expect(bench.crm.statistics().mostAtOnceForAnInn).toBe(1);
	});
});

describe('docs/protocols/vtiger.md, 2, requests', () => {
	it('form or multipart body, UTF-8: a form, and every text arrives whole', async () => {
		const description = 'Привет & <b>"мир"</b> \'x\' \\ %41 a;b\r\nc\td — €';
		const additionalFields = { description };
		await bench.run('project.create', { ...PROJECT, additionalFields });
		expect(bench.crm.projects()[0]?.fields.description).toBe(description);
	});

	it('JSON body: HTTP 500 with an empty body: never sent, and such an answer is explained', async () => {
		bench.crm.injectFault({ kind: 'fatal', operation: 'CreateProject' });
		const { error } = await bench.run('project.create', PROJECT);
		expect(error?.message).toBe('The CRM returned HTTP 500 for CreateProject, without content');
		expect(error?.description).toContain(lookFirst);
	});

	it('GET for a POST operation: every parameter arrives empty: the CRM’s answer is shown', async () => {
		const parameters = JSON.stringify({ contactid: '1', offenderid: '2' });
		const { error } = await call('CreateProject', { httpMethod: 'GET', parameters });
		expect(error?.message).toContain('MANDATORY_FIELDS_MISSING');
		await bench.run('project.create', PROJECT);
		const [get, post] = bench.crm.requests({ operation: 'CreateProject' });
		expect([get?.httpMethod, post?.httpMethod]).toEqual(['GET', 'POST']);
	});

	it('raw `+` in a form body: sent as %2B', async () => {
		await bench.run('contact.upsert', CONTACT);
		expect(bench.crm.contacts()[0]?.fields.mobile).toBe('+7(900) 000-00-01');
	});

	it('value `0`: amounts are sent as 0.0, ids and texts of 0 are refused', async () => {
		const create = async (additionalFields: object) =>
			await bench.run('project.create', { ...PROJECT, additionalFields });
		await create({ loss: 0 });
		expect(bench.crm.projects()[0]?.fields.loss).toBe('0.0');
		expect((await create({ formId: '0' })).error?.message).toMatch(
			/^The field 'Form ID' \(formId\) must be/,
		);
		expect((await create({ other: '0' })).error?.message).toMatch(
			/^The field 'Other Information' \(other\) must not/,
		);
		expect(bench.crm.projects()).toHaveLength(1);
	});

	it('bad birthday, bad email, letters for an id: refused, but an email is sent as typed', async () => {
		const upsert = async (more: object) =>
			await bench.run('contact.upsert', { ...CONTACT, ...more });
		const bad = await upsert({ birthday: '31.02.1980' });
		expect(bad.error?.message).toMatch(/^The field 'Birthday' \(birthday\) must be a date/);
		const letters = await bench.run('project.create', { ...PROJECT, contactId: 'abc' });
		expect(letters.error?.message).toMatch(
			/^The field 'Contact ID' \(contactId\) must be a number/,
		);
		await upsert({ additionalFields: { email: 'not-an-email' } });
		expect(bench.crm.contacts()[0]?.fields.email).toBe('not-an-email');
	});

	it('the client gives up waiting: the record is still created, and never a second one', async () => {
		bench.crm.injectFault({ kind: 'delay', ms: 1_300, operation: 'CreateProject' });
		const options = { timeout: 1 };
		const { error } = await bench.run('project.create', { ...PROJECT, options });
		expect(error?.message).toContain('did not respond within 1 s');
		expect(error?.description).toContain(lookFirst);
		expect(bench.crm.projects()).toHaveLength(1);
	});
});

describe('docs/protocols/vtiger.md, 3, answers', () => {
	it('errors: message and code are told, a number too', async () => {
		const fault = { kind: 'error', operation: 'CreateContact' } as const;
		bench.crm.injectFault({ ...fault, code: 0, message: 'Duplicate(s) detected!' });
		const { error } = await bench.run('contact.upsert', CONTACT);
		expect(error?.message).toBe(
			'The CRM returned an error for CreateContact: Duplicate(s) detected! (0)',
		);
	});

	it('unknown operation, PHP fatal, database down: the operation is named', async () => {
		const { error } = await call('NoSuchOperation');
		expect(error?.message).toBe('The CRM returned HTTP 500 for NoSuchOperation, without content');
		expect(error?.description).toContain('does not know the operation');
		bench.crm.injectFault({ kind: 'fatal', operation: 'getchallenge' });
		const down = await bench.run('session.logIn', {});
		expect(down.error?.message).toBe('The CRM returned HTTP 500 for getchallenge, without content');
	});

	it.each([true, false])(
		'`display_errors` on: warnings are stepped over, with one hint (output_buffering %s)',
		async (outputBuffering) => {
			bench.crm.setQuirks({ displayErrors: true, outputBuffering });
			const input = [PROJECT, PROJECT, PROJECT];
			const { items, hints } = await bench.run('project.create', mapped, { input });
			expect(items).toHaveLength(3);
			expect(hints.filter((hint) => hint.includes('display_errors'))).toHaveLength(1);
		},
	);

	it('`display_errors` on, and PHP breaks off: what it printed is told', async () => {
		bench.crm.setQuirks({ displayErrors: true });
		const { error } = await call('NoSuchOperation');
		expect(error?.message).toBe('The CRM returned text instead of JSON for NoSuchOperation');
		expect(error?.description).toContain(
			'Its response: Fatal error : Uncaught WebServiceException',
		);
	});

	it('a file saved with a BOM: stepped over', async () => {
		bench.crm.setQuirks({ byteOrderMark: true });
		const { items, hints } = await bench.run('project.create', PROJECT);
		expect(items[0]?.json).toMatchObject({ projectId: expect.stringMatching(/^\d+$/) });
		expect(hints.filter((hint) => hint.includes('display_errors'))).toEqual([]);
	});

	it('a byte that is not UTF-8 in the result: an empty body, and the work is done', async () => {
		bench.crm.injectFault({ kind: 'empty', operation: 'CreateProject' });
		const { error } = await bench.run('project.create', PROJECT);
		expect(error?.message).toBe('The CRM returned an empty response to CreateProject');
		expect(error?.description).toContain(lookFirst);
		expect(bench.crm.projects()).toHaveLength(1);
	});

	it('text: escapes are read, and entities in titles decoded', async () => {
		const { id } = bench.crm.seed('contact', { inn: CONTACT.inn, code: '1' });
		bench.crm.addFiles(id, { title: 'Договор "А/Б" & \'ко\' <1>' });
		const { items } = await bench.run('file.getAll', { inn: CONTACT.inn, smsCode: '1' });
		expect(items[0]?.json.title).toBe('Договор "А/Б" & \'ко\' <1>');
	});

	it('ids as JSON numbers are given as text', async () => {
		bench.crm.setQuirks({ idsAsNumbers: true });
		const { items } = await bench.run('project.create', PROJECT);
		expect(items[0]?.json).toMatchObject({ projectId: expect.any(String) });
	});
});

describe('docs/protocols/vtiger.md, what 8.4 does', () => {
	let crm: ScriptedCrm | undefined;
	afterEach(async () => await crm?.stop());

	it('control characters stand raw in its JSON: they are read', async () => {
		const listtypes =
			'{"success":true,"result":[{"id":"12x1","description":"до\u000bпосле\u0001"}]}';
		const CreateProject = '{"success":true,"note":"\u000b","result":"84001"}';
		crm = await startScriptedCrm({ listtypes, CreateProject });
		const parameters = { operationName: 'listtypes', httpMethod: 'GET' };
		const { items, error } = await crm.run('operation.call', parameters);
		expect(error).toBeUndefined();
		expect(items[0]?.json.result).toEqual([{ id: '12x1', description: 'до\u000bпосле\u0001' }]);
		const project = await crm.run('project.create', PROJECT);
		expect(project.items[0]?.json).toMatchObject({ projectId: '84001' });
	});

	it('control characters are not sent, but tab and line ends are', async () => {
		crm = await startScriptedCrm({ CreateProject: success('84001'), custom: success('') });
		const all = String.fromCharCode(...Array.from({ length: 0x20 }, (_, code) => code));
		await crm.run('project.create', { ...PROJECT, additionalFields: { description: `a${all}b` } });
		const parameters = { text: `a${all}b`, element: { [`k${all}`]: [`a${all}b`] } };
		await crm.run('operation.call', { operationName: 'custom', parameters });
		const [project, custom] = crm.calls.slice(-2);
		expect(project?.fields.description).toBe('a\t\n\rb');
		expect(custom?.fields.text).toBe('a\t\n\rb');
		expect(JSON.parse(custom?.fields.element ?? '')).toEqual({ 'k\t\n\r': ['a\t\n\rb'] });
	});

	it('a success without a result: a conversion did nothing, others have none', async () => {
		const nothing = '{"success":true}';
		crm = await startScriptedCrm({ convertlead: nothing, custom: nothing });
		const { error } = await crm.run('operation.call', { operationName: 'convertlead' });
		expect(error?.message).toBe('The CRM returned no result for convertlead: it did nothing');
		expect(error?.description).not.toContain(lookFirst);
		const { items } = await crm.run('operation.call', { operationName: 'custom' });
		expect(items[0]?.json).toEqual({ result: null });
	});
});

it('plain HTTP is told, once a run', async () => {
	const input = [PROJECT, PROJECT];
	const { hints } = await bench.run('project.create', mapped, { input });
	expect(hints.filter((hint) => hint.includes('https://'))).toHaveLength(1);
	expect(hints.join()).not.toContain(ACCESS_KEY);
});
