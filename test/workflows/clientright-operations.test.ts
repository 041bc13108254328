import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { inFields, SAMPLES } from '../clientright-samples';
import {
	ACCOUNT,
	CONTACT,
	mapped,
	startClientRightBench,
	type ClientRightBench,
} from './clientright-bench';

let bench: ClientRightBench;
beforeEach(async () => {
	bench = await startClientRightBench({ contactFiles: [{ title: 'договор "1"' }] });
});
afterEach(async () => await bench.stop());

const lastSent = () => bench.crm.records().at(-1)?.revisions.at(-1)?.sent;

describe.each(SAMPLES)('$operation', (sample) => {
	it.each([
		['in the fields of the node', inFields(sample), {}],
		['by name from the item', mapped, sample.item],
	])('sends every documented field, given %s', async (_, parameters, item) => {
		const { items, error } = await bench.run(sample.operation, parameters, { input: [item] });
		expect(error).toBeUndefined();
		const record = bench.crm.records(sample.kind).at(-1);
		expect(items).toEqual([
			{
				json: { [sample.id]: record?.id, url: expect.stringContaining(`&record=${record?.id}`) },
				pairedItem: { item: 0 },
			},
		]);
		expect(record?.revisions.at(-1)?.sent).toEqual(sample.wire);
	});
});

