import type { ClientRightCrm } from '../../../sandbox/clientright';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { PROJECT_SAMPLE } from '../../clientright-samples';
import { contactOf, VtigerClient } from './clientright-client';

let sandbox: Sandbox;
let crm: ClientRightCrm;
let client: VtigerClient;
let session: string;
let url: string;

beforeEach(async () => {
	sandbox = createSandbox({ clientright: { contactFiles: [{ title: 'Акт "А&Б"' }] } });
	crm = sandbox.clientright.crm;
	({ url } = (await sandbox.start()).clientright);
	client = new VtigerClient(url);
	session = await client.logIn();
});

afterEach(() => sandbox.stop());

describe('upserts', () => {
	it('find contacts by mobile exactly as typed, whatever their INN', async () => {
		const first = await client.contact(session, '+79000000001', { email: 'client@example.com' });
		const same = await client.contact(session, '+79000000001', { inn: '770000000001' });
		const other = await client.contact(session, '+7(900) 000-00-01');

		expect(first).toEqual({ success: true, result: '84001' });
		expect(same).toEqual(first);
		// A document and its file have numbers of their own in between.
		expect(other.result).toBe('84004');
		expect(crm.contacts()).toMatchObject([
			{
				id: '84001',
				kind: 'contact',
				fields: { mobile: '+79000000001', inn: '770000000001', birthday: '1986-11-15' },
				revisions: [
					{ time: expect.any(String), sent: { email: 'client@example.com', inn: '321654987654' } },
					{ sent: { inn: '770000000001' } },
				],
			},
			{ fields: { mobile: '+7(900) 000-00-01' } },
		]);
		expect(Object.keys(crm.contacts()[0]!.revisions[0]!.sent)).not.toContain('sessionName');
	});

	it('find accounts by INN', async () => {
		const first = await client.account(session, '1234567899');
		const same = await client.account(session, '1234567899', { accountname: 'ООО "Два бобра"' });

		expect(same).toEqual(first);
		expect(crm.accounts()).toMatchObject([{ fields: { accountname: 'ООО "Два бобра"' } }]);
	});

	it('blank what is left out', async () => {
		await client.contact(session, '1', { email: 'client@example.com' });
		await client.contact(session, '1', { lastname: 'Новая' });

		expect(crm.contacts()).toMatchObject([{ fields: { email: '', lastname: 'Новая' } }]);
	});

	it('give numbers for ids when told to', async () => {
		crm.setQuirks({ idsAsNumbers: true });

		expect((await client.account(session, '1234567899')).result).toBe(84001);
	});
});

describe('what the database keeps', () => {
	it.each([
		['birthday', '31.12.1980', ''],
		['birthday', '1980-02-30', ''],
		['email', 'not-an-email', 'not-an-email'],
		['lastname', 'Д'.repeat(120), 'Д'.repeat(80)],
		['firstname', 'Аня😀Б', 'Аня????Б'],
		['lastname', "О'Нил & <b>Ко</b>", "О'Нил & <b>Ко</b>"],
		['requisites', 'стр1\r\nстр2 "кав" & <i>x</i> \\ ', 'стр1\r\nстр2 "кав" & <i>x</i> \\ '],
		['tgid', '0', ''],
		['tgid', '00', '00'],
	])('of %s %j: %j', async (name, value, kept) => {
		await expect(client.contact(session, '1', { [name]: value })).resolves.toMatchObject({
			success: true,
		});

		expect(crm.contacts()[0]).toMatchObject({
			fields: { [name]: kept },
			revisions: [{ sent: { [name]: value } }],
		});
	});

	it('of a project: every documented field', async () => {
		const { wire } = PROJECT_SAMPLE;
		const call = { operation: 'CreateProject', sessionName: session, ...wire };
		const { result } = await client.post(call);

		expect(crm.record(result as string)).toMatchObject({
			kind: 'project',
			fields: wire,
			revisions: [{ sent: wire }],
		});
		await client.post(call);
		expect(crm.projects()).toHaveLength(2);
	});

	it('of zeros in a project: nothing, where they are not 0.0', async () => {
		const ids = { contactid: '83834', offenderid: '84675' };
		const zeros = { agrprice: '0', loss: '0.0', progress: '0', returned: '0.0' };
		await client.post({ operation: 'CreateProject', sessionName: session, ...ids, ...zeros });

		expect(crm.projects()[0]?.fields).toMatchObject({
			agrprice: '',
			loss: '0.0',
			progress: '',
			returned: '0.0',
		});
	});
});

it.each([
	['CreateAccount', {}, 'accountname, inn, ogrn'],
	['CreateAccount', { accountname: 'A', inn: '1' }, 'ogrn'],
	['CreateProject', { contactid: '0' }, 'contactid, offenderid'],
	['GetFilesList', { inn: '1' }, 'sms'],
])('%s with %j lacks mandatory fields', async (operation, fields, names) => {
	await expect(client.post({ operation, sessionName: session, ...fields })).resolves.toEqual({
		success: false,
		error: { code: 'MANDATORY_FIELDS_MISSING', message: `Mandatory Fields Missing..${names}` },
	});
	expect(crm.records()).toEqual([]);
});

