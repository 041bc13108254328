/** @needs postgresql sshd */

import { once } from 'node:events';
import { createReadStream, readdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SAMPLE_FILES } from '../../sandbox/clientright';
import { SAMPLE_ELECTRICIANS } from '../../sandbox/elektrik';
import { clientRightClaim } from '../../tools/demo/clientright-claim';
import { CLAIM_DOCUMENTS, CLAIM_WITH_DOCUMENTS } from '../../tools/demo/clientright-documents';
import { readExample } from '../../tools/demo/demo-n8n';
import { sandboxElektrikApi } from '../../tools/demo/elektrik-check';
import { sandboxExapiApi } from '../../tools/demo/exapi-orders';
import { STORIES } from '../../tools/demo/stories';
import type { Example } from '../../tools/demo/story';
import { checkoutFolder } from '../../tools/n8n/checkout';
import { outputOf, type ExecutionOutcome } from '../../tools/n8n/execution';
import { lastPageOf, submitForm, wordsOf } from '../../tools/n8n/form';
import { startPostgres, type PostgresServer } from '../../tools/n8n/postgres';
import { startSftp, type SftpServer } from '../../tools/n8n/sshd';
import { CLEAN_UP_TIMEOUT, INSTALL_TIMEOUT, useHost, type SharedHost } from './host';
import { postgresCredential, sqlRunner } from './postgres-workflow';

let postgres: PostgresServer;
let sftp: SftpServer;
let host: SharedHost;
/** Those that `npm start` does not run. */
const others: Example[] = [
	{
		workflow: 'clientright-form.json',
		credentials: (address) => clientRightClaim.credentials(address),
	},
	{
		workflow: 'clientright-documents-sftp.json',
		credentials: (address) => [
			...clientRightClaim.credentials(address),
			{
				id: 'sandboxSftp00000',
				name: 'SFTP',
				type: 'sftp',
				data: {
					host: '127.0.0.1',
					port: sftp.port,
					username: sftp.username,
					privateKey: sftp.privateKey,
				},
			},
		],
	},
	{ workflow: 'exapi-reconciliation.json', credentials: sandboxExapiApi },
	{ workflow: 'exapi-retry.json', credentials: sandboxExapiApi },
	{
		workflow: 'elektrik-points-postgres.json',
		credentials: (address) => [...sandboxElektrikApi(address), postgresCredential(postgres)],
	},
];
const examples = [...STORIES, ...others];

beforeAll(async () => {
	[postgres, sftp] = await Promise.all([startPostgres(), startSftp()]);
	host = await useHost(examples, {
		clientright: { contactFiles: SAMPLE_FILES },
		elektrik: { electricians: SAMPLE_ELECTRICIANS },
	});
}, INSTALL_TIMEOUT);

afterAll(async () => {
	await host.stop();
	await postgres.stop();
	await sftp.stop();
}, CLEAN_UP_TIMEOUT);

/** Runs an example from one of its triggers. */
async function run(file: string, trigger: string): Promise<ExecutionOutcome> {
	const { id } = await readExample(file);
	const outcome = await host.rest.runWorkflow(id, { trigger });
	expect(outcome.error).toBeUndefined();
	return outcome;
}

const json = (outcome: ExecutionOutcome, node: string) =>
	outputOf(outcome, node).map((item) => item.json);

it('has every example of the folder', () => {
	const files = readdirSync(join(checkoutFolder(), 'examples'));
	expect(examples.map(({ workflow }) => workflow).sort()).toEqual(files.sort());
});

describe('imported by its address, as the editor does it', () => {
	let files: Server;

	beforeAll(async () => {
		files = createServer((request, response) => {
			const file = join(checkoutFolder(), 'examples', basename(request.url ?? ''));
			createReadStream(file).pipe(response);
		});
		files.listen(0, '127.0.0.1');
		await once(files, 'listening');
	});

	afterAll(() => {
		files.close();
		files.closeAllConnections();
	});

	it.each(examples.map(({ workflow }) => workflow))('%s', async (file) => {
		const { id: projectId } = await host.rest.call<{ id: string }>('GET', '/projects/personal');
		const { port } = files.address() as AddressInfo;
		const query = new URLSearchParams({ url: `http://127.0.0.1:${port}/${file}`, projectId });
		const { id, ...example } = await readExample(file);
		const imported = await host.rest.call('GET', `/workflows/from-url?${query.toString()}`);
		expect(imported).toMatchObject({ nodes: example.nodes, connections: example.connections });
		const stored = await host.rest.createWorkflow(example);
		expect(stored.id).not.toBe(id);
		expect(stored.nodes).toHaveLength(example.nodes.length);
	});
});