describe('contact.upsert', () => {
	it('updates the contact with that mobile', async () => {
		const { items } = await bench.run('contact.upsert', mapped, {
			input: [CONTACT, { ...CONTACT, lastName: 'Новый' }],
		});
		expect(items[0]?.json).toEqual(items[1]?.json);
		expect(bench.crm.contacts()).toHaveLength(1);
		expect(bench.crm.contacts()[0]?.fields.lastname).toBe('Новый');
	});

	it('sends the mobile as typed, or normalized on request', async () => {
		const input = [CONTACT, { ...CONTACT, mobile: '8 900 000-00-01' }];
		await bench.run('contact.upsert', mapped, { input });
		expect(bench.crm.contacts()).toHaveLength(2);
		bench.crm.reset();
		await bench.run('contact.upsert', { ...mapped, normalizeMobile: true }, { input });
		expect(bench.crm.contacts().map(({ fields }) => fields.mobile)).toEqual(['+79000000001']);
	});

	it('finds columns that a spreadsheet’s CSV spoilt, and refuses two of one name', async () => {
		const { firstName, inn, ...rest } = CONTACT;
		const spoilt = { '\ufefffirstName': firstName, 'inn\u00a0': inn, ...rest };
		const { error } = await bench.run('contact.upsert', mapped, { input: [spoilt] });
		expect(error).toBeUndefined();
		expect(lastSent()).toMatchObject({ firstname: firstName, inn });
		const twice = { ...spoilt, ' inn': '7707083893' };
		const { error: refused } = await bench.run('contact.upsert', mapped, { input: [twice] });
		expect(refused?.message).toBe(
			'Two input columns match the field "inn" and have different values: "inn\\u00a0" and " inn"',
		);
		expect(bench.crm.contacts()).toHaveLength(1);
	});

	it('tells which items hold characters that the CRM stores as ????', async () => {
		const input = [
			CONTACT,
			{ ...CONTACT, lastName: 'Пупкин 😀' },
			{ ...CONTACT, mailingStreet: '𝒜' },
			{ ...CONTACT, firstName: '«Ё» — №☎' },
		];
		const { hints } = await bench.run('contact.upsert', mapped, { input });
		const told = hints.filter((hint) => hint.includes('????'));
		expect(told).toEqual([expect.stringMatching(/^The texts of items 1–2 contain emoji/)]);
		const parameters = { operationName: 'CreateContact', parameters: { lastname: '😀' } };
		bench.crm.injectFault({ kind: 'result', result: '84001', operation: 'CreateContact' });
		const called = await bench.run('operation.call', parameters);
		expect(called.hints.join()).toContain('The texts of item 0 contain emoji');
		const { hints: none } = await bench.run('contact.upsert', CONTACT);
		expect(none.join()).not.toContain('????');
	});

	it('takes the day of a moment in the time zone of the workflow', async () => {
		const run = async (birthday: string) => {
			await bench.run('contact.upsert', { ...CONTACT, birthday }, { timezone: 'Asia/Vladivostok' });
			return lastSent()?.birthday;
		};
		expect(await run('1986-11-15')).toBe('1986-11-15');
		expect(await run('1986-11-15T00:00:00')).toBe('1986-11-15');
		expect(await run('1986-11-15T20:00:00.000Z')).toBe('1986-11-16');
		expect(await run('={{ DateTime.fromISO("1986-11-15T20:00:00Z") }}')).toBe('1986-11-16');
	});

	it('takes the day of a midnight in the zone of the process, as node-pg gives a DATE', () => {
		const script = `
			const { clientright } = require('.');
			const rules = { timeZone: 'America/New_York', validateChecksums: false, normalizeMobile: false };
			const table = { birthday: clientright.CONTACT_FIELDS.birthday };
			const dates = [new Date(1986, 10, 15), new Date(1982, 3, 1)];
			const days = dates.map((birthday) => clientright.writeFields(table, { birthday }, rules).birthday);
			process.stdout.write(JSON.stringify(days));
		`;
		for (const TZ of ['Europe/Moscow', 'Asia/Vladivostok', 'UTC']) {
			const days = execFileSync(process.execPath, ['-e', script], {
				cwd: join(__dirname, '..', '..'),
				env: { ...process.env, TZ },
				encoding: 'utf8',
			});
			expect([TZ, JSON.parse(days)]).toEqual([TZ, ['1986-11-15', '1982-04-01']]);
		}
	});

	it('gives the CRM’s answer as raw output', async () => {
		const { items } = await bench.run('contact.upsert', { ...CONTACT, output: 'raw' });
		expect(items[0]?.json).toEqual({ success: true, result: bench.crm.contacts()[0]?.id });
	});

	it.each([
		[{ inn: '12345' }, 'The field \'INN\' (inn) must be an INN of 10 or 12 digits, not "12345"'],
		[
			{ birthday: '03/04/1980' },
			'The field \'Birthday\' (birthday) must be a date such as 1986-11-15, or a date and time, not "03/04/1980": it may be 1980-04-03 or 1980-03-04: write it as one of them',
		],
		[
			{ mobile: '+7 (949) 123-45-11 доб. 12' },
			'The field \'Mobile\' (mobile) must be a Russian number of 10 or 11 digits, or begin with + and a country code, not "+7 (949) 123-45-11 доб. 12": it has an extension or a note, "доб. 12": enter only the number',
		],
		[
			{ mobile: 'нет' },
			'The field \'Mobile\' (mobile) must be a Russian number of 10 or 11 digits, or begin with + and a country code, not "нет": it contains letters',
		],
		[{ mobile: '' }, "The field 'Mobile' (mobile) is missing"],
		[{ lastName: null }, "The field 'Last Name' (lastName) is missing"],
		[
			{ telegramId: 'vasya' },
			'The field \'Telegram ID\' (telegramId) must be a number of digits only, and not zero, not "vasya"',
		],
	])('refuses %j before anything is sent, naming field and item', async (wrong, message) => {
		const { error } = await bench.run('contact.upsert', mapped, {
			input: [CONTACT, { ...CONTACT, ...wrong }],
		});
		expect(error?.message).toBe(message);
		expect(error?.context).toMatchObject({ itemIndex: 1 });
		expect(error?.description).toContain('Nothing was sent.');
		expect(bench.crm.statistics().requests).toBe(0);
	});
});

