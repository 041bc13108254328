import { setTimeout as sleep } from 'node:timers/promises';
import { Expression, type IDataObject } from 'n8n-workflow';
import {
	ACCOUNT,
	CONTACT,
	mapped,
	retried,
	startClientRightBench,
	type ClientRightBench,
} from './clientright-bench';
import { thorough } from '../extent';

let bench: ClientRightBench;
beforeEach(async () => {
	bench = await startClientRightBench();
});
afterEach(async () => await bench.stop());

/** Contacts whose mobile numbers repeat, in all spellings of a number. */
function contacts(count: number, phones: number): IDataObject[] {
	return Array.from({ length: count }, (_, index) => ({
		...CONTACT,
		lastName: `Клиент ${index}`,
		mobile: `+7 900 000-00-${String(index % phones).padStart(2, '0')}`,
	}));
}
const projects = (count: number) =>
	Array.from({ length: count }, (_, index) => ({
		contactId: String(index + 1),
		offenderId: '7',
	}));
const projectsById = () =>
	bench.crm
		.projects()
		.map(({ fields }) => Number(fields.contactid))
		.sort((a, b) => a - b);

describe('many upserts', () => {
	it('of 40 mobiles, 1,000 in all, cost 4 logins and leave 40 records', async () => {
		const input = contacts(1_000, 40);
		const { items, error } = await bench.run(
			'contact.upsert',
			{ ...mapped, options: { concurrency: 16 } },
			{ input },
		);
		expect(error).toBeUndefined();
		expect(items).toHaveLength(1_000);
		expect(bench.crm.contacts()).toHaveLength(40);
		// The last one of each mobile came last.
		const names = bench.crm.contacts().map(({ fields }) => fields.lastname);
		expect(names.sort()).toEqual(
			input
				.slice(-40)
				.map(({ lastName }) => lastName)
				.sort(),
		);
		const statistics = bench.crm.statistics();
		expect(statistics.logins).toBeLessThanOrEqual(4);
		expect(statistics).toMatchObject({
			failedLogins: 0,
			mostAtOnceOnASession: 1,
			mostAtOnceForAMobile: 1,
		});
	});

	it('from several executions at once never meet at a mobile', async () => {
		bench.crm.setSettings({ workMs: 3 });
		await Promise.all(
			Array.from({ length: 5 }, async () => {
				await bench.run('contact.upsert', mapped, { input: contacts(20, 2) });
			}),
		);
		expect(bench.crm.contacts()).toHaveLength(2);
		expect(bench.crm.statistics()).toMatchObject({
			mostAtOnceOnASession: 1,
			mostAtOnceForAMobile: 1,
		});
		expect(bench.crm.statistics().logins).toBeLessThanOrEqual(4);
	});

	it('evaluate no expression an item when they are mapped by name', async () => {
		const spy = jest.spyOn(Expression.prototype, 'resolveSimpleParameterValue');
		await bench.run('contact.upsert', mapped, { input: contacts(50, 50) });
		const expressions = spy.mock.calls.filter(([value]) => String(value).startsWith('='));
		spy.mockRestore();
		expect(expressions).toEqual([]);
	});

	it('take spellings of one mobile one after the other', async () => {
		bench.crm.setSettings({ workMs: 5 });
		const input = ['+7 900 000-00-01', '8 (900) 0000001', '9000000001'].map((mobile) => ({
			...CONTACT,
			mobile,
		}));
		await bench.run('contact.upsert', { ...mapped, normalizeMobile: true }, { input });
		expect(bench.crm.contacts()).toHaveLength(1);
		expect(bench.crm.statistics().mostAtOnceForAMobile).toBe(1);
	});
});

