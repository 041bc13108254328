import { SAMPLE_WEB_FORMS, type ClientRightCrm } from '../../../sandbox/clientright';
import { createSandbox, type Sandbox } from '../../../sandbox/server';
import { VtigerClient, type VtigerAnswer } from './clientright-client';

const [JSON_FORM, RETURN_FORM] = SAMPLE_WEB_FORMS as [
	(typeof SAMPLE_WEB_FORMS)[0],
	(typeof SAMPLE_WEB_FORMS)[0],
];

let sandbox: Sandbox;
let crm: ClientRightCrm;
let client: VtigerClient;
let session: string;
let url: string;

beforeEach(async () => {
	sandbox = createSandbox();
	crm = sandbox.clientright.crm;
	({ url } = (await sandbox.start()).clientright);
	client = new VtigerClient(url);
	session = await client.logIn();
});

afterEach(() => sandbox.stop());

function formOf(fields: Record<string, string>, files: Record<string, File> = {}): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	for (const [name, file] of Object.entries(files)) form.append(name, file);
	return form;
}

async function sendForm(operation: string, element: object, file?: File): Promise<VtigerAnswer> {
	const fields = {
		operation,
		sessionName: session,
		elementType: 'Documents',
		element: JSON.stringify(element),
	};
	const body = formOf(fields, file && { filename: file });
	return (await (await fetch(url, { method: 'POST', body })).json()) as VtigerAnswer;
}

const upload = async (file?: File) =>
	await sendForm(
		'create',
		{ notes_title: 'Акт', assigned_user_id: '19x1', filelocationtype: 'I' },
		file,
	);

async function retrieveFile(id: string): Promise<VtigerAnswer> {
	const query = new URLSearchParams({ operation: 'files_retrieve', sessionName: session, id });
	return (await (await fetch(`${url}?${query.toString()}`)).json()) as VtigerAnswer;
}

async function capture(
	form: { publicId: string },
	fields: Record<string, string>,
	files?: Record<string, File>,
): Promise<Response> {
	const body = formOf({ publicid: form.publicId, urlencodeenable: '1', ...fields }, files);
	const address = new URL('./modules/Webforms/capture.php', url);
	return await fetch(address, { method: 'POST', body, redirect: 'manual' });
}

const pdf = (text: string, name = 'file.pdf') =>
	new File([text], name, { type: 'application/pdf' });

describe('a document', () => {
	it('keeps its bytes, whatever they are', async () => {
		const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7) % 256));
		const file = new File(['\r\n--x\r\n', bytes], 'Чек "1" об оплате.pdf');
		const { result } = await upload(file);
		expect(result).toMatchObject({
			filename: 'Чек_%221%22_об_оплате.pdf',
			filesize: String(bytes.length + 7),
		});
		const { imageattachmentids } = result as { imageattachmentids: string };
		const answer = await retrieveFile(imageattachmentids);
		const { filecontents } = (answer.result as [{ filecontents: string }])[0];
		expect(Buffer.from(filecontents, 'base64')).toEqual(Buffer.from(await file.arrayBuffer()));
	});

	it.each([
		['../../etc/a.pdf', 'a.pdf'],
		['c:\\a\\b.pdf', 'b.pdf'],
		['shell.php.pdf', 'shell.phpfile.pdf.txt'],
	])('of the file %s is called %s', async (sent, stored) => {
		expect((await upload(pdf('x', sent))).result).toMatchObject({ filename: stored });
	});

	it.each([
		['an empty file', pdf('')],
		['a file larger than PHP accepts', pdf('x'.repeat(200))],
		['no file', undefined],
	])('with %s is a success without a file', async (_, file) => {
		crm.setSettings({ mostFileBytes: 100 });
		const { success, result } = await upload(file);
		expect(success).toBe(true);
		expect(result).toMatchObject({ filename: '', filesize: '0' });
		expect(result).not.toHaveProperty('imageattachmentids');
	});

	it('is lost whole where the body is too large', async () => {
		crm.setQuirks({ version: '7.2' });
		const body = formOf({ operation: 'create' }, { filename: pdf('x'.repeat(9 << 20)) });
		expect((await fetch(url, { method: 'POST', body })).status).toBe(500);
	});

	it('has no files_retrieve on 7.2', async () => {
		crm.setQuirks({ version: '7.2' });
		await expect(retrieveFile('15x1')).rejects.toThrow();
	});
});