describe('account.upsert', () => {
	it('checks control digits on request', async () => {
		const { error } = await bench.run('account.upsert', {
			...ACCOUNT,
			options: { validateChecksums: true },
		});
		expect(error?.message).toBe(
			'The field \'INN\' (inn) is not an INN: the control digits of "1234567899" are wrong',
		);
	});
});

describe('project.create', () => {
	it('sends zeros so that they arrive (docs/protocols/vtiger.md, 2.6)', async () => {
		const zeros = { agreementPrice: 0, loss: 0, serviceCost: '0', progress: 0, returned: '0.00' };
		await bench.run('project.create', {
			contactId: '1',
			offenderId: '2',
			additionalFields: { ...zeros, transport: false },
		});
		expect(bench.crm.projects()[0]?.fields).toMatchObject({
			agrprice: '0.0',
			loss: '0.0',
			servicecost: '0.0',
			progress: '0.0',
			returned: '0.0',
			transport: 'нет',
		});
		expect(lastSent()).not.toHaveProperty('insurance');
	});

	it.each(['0', 'abc', '-1'])('refuses the id %j', async (contactId) => {
		const { error } = await bench.run('project.create', { contactId, offenderId: '2' });
		expect(error?.message).toMatch(/^The field 'Contact ID' \(contactId\) /);
		expect(bench.crm.statistics().requests).toBe(0);
	});
});

describe('file.getAll', () => {
	beforeEach(async () => {
		await bench.run('contact.upsert', { ...CONTACT, additionalFields: { smsCode: '4568' } });
	});

	it('gives an item a file, its title decoded (docs/protocols/vtiger.md, 16.3)', async () => {
		const { items } = await bench.run('file.getAll', { inn: CONTACT.inn, smsCode: '4568' });
		const [file] = bench.crm.files();
		expect(items).toEqual([
			{
				json: {
					title: 'договор "1"',
					path: file?.path,
					url: new URL(file?.path ?? '', bench.url).href,
				},
				pairedItem: { item: 0 },
			},
		]);
	});

	it('gives what the CRM sent as raw output', async () => {
		const parameters = { inn: CONTACT.inn, smsCode: '4568', output: 'raw' };
		const { items } = await bench.run('file.getAll', parameters);
		expect(items[0]?.json).toEqual({
			title: 'договор &quot;1&quot;',
			path: bench.crm.files()[0]?.path,
		});
	});

	it('keeps to the limit', async () => {
		const [contact] = bench.crm.contacts();
		bench.crm.addFiles(contact?.id ?? '', { title: 'two' }, { title: 'three' });
		const count = async (more: object) =>
			(
				await bench.run(
					'file.getAll',
					{ ...mapped, ...more },
					{ input: [{ inn: CONTACT.inn, smsCode: 4568 }] },
				)
			).items.length;
		expect(await count({ limit: 2 })).toBe(2);
		expect(await count({ returnAll: true })).toBe(3);
	});

	it('gives no items for no files', async () => {
		bench.crm.injectFault({ kind: 'result', result: { status: 'ok', files: [] } });
		const { items, error } = await bench.run('file.getAll', { inn: CONTACT.inn, smsCode: '4568' });
		expect(error).toBeUndefined();
		expect(items).toEqual([]);
	});

	it('says that capture.php comes first when the client is not found', async () => {
		const { error } = await bench.run('file.getAll', { inn: CONTACT.inn, smsCode: '9999' });
		expect(error?.message).toBe(
			'The CRM refused GetFilesList: Клиент с указанным СМС-кодом и ИНН не найден',
		);
		expect(error?.description).toContain('capture.php');
	});
});