it('upserts never put older data over newer when n8n tries again', async () => {
	bench.crm.injectFault({ kind: 'status', status: 500, operation: 'CreateContact' });
	const { items } = await bench.run(
		'contact.upsert',
		{ ...mapped, options: { concurrency: 1 } },
		{ input: contacts(2, 1), settings: { ...retried, onError: 'continueRegularOutput' } },
	);
	expect(bench.crm.contacts()).toMatchObject([{ fields: { lastname: 'Клиент 1' } }]);
	expect(items.map(({ json }) => json.error ?? 'stored')).toEqual([
		'The CRM returned HTTP 500 for CreateContact, with a web page instead of JSON',
		'stored',
	]);
	expect(items[0]?.json.message).toContain('a later item has already updated the same record');
});

describe('sessions', () => {
	it('are used again by the next execution', async () => {
		for (let round = 0; round < 3; round++) {
			await bench.run('project.create', { contactId: '1', offenderId: '2' });
		}
		expect(bench.crm.statistics().logins).toBe(1);
	});

	it('are opened for each execution if requested', async () => {
		const options = { newSessionPerExecution: true };
		for (let round = 0; round < 3; round++) {
			await bench.run('project.create', { ...mapped, options }, { input: projects(8) });
		}
		const { logins } = bench.crm.statistics();
		expect(logins).toBeGreaterThanOrEqual(3);
		expect(logins).toBeLessThanOrEqual(12);
	});

	it('are as many as the option says, each for one call at a time', async () => {
		bench.crm.setSettings({ workMs: 5 });
		const options = { sessions: 2, concurrency: 8 };
		await bench.run('project.create', { ...mapped, options }, { input: projects(20) });
		expect(bench.crm.statistics()).toMatchObject({ logins: 2, mostAtOnceOnASession: 1 });
	});

	it('belong to one access key', async () => {
		await bench.run('project.create', { contactId: '1', offenderId: '2' });
		const { error } = await bench.run(
			'project.create',
			{ contactId: '1', offenderId: '2' },
			{ credential: { accessKey: 'anotherKey' } },
		);
		expect(error?.message).toBe('The CRM does not accept the access key of user "api"');
	});

	it.each(['INVALID_SESSIONID', 'SESSION_EXPIRED', 'SESSION_LEFT_IDLE'] as const)(
		'that end in the midst of 500 items (%s) leave all 500 done once',
		async (end) => {
			const input = projects(500);
			const watch = setInterval(() => {
				if (bench.crm.projects().length < 200) return;
				clearInterval(watch);
				bench.crm.expireSessions(end);
			}, 1);
			const { items, error } = await bench.run('project.create', mapped, { input });
			clearInterval(watch);
			expect(error).toBeUndefined();
			expect(items).toHaveLength(500);
			expect(projectsById()).toEqual(input.map((_, index) => index + 1));
			const { logins, byErrorCode } = bench.crm.statistics();
			expect(logins).toBeGreaterThan(4);
			expect(logins).toBeLessThanOrEqual(8);
			expect(byErrorCode[end]).toBeGreaterThanOrEqual(1);
		},
	);

	it('that the CRM does not keep at all are an error', async () => {
		bench.crm.injectFault({ kind: 'sessionLost', operation: 'CreateProject', times: 'always' });
		const { error } = await bench.run('project.create', { contactId: '1', offenderId: '2' });
		expect(error?.message).toContain('INVALID_SESSIONID');
		expect(error?.description).toContain('whether the CRM stores its sessions');
		expect(bench.crm.statistics().byOperation.CreateProject).toBe(2);
	});
});