describe('those that npm start runs', () => {
	it.each(STORIES.map((story) => [story.workflow, story] as const))(
		'%s',
		async (_, story) => {
			const { id } = await readExample(story.workflow);
			const { table, problems } = await story.run(host, id);
			expect(problems).toEqual([]);
			expect(table.length).toBeGreaterThan(1);
		},
		180_000,
	);

	it('reports by the hour only the points that changed', async () => {
		const { portal } = host.sandbox.elektrik;
		const sent = portal.requests().length;
		const again = await run('elektrik-points.json', 'Every hour');
		// The one that the portal does not know stays unreported.
		expect(json(again, 'Only changed points')).toMatchObject([{ name: 'Примерова Проба' }]);
		expect(portal.requests().length).toBe(sent + 1);
	});
});

it('exapi-reconciliation.json finds statuses that changed and orders that are missing', async () => {
	const file = 'exapi-reconciliation.json';
	const { crm } = host.sandbox.exapi;
	const setUp = await run(file, 'Set up by hand');
	const numbers = json(setUp, 'Keep the orders').map(({ orderId }) => orderId as string);
	const [same = '', changed = '', missing = ''] = numbers;
	expect(crm.order(missing)).toMatchObject({ status: 'pending' });
	crm.reset();
	crm.seed({ orderId: same, status: 'pending' }, { orderId: changed, status: 'paid' });

	const night = await run(file, 'Every night');
	expect(json(night, 'Keep the new statuses')).toMatchObject([
		{ orderId: changed, status: 'paid' },
		{ orderId: missing, status: 'not in the CRM' },
	]);
	expect(json(night, 'Lost orders')).toMatchObject([{ orderId: missing }]);

	const nextNight = await run(file, 'Every night');
	expect(json(nextNight, 'Read statuses').map(({ orderId }) => orderId)).toEqual([same, missing]);
	expect(json(nextNight, 'Only what differs')).toEqual([]);
	expect(crm.requests({ method: 'addOrder' })).toEqual([]);
}, 120_000);