describe('file.download', () => {
	const file = { title: 'scan', path: 'storage/2023/December/week4/скан 1.pdf', content: 'PDF!' };
	beforeEach(() => {
		const { id } = bench.crm.seed('contact', { mobile: '1' });
		bench.crm.addFiles(id, file);
	});

	it('gives the file as binary', async () => {
		const { items, error } = await bench.run('file.download', {
			path: file.path,
			binaryProperty: 'scan',
		});
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ path: file.path, url: expect.stringContaining('/storage/') });
		expect(items[0]?.binary?.scan).toMatchObject({
			data: Buffer.from('PDF!').toString('base64'),
			mimeType: 'application/pdf',
			fileName: 'скан 1.pdf',
		});
		expect(items[0]?.pairedItem).toEqual({ item: 0 });
	});

	it('is called by its title and the extension of its path, as "Get Many" gives them', async () => {
		const path = 'storage/2023/December/week4/9e84c3f86209302799f46d0136e93ab6.pdf';
		const titled = { inn: CONTACT.inn, code: '4711', mobile: '+79000000009' };
		const { id } = bench.crm.seed('contact', titled);
		bench.crm.addFiles(id, { title: '../Договор &\r\n"1"\u202e', path, content: 'PDF!' });
		const listed = await bench.run('file.getAll', { inn: CONTACT.inn, smsCode: '4711' });
		const input = listed.items.map(({ json }) => json);
		const url = new URL(path, bench.url).href;
		const json = { title: '../Договор &\r\n"1"\u202e', path, url };
		for (const parameters of [mapped, { path: '={{ $json.path }}' }]) {
			const { items, error } = await bench.run('file.download', parameters, { input });
			expect(error).toBeUndefined();
			expect(items[0]?.json).toEqual(json);
			expect(items[0]?.binary?.data?.fileName).toBe('Договор & 1.pdf');
		}
		const named = await bench.run('file.download', { path, title: 'Скан' }, { input });
		expect(named.items[0]?.json.title).toBe('Скан');
		expect(named.items[0]?.binary?.data?.fileName).toBe('Скан.pdf');
	});

	it('is called by its path without a title, and by no title of another file', async () => {
		const { items } = await bench.run(
			'file.download',
			{ path: file.path },
			{ input: [{ path: 'storage/other.pdf', title: 'other' }] },
		);
		expect(items[0]?.binary?.data?.fileName).toBe('скан 1.pdf');
		expect(items[0]?.json).not.toHaveProperty('title');
	});

	it('explains that the CRM keeps files to itself (403)', async () => {
		bench.crm.forbidFile(file.path);
		const { error } = await bench.run('file.download', { path: file.path });
		expect(error?.message).toBe('The CRM returned HTTP 403 for the file "скан 1.pdf"');
		expect(error?.description).toContain('Ask the operator of the CRM');
	});

	it('says that there is no such file (404), and goes on with the others', async () => {
		const { items } = await bench.run('file.download', mapped, {
			input: [{ path: 'storage/none.pdf' }, { path: file.path }],
			settings: { onError: 'continueRegularOutput' },
		});
		expect(items[0]?.json.error).toContain('HTTP 404');
		expect(items[1]?.binary?.data?.fileName).toBe('скан 1.pdf');
	});

	it.each([429, 502, 503])('is asked for again after HTTP %i', async (status) => {
		bench.crm.injectFault({ kind: 'status', status, retryAfter: 0, operation: 'download' });
		const { items, error } = await bench.run('file.download', { path: file.path });
		expect(error).toBeUndefined();
		expect(items[0]?.binary?.data?.fileName).toBe('скан 1.pdf');
		expect(bench.crm.statistics().downloads).toBe(2);
	});

	it('stops at its size limit', async () => {
		const { id } = bench.crm.seed('contact', { mobile: '2' });
		bench.crm.addFiles(id, { title: 'big', path: 'storage/big.bin', content: 'x'.repeat(2 << 20) });
		const { error } = await bench.run('file.download', {
			path: 'storage/big.bin',
			options: { maxFileSize: 1 },
		});
		expect(error?.message).toBe('The file is larger than 1 MB');
	});

	it('does not take a web page for the file', async () => {
		bench.crm.injectFault({ kind: 'html', operation: 'download' });
		const { error } = await bench.run('file.download', { path: file.path });
		expect(error?.message).toBe('The CRM returned a web page instead of the file "скан 1.pdf"');
	});

	it.each(['../config.inc.php', 'https://example.com/x.pdf', ' '])('refuses %j', async (path) => {
		const { error } = await bench.run('file.download', { path });
		expect(error?.message).toMatch(/^The field 'Path' \(path\) /);
		expect(bench.crm.statistics().downloads).toBe(0);
	});
});