describe('files', () => {
	const list = (inn: string, sms: string) =>
		client.post({ operation: 'GetFilesList', sessionName: session, inn, sms });
	const NOT_FOUND = {
		success: true,
		result: { status: ' failed', message: ' Клиент с указанным СМС-кодом и ИНН не найден' },
	};

	it('are listed by INN and the code of the contact, with titles in HTML entities', async () => {
		await client.contact(session, '1', { code: '4568' });

		const path = expect.stringMatching(
			/^storage\/\d{4}\/[A-Z][a-z]+\/week\d\/84003_[0-9a-f]{32}\.pdf$/,
		);
		await expect(list('321654987654', '4568')).resolves.toEqual({
			success: true,
			result: { status: 'ok', files: [{ title: 'Акт &quot;А&amp;Б&quot;', path }] },
		});
		await expect(list('321654987654', '1')).resolves.toEqual(NOT_FOUND);
		await expect(list('1', '4568')).resolves.toEqual(NOT_FOUND);
	});

	it('are listed by INN and the code of a project of the contact', async () => {
		const { result: contactid } = await client.contact(session, '1');
		const ids = { contactid: contactid as string, offenderid: '1' };
		await client.post({ operation: 'CreateProject', sessionName: session, ...ids, sms: '77' });

		await expect(list('321654987654', '77')).resolves.toMatchObject({ result: { status: 'ok' } });
	});

	it('of a contact put in by capture.php', async () => {
		const { id } = crm.seed('contact', { inn: '1', code: '2', mobile: '3' });
		await expect(list('1', '2')).resolves.toEqual({
			success: true,
			result: { status: 'ok', files: [] },
		});
		crm.addFiles(id, { title: 'договор', path: 'storage/a b.pdf', content: 'bytes' });

		await expect(list('1', '2')).resolves.toMatchObject({
			result: { files: [{ title: 'договор', path: 'storage/a b.pdf' }] },
		});
	});

	it('are PDFs with their real bytes', async () => {
		await client.contact(session, '1');
		const [file] = crm.files();
		const response = await fetch(new URL(file!.path, url));

		expect(response.headers.get('content-type')).toBe('application/pdf');
		const bytes = Buffer.from(await response.arrayBuffer());
		expect(bytes).toEqual(crm.fileContent(file!.path));
		expect(bytes).toHaveLength(file!.size);
		const text = bytes.toString('latin1');
		expect(text).toMatch(/^%PDF-1\.4\n/);
		const [, xref = ''] = /startxref\n(\d+)\n%%EOF\n$/.exec(text) ?? [];
		expect(text.slice(Number(xref))).toMatch(/^xref\n0 6\n/);
		for (const [, offset = '', number = ''] of text.matchAll(/^(\d{10}) 00000 n $/gm)) {
			expect(text.slice(Number(offset))).toMatch(/^\d 0 obj/);
			expect(number).toBe('');
		}
		expect(crm.statistics()).toMatchObject({ downloads: 1 });
	});

	it('answer 403 without the right, 404 when there is none', async () => {
		const { id } = crm.seed('contact', { inn: '1', code: '2' });
		const [one, other] = crm.addFiles(id, { title: 'a' }, { title: 'b', path: 'storage/b.pdf' });
		const statusOf = async (path: string) => (await fetch(new URL(path, url))).status;

		crm.forbidFile(one!.path);
		expect(await statusOf(one!.path)).toBe(403);
		expect(await statusOf(other!.path)).toBe(200);
		expect(await statusOf('storage/none.pdf')).toBe(404);
	});
});

it('tells what was received, without secrets', async () => {
	await client.contact(session, '1', { sessionId: session });
	await client.send({ ...contactOf('garbage', '1'), operation: 'NoSuchOp' });
	await client.contact('garbage', '2');

	const text = JSON.stringify([crm.requests(), crm.records(), crm.sessions()]);
	expect(text).not.toContain(session);
	expect(text).not.toMatch(/sandboxAccessKey|accessKey|garbage/);
	expect(crm.requests()).toMatchObject([
		{ number: 1, operation: 'getchallenge', httpMethod: 'GET', parameters: { username: 'api' } },
		{ operation: 'login', httpMethod: 'POST', session: null, carriedOut: true, status: 200 },
		{
			operation: 'CreateContact',
			session: 1,
			sessionParameters: ['sessionName', 'sessionId'],
			key: '1',
			parameters: { mobile: '1' },
			status: 200,
			errorCode: null,
			carriedOut: true,
		},
		{ operation: null, status: 500, carriedOut: false },
		{ operation: 'CreateContact', errorCode: 'INVALID_SESSIONID', session: null },
	]);
	expect(crm.statistics()).toMatchObject({
		requests: 5,
		byOperation: { getchallenge: 1, login: 1, CreateContact: 2 },
		byErrorCode: { INVALID_SESSIONID: 1 },
		connectionsOpened: expect.any(Number),
	});
});