describe('a login', () => {
	const login = { kind: 'error', operation: 'login' } as const;

	it('that others spoil three times is tried again with fresh challenges', async () => {
		bench.crm.injectFault({ ...login, code: 'INVALID_USER_CREDENTIALS', times: 3 });
		const { error } = await bench.run('project.create', { contactId: '1', offenderId: '2' });
		expect(error).toBeUndefined();
		expect(bench.crm.statistics()).toMatchObject({ challenges: 4, logins: 1 });
	});

	it('beside another client of the same user comes through', async () => {
		// Another spelling of the address: to this process, and its queue of logins, another CRM.
		const logIn = async (round: number, client: string) => {
			const { error } = await bench.run(
				'session.logIn',
				{},
				{ credential: { url: `${bench.url}?client=${client}&round=${round}` } },
			);
			expect(error).toBeUndefined();
		};
		for (let round = 0; round < 10; round++) {
			await Promise.all([logIn(round, 'one'), logIn(round, 'two')]);
		}
		expect(bench.crm.statistics().logins).toBe(20);
	});

	it('with a wrong key is tried once a run, however many items, retries and executions', async () => {
		const { items } = await bench.run('project.create', mapped, {
			input: projects(50),
			settings: { ...retried, onError: 'continueRegularOutput' },
			credential: { accessKey: 'wrongKey' },
		});
		expect(items).toHaveLength(50);
		expect(items[0]?.json.error).toBe('The CRM does not accept the access key of user "api"');
		expect(items[49]?.json.error).toBe('Not sent, because the CRM refused the login');
		expect(bench.crm.statistics().challenges).toBe(4);
		const { error } = await bench.run('project.create', mapped, {
			input: projects(50),
			settings: retried,
			credential: { accessKey: 'wrongKey' },
		});
		expect(error?.message).toBe('The CRM does not accept the access key of user "api"');
		expect(bench.crm.statistics().challenges).toBe(8);
	});

	it('of an unknown user says so at once', async () => {
		const { error } = await bench.run('session.logIn', {}, { credential: { username: 'nobody' } });
		expect(error?.message).toBe('The CRM does not know the user "nobody"');
		expect(bench.crm.statistics().byOperation).toEqual({ getchallenge: 1 });
	});

	it('that fails is nothing sent, and n8n may retry it', async () => {
		bench.crm.injectFault({ kind: 'fatal', operation: 'getchallenge', times: 2 });
		const { items, error } = await bench.run('project.create', mapped, {
			input: projects(5),
			settings: retried,
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(5);
		expect(projectsById()).toEqual([1, 2, 3, 4, 5]);
	});
});

describe('a lost answer', () => {
	const project = { contactId: '1', offenderId: '2' };
	// `error` is vtiger's INTERNAL_SERVER_ERROR, which may come after the record was stored.
	const lost = ['drop', 'reset', 'empty', 'truncated', 'html', 'fatal', 'error'] as const;

	it.each(lost)('never sends a project twice, whatever n8n retries: %s', async (kind) => {
		bench.crm.injectFault({ kind, operation: 'CreateProject', carryOut: true });
		const { error } = await bench.run('project.create', project, { settings: retried });
		expect(error?.description).toContain(
			'The CRM may have executed this. Check there before you send it again.',
		);
		expect(bench.crm.projects()).toHaveLength(1);
	});

	it('never sends a project twice after a 303, which says that the work is done', async () => {
		bench.crm.injectFault({
			kind: 'status',
			status: 303,
			operation: 'CreateProject',
			carryOut: true,
		});
		const { error } = await bench.run('project.create', mapped, {
			input: projects(1),
			settings: retried,
		});
		expect(error?.message).toBe('The CRM returned HTTP 303 for CreateProject');
		expect(error?.description).toContain('Check there before you send it again');
		expect(bench.crm.projects()).toHaveLength(1);
	});

	it('of a project lists what was executed before', async () => {
		bench.crm.injectFault({ kind: 'drop', operation: 'CreateProject', carryOut: true, skip: 49 });
		const { error } = await bench.run('project.create', mapped, {
			input: projects(100),
			settings: retried,
		});
		expect(error?.description).toMatch(/Already executed: items 0–\d+/);
		expect(new Set(projectsById()).size).toBe(bench.crm.projects().length);
	});

	it.each(['drop', 'reset'] as const)('of an upsert is asked for again: %s', async (kind) => {
		bench.crm.injectFault({ kind, operation: 'CreateContact', carryOut: true });
		const { items } = await bench.run('contact.upsert', CONTACT);
		expect(items[0]?.json).toMatchObject({ contactId: bench.crm.contacts()[0]?.id });
		expect(bench.crm.contacts()).toHaveLength(1);
		expect(bench.crm.contacts()[0]?.revisions).toHaveLength(2);
	});

	it('of an upsert that is still at work is asked for in the same session', async () => {
		bench.crm.setSettings({ workMs: 1_400 });
		setTimeout(() => bench.crm.setSettings({ workMs: 0 }), 1_200);
		const { items } = await bench.run('contact.upsert', { ...CONTACT, options: { timeout: 1 } });
		expect(items).toHaveLength(1);
		expect(bench.crm.contacts()).toHaveLength(1);
		const sessions = bench.crm.requests({ operation: 'CreateContact' });
		expect(new Set(sessions.map(({ session }) => session)).size).toBe(1);
	});

	describe('of an upsert that the CRM is still at work on', () => {
		const options = { timeout: 1 };
		/** Works for long on the calls of the first second, and at once on later ones. */
		const slowAtFirst = (ms: number) => {
			bench.crm.setSettings({ workMs: ms });
			setTimeout(() => bench.crm.setSettings({ workMs: 0 }), 900);
		};
		const sessionsOf = (operation: string) =>
			new Set(bench.crm.requests({ operation }).map(({ session }) => session)).size;

		it.each([
			['contact.upsert', 'CreateContact', CONTACT],
			['account.upsert', 'CreateAccount', ACCOUNT],
		] as const)(
			'makes the next execution wait in its session: %s',
			async (name, operation, parameters) => {
				slowAtFirst(6_000);
				const { error } = await bench.run(name, { ...parameters, options });
				expect(error?.message).toContain('did not respond within 1 s');
				const next = await bench.run(name, parameters);
				expect(next.error).toBeUndefined();
				expect(bench.crm.records()).toHaveLength(1);
				expect(sessionsOf(operation)).toBe(1);
				expect(bench.crm.statistics().logins).toBe(1);
			},
		);

		thorough(
			'makes the next execution wait in its session, also one with sessions of its own',
			async () => {
				slowAtFirst(6_000);
				await bench.run('contact.upsert', { ...CONTACT, options });
				await bench.run('contact.upsert', {
					...CONTACT,
					options: { newSessionPerExecution: true },
				});
				expect(bench.crm.contacts()).toHaveLength(1);
				expect(sessionsOf('CreateContact')).toBe(1);
			},
		);

		thorough('makes a later item wait, and those of other mobiles not', async () => {
			slowAtFirst(6_000);
			const input = [0, 1, 2, 0].map((phone, at) => ({
				...CONTACT,
				lastName: `Клиент ${at}`,
				mobile: `+7 900 000-00-0${phone}`,
			}));
			const { items } = await bench.run(
				'contact.upsert',
				{ ...mapped, options: { timeout: 1, concurrency: 1 } },
				{ input, settings: { onError: 'continueRegularOutput' } },
			);
			expect(items[0]?.json.error).toContain('did not respond within 1 s');
			expect(items[1]?.json.error).toBeUndefined();
			expect(items[2]?.json.error).toBeUndefined();
			await sleep(2_500);
			expect(bench.crm.contacts()).toHaveLength(3);
		});

		it('makes n8n’s retry wait in its session', async () => {
			slowAtFirst(6_000);
			const { error } = await bench.run(
				'contact.upsert',
				{ ...CONTACT, options },
				{ settings: { ...retried } },
			);
			expect(error).toBeUndefined();
			expect(bench.crm.contacts()).toHaveLength(1);
			expect(sessionsOf('CreateContact')).toBe(1);
		});

		it('makes the next execution wait when a user stopped it', async () => {
			slowAtFirst(2_500);
			const stop = new AbortController();
			setTimeout(() => stop.abort(), 500);
			await bench.run('contact.upsert', CONTACT, { stop: stop.signal });
			await sleep(600);
			const { error } = await bench.run('contact.upsert', CONTACT);
			expect(error).toBeUndefined();
			expect(bench.crm.contacts()).toHaveLength(1);
			expect(sessionsOf('CreateContact')).toBe(1);
		});

		it('keeps its session from other records until the CRM has answered in it', async () => {
			const fault = { kind: 'status', operation: 'CreateContact', times: 3 } as const;
			const other = { ...CONTACT, mobile: '+7 900 000-00-02' };
			const used = async (parameters: IDataObject) => {
				await bench.run('contact.upsert', parameters);
				return bench.crm.requests({ operation: 'CreateContact' }).at(-1)?.session;
			};
			// A proxy that stops waiting leaves the CRM at work; one that refuses says nothing about it.
			bench.crm.injectFault({ ...fault, status: 504 });
			const busy = await used(CONTACT);
			bench.crm.injectFault({ ...fault, status: 429 });
			expect(await used(CONTACT)).toBe(busy);
			const free = await used(other);
			expect(free).not.toBe(busy);
			expect(await used(other)).toBe(free);
			expect(await used(CONTACT)).toBe(busy);
			expect(await used(other)).toBe(busy);
			expect(bench.crm.statistics().logins).toBe(2);
		});

		it('does not keep the next one from a new session when its own has ended', async () => {
			slowAtFirst(5_000);
			await bench.run('contact.upsert', { ...CONTACT, options });
			bench.crm.expireSessions();
			const { error } = await bench.run('contact.upsert', CONTACT);
			expect(error).toBeUndefined();
			expect(bench.crm.contacts()).toHaveLength(1);
			expect(sessionsOf('CreateContact')).toBe(2);
			expect((await bench.run('contact.upsert', CONTACT)).error).toBeUndefined();
			expect(bench.crm.statistics().logins).toBe(2);
		});
	});

	it('of an upsert may be taken up by n8n’s retry, without what was done', async () => {
		bench.crm.injectFault({ kind: 'empty', operation: 'CreateContact', skip: 10 });
		const input = contacts(30, 30);
		const { items, error } = await bench.run('contact.upsert', mapped, {
			input,
			settings: retried,
		});
		expect(error).toBeUndefined();
		expect(items).toHaveLength(30);
		expect(bench.crm.contacts()).toHaveLength(30);
		const changes = bench.crm.contacts().map(({ revisions }) => revisions.length);
		expect(changes.filter((count) => count === 2)).toHaveLength(1);
		expect(changes.filter((count) => count === 1)).toHaveLength(29);
	});

	it('of a list is asked for again', async () => {
		bench.crm.seed('contact', { inn: CONTACT.inn, code: '1' });
		bench.crm.injectFault({ kind: 'drop', operation: 'GetFilesList', times: 2 });
		const { error } = await bench.run('file.getAll', { inn: CONTACT.inn, smsCode: '1' });
		expect(error).toBeUndefined();
	});
});

describe('an execution that a user stops', () => {
	const stoppedAfter = (ms: number) => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), ms);
		return stop.signal;
	};

	it.each([
		['logs in', { ...CONTACT, mobile: '+7 900 000-00-02' }, 'getchallenge'],
		['stores the same record', CONTACT, 'CreateContact'],
	] as const)('ends at once while another one %s, which goes on', async (_, contact, operation) => {
		bench.crm.injectFault({ kind: 'delay', operation, ms: 2_500, carryOut: false });
		const other = bench.run('contact.upsert', CONTACT);
		while (bench.crm.requests({ operation }).length === 0) await sleep(5);
		const last = bench.run('contact.upsert', contact);
		const startedAt = performance.now();
		await bench.run('contact.upsert', contact, { stop: stoppedAfter(300) });
		expect(performance.now() - startedAt).toBeLessThan(1_500);
		expect((await other).error).toBeUndefined();
		expect((await last).error).toBeUndefined();
		expect(bench.crm.statistics().byOperation[operation]).toBe(2);
	});

	it('sends nothing more, and leaves the sessions to others', async () => {
		bench.crm.setSettings({ workMs: 100 });
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 250);
		await bench.run('project.create', mapped, { input: projects(200), stop: stop.signal });
		expect(bench.crm.statistics().byOperation.CreateProject).toBeLessThanOrEqual(16);
		bench.crm.setSettings({ workMs: 0 });
		const { error } = await bench.run('project.create', { contactId: '1', offenderId: '2' });
		expect(error).toBeUndefined();
	});
});