describe('operation.call', () => {
	it('calls any operation with POST, rewriting nothing', async () => {
		const { items } = await bench.run('operation.call', {
			operationName: 'CreateProject',
			httpMethod: 'POST',
			parameters: JSON.stringify({
				contactid: '1',
				offenderid: '2',
				loss: 0,
				other: { a: [1] },
				returned: null,
			}),
		});
		expect(items[0]?.json).toEqual({ result: expect.stringMatching(/^\d+$/) });
		expect(lastSent()).toEqual({ contactid: '1', offenderid: '2', loss: '0', other: '{"a":[1]}' });
	});

	it('calls operations that read with GET', async () => {
		const parameters = { operationName: 'listtypes', httpMethod: 'GET', output: 'raw' };
		const { items } = await bench.run('operation.call', parameters);
		expect(items[0]?.json).toMatchObject({ success: true, result: { types: expect.any(Array) } });
	});

	it('makes an error of a failed status', async () => {
		bench.crm.injectFault({ kind: 'failed', message: ' нельзя', operation: 'CreateContact' });
		const { error } = await bench.run('operation.call', { operationName: 'CreateContact' });
		expect(error?.message).toBe('The CRM refused CreateContact: нельзя');
	});

	it.each(['operation', 'sessionName', 'sessionId', 'sessionName[]', ' sessionid'])(
		'keeps the name %j to itself',
		async (name) => {
			const { error } = await bench.run('operation.call', {
				operationName: 'listtypes',
				parameters: { [name]: 'x' },
			});
			expect(error?.message).toBe(`The field 'Parameters' (parameters) must not contain "${name}"`);
		},
	);

	it.each([
		'operation\0',
		'operation\0x',
		'sessionName\0',
		'operatiоn',
		'ｓessionName',
		'sessiónName',
		'session\u200bName',
		'operation&sessionName',
		'a b',
		'a[b]',
		'',
	])('refuses a parameter called %j', async (name) => {
		const { error } = await bench.run('operation.call', {
			operationName: 'listtypes',
			parameters: { [name]: 'x' },
		});
		expect(error?.message).toBe(
			`The field 'Parameters' (parameters) must not contain the name ${JSON.stringify(name)}`,
		);
		expect(error?.description).toContain('Latin letters');
		expect(bench.crm.statistics().requests).toBe(0);
	});

	it.each([
		'lógin',
		'ｌogin',
		'login\0',
		'login\u200b',
		'lоgin',
		'getchallengе',
		'getchallenge/',
		'LOGIN',
		'query; x',
	])('refuses the operation %j, which the CRM may take for another', async (operationName) => {
		const { error } = await bench.run('operation.call', { operationName });
		expect(error?.message).toMatch(
			/is not a name of an operation|cannot be called with Custom Operation/,
		);
		expect(bench.crm.statistics().requests).toBe(0);
	});

	it.each([' ', 'login', 'getchallenge'])('refuses the operation %j', async (operationName) => {
		const { error } = await bench.run('operation.call', { operationName });
		expect(error?.message).toMatch(/operation/);
		expect(bench.crm.statistics().requests).toBe(0);
	});
});

describe('session.logIn', () => {
	it('returns a session, which n8n hides', async () => {
		const { items } = await bench.run('session.logIn', {});
		expect(items[0]?.json).toEqual({
			sessionName: expect.stringMatching(/^\w+$/),
			userId: '19x1',
			version: '0.22',
			vtigerVersion: '8.4.0',
		});
	});
});