describe('a web form', () => {
	const CLIENT = { lastname: 'Формова', mobile: '+79000000021', 'label:ИНН': '500100732267' };
	const files = { file_1_1: pdf('empty', 'договор.pdf'), file_1_2: pdf('empty'), other: pdf('x') };
	const list = async () => {
		const fields = { inn: '500100732267', sms: '795372' };
		const answer = await client.post({
			operation: 'GetFilesList',
			sessionName: session,
			...fields,
		});
		return (answer.result as { files: Array<{ title: string; path: string }> }).files;
	};

	it('makes a contact with documents, whose files are replaced by the API', async () => {
		const response = await capture(JSON_FORM, { ...CLIENT, 'label:СМС_код': '795372' }, files);
		expect(response.headers.get('content-type')).toContain('text/html');
		expect(await response.json()).toEqual({ success: true, result: 'ok' });
		expect(crm.contacts()).toMatchObject([{ fields: { inn: '500100732267', code: '795372' } }]);
		const before = await list();
		expect(before.map(({ title }) => title)).toEqual(['договор', 'подтверждение оплаты']);

		const [, receipt] = crm.recordsOf('Documents');
		await sendForm('revise', { id: `15x${receipt!.id}` }, pdf('the real one'));
		const after = await list();
		expect(after[0]).toEqual(before[0]);
		expect(after[1]!.title).toBe('подтверждение оплаты');
		expect(after[1]!.path).not.toBe(before[1]!.path);
		const download = await fetch(new URL(after[1]!.path, url));
		expect(await download.text()).toBe('the real one');
		expect((await fetch(new URL(before[1]!.path, url))).status).toBe(404);
	});

	it('always makes another record, and says nothing of fields that are not its own', async () => {
		await capture(JSON_FORM, { ...CLIENT, donotcall: '1' });
		await capture(JSON_FORM, { ...CLIENT, lastname: '<b>Формова</b>' });
		expect(crm.recordsOf('Contacts')).toMatchObject([
			{ fields: { lastname: 'Формова', donotcall: '', source: 'WEBFORM' } },
			{ fields: { lastname: 'Формова' } },
		]);
	});

	it('with a return address redirects, and stores "0" for what is empty on 8.4', async () => {
		const sent = await capture(RETURN_FORM, CLIENT);
		expect(sent.status).toBe(302);
		expect(sent.headers.get('location')).toBe(`${RETURN_FORM.returnUrl}?success=ok`);
		const refused = await capture(RETURN_FORM, { mobile: '1' });
		expect(refused.headers.get('location')).toMatch(/\?error=lastname does not/);
		expect(crm.contacts()).toMatchObject([{ fields: { email: '0' } }]);
	});

	it('plays faults, and is in the log', async () => {
		crm.injectFault({ kind: 'status', status: 503, operation: 'capture' });
		crm.injectFault({ kind: 'truncated', operation: 'capture' });
		expect((await capture(JSON_FORM, CLIENT)).status).toBe(503);
		expect(crm.contacts()).toHaveLength(0);
		expect(await (await capture(JSON_FORM, CLIENT)).text()).toBe('{"success":true');
		expect(crm.contacts()).toHaveLength(1);
		expect(crm.requests({ operation: 'capture' })).toMatchObject([
			{ fault: 'status', status: 503, carriedOut: false },
			{ fault: 'truncated', carriedOut: true, parameters: { mobile: '+79000000021' } },
		]);
	});
});

it.each(['create', 'retrieve', 'revise', 'query', 'files_retrieve', 'describe'])(
	'%s plays faults',
	async (operation) => {
		const { id } = crm.seed('Documents', { notes_title: 'a' });
		crm.injectFault({ kind: 'error', code: 'LOCK', operation });
		const fields = { element: `{"id":"15x${id}"}`, id: `15x${id}`, query: 'x' };
		const form = new URLSearchParams({ operation, sessionName: session, ...fields });
		const response = await fetch(`${url}?${form.toString()}`, { method: 'POST', body: form });
		expect(await response.json()).toMatchObject({ error: { code: 'LOCK' } });
	},
);

it('shows the page of a record, in which nothing can run', async () => {
	const { id } = crm.seed('Leads', { lastname: '<script>alert(1)</script>' });
	const page = (module: string) =>
		fetch(new URL(`./index.php?module=${module}&view=Detail&record=${id}`, url));
	const response = await page('Leads');
	expect(response.headers.get('content-security-policy')).toBe("default-src 'none'");
	const text = await response.text();
	expect(text).toContain(`<h1>Lead ${id}</h1>`);
	expect(text).toContain('&lt;script&gt;');
	expect(text).not.toContain('<script>');
	expect((await page('Contacts')).status).toBe(404);
});

it('refuses administrators’ data to others', async () => {
	crm.setUser('api', { accessKey: 'sandboxAccessKey', fields: { is_admin: 'off' } });
	const ask = async (query: string) => {
		const form = new URLSearchParams({ operation: 'query', sessionName: session, query });
		return (await (await fetch(`${url}?${form.toString()}`)).json()) as VtigerAnswer;
	};
	expect(await ask('SELECT * FROM Users;')).toMatchObject({ error: { code: 'ACCESS_DENIED' } });
	expect((await ask('SELECT * FROM Groups;')).result).toHaveLength(3);
});