describe('clientright-form.json', () => {
	const claim = {
		Имя: 'Проба',
		Фамилия: 'Пробная',
		'Дата рождения': '1990-02-28',
		'Мобильный телефон': '8 (900) 000-00-05',
		'Ваш ИНН': '400000000005',
		Компания: 'ООО «Пример»',
		'ИНН компании': '7100000005',
		'ОГРН компании': '1000000000005',
		'Предмет договора': 'Курс «Основы»',
		'Цена договора': '45000',
		'Что случилось': 'Занятия не начались.',
	};
	const crm = () => host.sandbox.clientright.crm;
	let address: string;

	beforeAll(async () => {
		const { id } = await readExample('clientright-form.json');
		await host.rest.activate(id);
		address = `${host.rest.url}/form/claim`;
	});

	const ACCEPTED = 'Мы получили ваше обращение';
	const writes = () =>
		crm()
			.requests()
			.filter(({ operation }) => operation?.startsWith('Create'));
	const send = async (values: Partial<typeof claim>): Promise<string> =>
		wordsOf(await lastPageOf(await submitForm(address, { ...claim, ...values })));

	beforeEach(() => crm().reset());

	it('makes a project of the claim of a new client', async () => {
		expect(await send({})).toContain(ACCEPTED);
		const project = crm().projects().at(-1)!;
		expect(project.fields).toMatchObject({ subject: 'Курс «Основы»', agrprice: '45000' });
		expect(crm().record(project.fields.contactid!)?.fields).toMatchObject({
			lastname: 'Пробная',
			birthday: '1990-02-28',
			mobile: '+79000000005',
		});
		expect(crm().record(project.fields.offenderid!)?.fields).toMatchObject({ inn: '7100000005' });
	}, 60_000);

	it.each(['8 (900) 000-00-05', '+7 900 000 00 05', '9000000005'])(
		'changes nothing of a client who is known, and says no other words: %s',
		async (phone) => {
			const known = crm().seed('contact', {
				mobile: '+79000000005',
				lastname: 'Образцова',
				email: 'hers@example.com',
				inn: '400000000001',
			});
			const page = await send({ 'Мобильный телефон': phone });
			expect(page).toContain(ACCEPTED);
			expect(page).not.toContain(known.id);
			expect(crm().records()).toEqual([known]);
			expect(writes()).toEqual([]);
		},
		60_000,
	);

	it('changes nothing of a company that is known', async () => {
		const known = crm().seed('account', {
			accountname: 'ООО «Настоящее имя»',
			inn: '7100000005',
			ogrn: '1000000000001',
			phone: '+7 495 000-00-00',
		});
		expect(await send({})).toContain(ACCEPTED);
		expect(crm().accounts()).toEqual([known]);
		expect(crm().projects()).toMatchObject([{ fields: { offenderid: known.id } }]);
	}, 60_000);

	it.each<[keyof typeof claim, string]>([
		['Мобильный телефон', '8 900 000-00-05 доб. 12'],
		['Мобильный телефон', "+79000000005' OR id != '"],
		['Ваш ИНН', '4000'],
		['ИНН компании', "7100000005'; "],
		['ОГРН компании', '1'],
	])(
		'asks to check what cannot be right, whoever is known: %s %s',
		async (field, value) => {
			crm().seed('contact', { mobile: '+79000000005' });
			const page = await send({ [field]: value });
			expect(page).toContain('Проверьте телефон, ИНН и ОГРН');
			expect(crm().requests()).toEqual([]);
		},
		60_000,
	);

	it.each(['query', 'CreateContact', 'CreateAccount', 'CreateProject'])(
		'says in its own words that the CRM failed: %s',
		async (operation) => {
			const message = 'Connection to db01.internal refused';
			crm().injectFault({ kind: 'error', message, operation, times: 'always' });
			const page = await send({});
			expect(page).toContain('Обращение не принято');
			expect(page).not.toMatch(/db01|refused|CRM|HTTP|item/i);
			expect(page).not.toContain(new URL(host.address.clientright.url).host);
		},
		60_000,
	);

	it('says so when the CRM answers with HTTP 500', async () => {
		crm().injectFault({ kind: 'status', status: 500, times: 'always' });
		const page = await send({});
		expect(page).toContain('Обращение не принято');
		expect(page).not.toMatch(/HTTP|500|CRM/i);
		expect(page).not.toContain(new URL(host.address.clientright.url).host);
	}, 90_000);
});

it('clientright-documents-sftp.json writes the real files over the placeholders on the disk', async () => {
	const { crm } = host.sandbox.clientright;
	crm.reset();
	const disk = await mkdtemp(join(tmpdir(), 'partner-exchange-crm-'));
	try {
		const { id } = await readExample('clientright-documents-sftp.json');
		const { nodes } = await host.rest.workflow(id);
		const text = JSON.stringify(nodes).replaceAll('=/var/www/crm/', `=${disk}/`);
		await host.rest.updateWorkflow(id, { nodes: JSON.parse(text) as typeof nodes });
		await host.rest.activate(id);

		const chosen = CLAIM_DOCUMENTS.map(({ label, file }) => [label, file] as const);
		const other = { 'Ваш ИНН': '400000000008', 'Код из СМС': '8008' };
		const values = { ...CLAIM_WITH_DOCUMENTS, ...other, ...Object.fromEntries(chosen) };
		const before = crm.files().length;
		const next = await submitForm(`${host.rest.url}/form/claim-by-sftp`, values);
		expect(wordsOf(await lastPageOf(next))).toContain('Мы получили ваше обращение');

		const placeholders = crm.files().slice(before);
		expect(placeholders.map(({ title }) => title)).toEqual(
			CLAIM_DOCUMENTS.map(({ title }) => title),
		);
		for (const { path, title } of placeholders) {
			expect(crm.fileContent(path)?.toString()).toMatch(/^%PDF-/);
			const { file } = CLAIM_DOCUMENTS.find((one) => one.title === title)!;
			expect(await readFile(join(disk, path), 'utf8')).toBe(file.content);
		}
		const written = await readdir(disk, { recursive: true });
		expect(written.filter((name) => name.endsWith('.pdf'))).toHaveLength(CLAIM_DOCUMENTS.length);
		expect(crm.projects().at(-1)?.fields).toMatchObject({ subject: 'Курс «Основы»', sms: '8008' });
	} finally {
		await rm(disk, { recursive: true, force: true });
	}
}, 120_000);

