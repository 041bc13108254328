import { setTimeout as sleep } from 'node:timers/promises';
import { mapped } from './clientright-bench';
import {
	failure,
	startScriptedCrm,
	success,
	type Script,
	type ScriptedCall,
	type ScriptedCrm,
} from './scripted-crm';

/** Prefixes as a real vtiger 8.4 had them; they differ by installation. */
const PREFIXES: Record<string, string> = { Contacts: '12', Accounts: '11' };
const describeModule = ({ fields }: ScriptedCall): string =>
	success({ name: fields.elementType, idPrefix: PREFIXES[fields.elementType ?? ''] });

let crm: ScriptedCrm;
const start = async (describe: Script) => {
	crm = await startScriptedCrm({ describe, CreateProject: success('84001') });
};
afterEach(async () => await crm.stop());

const sent = (operation: string) => crm.calls.filter((call) => call.operation === operation);
const create = async (contactId: unknown, offenderId: unknown, more: object = {}) =>
	await crm.run('project.create', { contactId, offenderId, ...more } as never);

describe('an id of vtiger’s own form', () => {
	it('is the record of its module', async () => {
		await start(describeModule);
		const { items, error } = await create('12x83859', '11x83837', {
			additionalFields: { agentId: '11x5', formId: '40x1376' },
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ projectId: '84001' });
		expect(sent('CreateProject')[0]?.fields).toMatchObject({
			contactid: '83859',
			offenderid: '83837',
			agentid: '5',
			formid: '1376',
		});
	});

	it('asks a module’s prefix once in a process, and nothing without such ids', async () => {
		await start(describeModule);
		await create('83859', '83837');
		expect(sent('describe')).toEqual([]);
		const input = Array.from({ length: 20 }, (_, index) => ({
			contactId: `12x${index + 1}`,
			offenderId: '11x7',
		}));
		await crm.run('project.create', mapped, { input });
		await crm.run('project.create', mapped, { input });
		expect(sent('CreateProject')).toHaveLength(41);
		expect(sent('describe').map(({ fields }) => fields.elementType)).toEqual([
			'Contacts',
			'Accounts',
		]);
		expect(sent('describe')[0]?.httpMethod).toBe('GET');
	});

	it.each([
		[
			'11x83859',
			'83837',
			{},
			'The field \'Contact ID\' (contactId) must be the ID of a record in Contacts, which starts with "12x", not "11x83859"',
		],
		[
			'83859',
			'12x83837',
			{},
			'The field \'Offender ID\' (offenderId) must be the ID of a record in Accounts, which starts with "11x", not "12x83837"',
		],
		[
			'83859',
			'83837',
			{ agentId: '29x4' },
			'The field \'Agent ID\' (agentId) must be the ID of a record in Accounts, which starts with "11x", not "29x4"',
		],
	])('of another module is refused: %s and %s', async (contactId, offenderId, more, message) => {
		await start(describeModule);
		const { error } = await create(contactId, offenderId, { additionalFields: more });
		expect(error?.message).toBe(message);
		expect(error?.description).toContain('Nothing was sent.');
		expect(sent('CreateProject')).toEqual([]);
	});

	it('of another module in a later item keeps all items from being sent', async () => {
		await start(describeModule);
		const input = [
			{ contactId: '12x1', offenderId: '11x7' },
			{ contactId: '11x2', offenderId: '7' },
		];
		const { error } = await crm.run('project.create', mapped, { input });
		expect(error?.context).toMatchObject({ itemIndex: 1 });
		expect(sent('CreateProject')).toEqual([]);
		const settings = { onError: 'continueRegularOutput' } as const;
		const { items } = await crm.run('project.create', mapped, { input, settings });
		expect(items[0]?.json).toMatchObject({ projectId: '84001' });
		expect(items[1]?.json.error).toContain('must be the ID of a record in Contacts');
	});

	it('of client and offender with one prefix is refused before anything is sent', async () => {
		await start(describeModule);
		const { error } = await create('12x83859', '12x83837');
		expect(error?.message).toBe(
			'The field \'Offender ID\' (offenderId) must be the ID of a record in Accounts, not "12x83837": the ID in "contactId", of a record in Contacts, also starts with "12x"',
		);
		const agent = await create('12x83859', '83837', { additionalFields: { agentId: '12x1' } });
		expect(agent.error?.message).toContain("The field 'Agent ID' (agentId)");
		expect(crm.calls).toEqual([]);
	});

	it.each<[string, Script]>([
		['denied', failure('ACCESS_DENIED', 'Permission to perform the operation is denied')],
		['unknown', '<html></html>'],
		['empty', ''],
		['of another shape', success({ idPrefix: null })],
		['of nothing', success(null)],
	])(
		'is taken without the CRM’s word when its describe is %s, which is asked once',
		async (_, script) => {
			await start(script);
			for (let round = 0; round < 3; round++) {
				const { items, error } = await create('11x83859', '12x83837');
				expect(error).toBeUndefined();
				expect(items[0]?.json).toMatchObject({ projectId: '84001' });
			}
			expect(sent('describe')).toHaveLength(2);
			expect(sent('CreateProject')).toHaveLength(3);
		},
	);

	it('is not sent when the login is refused, which is reported and not retried', async () => {
		crm = await startScriptedCrm({ login: failure('INVALID_USER_CREDENTIALS', 'no') });
		const { error } = await create('12x83859', '11x83837');
		expect(error?.message).toBe('The CRM does not accept the access key of user "api"');
		expect(sent('login')).toHaveLength(4);
	});
});

describe('executions that ask for the same module at once', () => {
	const begun = async () => {
		while (sent('describe').length === 0) await sleep(5);
	};
	const stoppedAfter = (ms: number) => {
		const stop = new AbortController();
		setTimeout(() => stop.abort(), ms);
		return { stop: stop.signal };
	};
	const run = async (more: object = {}) =>
		await crm.run('project.create', { contactId: '12x1', offenderId: '7' }, more);

	beforeEach(async () => {
		await start(async (call) => {
			if (sent('describe').length === 1) await sleep(2_500);
			return describeModule(call);
		});
	});

	it('do not wait for the answer once they are stopped', async () => {
		const other = run();
		await begun();
		const startedAt = performance.now();
		await run(stoppedAfter(300));
		expect(performance.now() - startedAt).toBeLessThan(1_500);
		expect((await other).error).toBeUndefined();
	});

	it('do not fail when the one that asked is stopped', async () => {
		const stopped = run(stoppedAfter(500));
		await begun();
		const { error } = await run();
		expect(error).toBeUndefined();
		await stopped;
		expect(sent('CreateProject')).toHaveLength(1);
	});
});