it('elektrik-points-postgres.json reports the rows that changed, each once', async () => {
	const file = 'elektrik-points-postgres.json';
	const { portal } = host.sandbox.elektrik;
	const sql = sqlRunner(host.rest, postgresCredential(postgres));
	await sql(`CREATE TABLE electricians (phone text, points numeric,
		reported_points numeric, report_problem text)`);
	await sql(`INSERT INTO electricians VALUES ('+7 000 000-00-01', 500, 120),
		('8 (000) 000-00-02', 60.5, NULL), ('70000000003', 45, 45), ('70000000077', 1, NULL)`);

	await run(file, 'Every ten minutes');
	expect(portal.electrician('70000000001')).toMatchObject({ points: 500 });
	expect(portal.electrician('70000000002')).toMatchObject({ points: 60.5 });
	const sent = portal.requests().length;
	expect(await sql('SELECT * FROM electricians ORDER BY points')).toMatchObject([
		{ phone: '70000000077', reported_points: null, report_problem: expect.stringMatching(/hash/) },
		{ phone: '70000000003', reported_points: '45', report_problem: null },
		{ phone: '8 (000) 000-00-02', reported_points: '60.5', report_problem: null },
		{ phone: '+7 000 000-00-01', reported_points: '500', report_problem: null },
	]);

	await sql(`DELETE FROM electricians WHERE phone = '70000000077'`);
	const again = await run(file, 'Every ten minutes');
	expect(json(again, 'Points that changed')).toEqual([]);
	expect(portal.requests().length).toBe(sent);
}, 120_000);

describe('exapi-retry.json', () => {
	const crm = () => host.sandbox.exapi.crm;
	const order = (orderId: string) => ({ orderId, goodName: 'Чайник', phone: '+7 900 000-00-01' });
	let id: string;

	async function send(...orderIds: string[]): Promise<Response> {
		return await fetch(`${host.rest.url}/webhook/shop-orders`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ orders: orderIds.map(order) }),
		});
	}

	beforeAll(async () => {
		({ id } = await readExample('exapi-retry.json'));
		await host.rest.activate(id);
	});

	beforeEach(() => crm().reset());

	/** n8n starts the part for errors after it has answered the webhook. */
	async function whatHappened(workflowId: string): Promise<unknown> {
		for (;;) {
			const [newest] = await host.rest.executionIds(workflowId);
			const [told] = json(await host.rest.executionEnded(newest!), 'What happened');
			if (told) return told;
			await sleep(250);
		}
	}

	it('goes on where it stopped', async () => {
		crm().injectFault({ kind: 'error', message: 'Busy', orderId: 'R-2', times: 2 });
		const answer = await send('R-1', 'R-2', 'R-3');
		expect(answer.status).toBe(200);
		expect(await answer.json()).toMatchObject([
			{ orderId: 'R-1', crmId: crm().order('R-1')?.crmId },
			{ orderId: 'R-2', crmId: crm().order('R-2')?.crmId },
			{ orderId: 'R-3', crmId: crm().order('R-3')?.crmId },
		]);
		expect(crm().receipts()).toEqual({ 'R-1': 1, 'R-2': 3, 'R-3': 1 });
	}, 120_000);

	it('tells what happened when the last try fails', async () => {
		crm().injectFault({ kind: 'error', message: 'Busy', orderId: 'R-5', times: 'always' });
		const answer = await send('R-4', 'R-5');
		expect(answer.status).toBe(500);
		expect(crm().receipts()).toEqual({ 'R-4': 1, 'R-5': 3 });
		expect(await whatHappened(id)).toMatchObject({
			node: 'Add orders',
			problem: expect.stringContaining('Busy'),
			whatToDo: expect.stringContaining('Already executed: item 0'),
			execution: expect.stringContaining('/executions/'),
		});
	}, 120_000);
});
