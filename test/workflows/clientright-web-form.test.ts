import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { IBinaryKeyData } from 'n8n-workflow';
import { SAMPLE_WEB_FORMS } from '../../sandbox/clientright';
import { serve } from '../unit/shared/loopback';
import { startClientRightBench } from './clientright-bench';
import type { NodeOutcome, NodeRun } from './engine';
import { readRequest } from './faults/front';
import { failure, type Script, type ScriptedCrm, startScriptedCrm, success } from './scripted-crm';

interface Recorded {
	name: string;
	response: { status: string; contentType: string; body: string; location?: string };
}

/** What a real vtiger 8.4 answered to forms. */
const recorded = new Map(
	(
		JSON.parse(
			readFileSync(join(__dirname, '..', 'vectors', 'vtiger-8.4.json'), 'utf8'),
		) as Recorded[]
	).map((exchange) => [exchange.name, exchange.response]),
);

const FIELDS = [
	{ name: 'lastname', label: 'Фамилия', mandatory: true, type: { name: 'string' } },
	{ name: 'firstname', label: 'Имя', type: { name: 'string' } },
	{ name: 'mobile', label: 'Телефон', type: { name: 'phone' } },
	{ name: 'cf_inn', label: 'ИНН', type: { name: 'string' } },
	{ name: 'cf_smscode', label: 'СМС код', type: { name: 'string' } },
	{ name: 'birthday', label: 'День рождения', type: { name: 'date' } },
];
const PUBLIC_ID = '3f1c6a2b9d8e4f70a1b2c3d4e5f60718';
const CLIENT = { lastname: 'Формова', mobile: '+79000000021', 'label:ИНН': '500100732267' };
/** As the CRM stores it. */
const RECORD = { lastname: 'Формова', mobile: '+79000000021', cf_inn: '500100732267' };

/** A form as it arrived. */
interface ReceivedForm {
	method: string;
	path: string;
	contentType: string;
	raw: string;
	fields: Array<[string, string]>;
	files: Array<{ field: string; name: string; type: string; content: string }>;
}

type FormScript = (response: ServerResponse, incoming: IncomingMessage) => void;

const answering =
	(status: number, body: string, headers: Record<string, string> = {}): FormScript =>
	(response) =>
		response
			.writeHead(status, { 'content-type': 'text/html; charset=UTF-8', ...headers })
			.end(body);
const recordedAnswer = (name: string): FormScript => {
	const { status, body, location } = recorded.get(name)!;
	return answering(Number(status.split(' ')[1]), body, location === undefined ? {} : { location });
};
const OK = recordedAnswer('capture.ok');

let crm: ScriptedCrm;
let forms: ReceivedForm[];
let formServer: string;
let close: Array<() => Promise<void>>;
beforeEach(() => {
	forms = [];
	close = [];
});
afterEach(async () => {
	for (const end of close) await end();
});

/** A CRM whose newest record is 12x40, and 12x41 of the form that comes. */
const newestIs =
	(...since: object[]): Script =>
	({ fields }) =>
		success(fields.query!.includes('DESC') ? [{ id: '12x40' }] : since);

const describeContacts = success({
	name: 'Contacts',
	label: 'Контакты',
	idPrefix: '12',
	isEntity: true,
	fields: FIELDS,
});

type Submit = (parameters?: object, more?: Partial<NodeRun>) => Promise<NodeOutcome>;

async function start(answer: FormScript, script: Record<string, Script> = {}): Promise<Submit> {
	const server = await serve((incoming, response) => {
		void readRequest(incoming).then(async ({ method, path, headers, body }) => {
			forms.push(await received(method, path, headers['content-type'] ?? '', body));
			answer(response, incoming);
		});
	});
	formServer = server.url;
	crm = await startScriptedCrm({
		describe: describeContacts,
		query: newestIs({ id: '12x41', ...RECORD }),
		retrieve_related: success([]),
		...script,
	});
	close.push(
		async () => await server.close(),
		async () => await crm.stop(),
	);
	return async (parameters = {}, more = {}) =>
		await crm.run(
			'webForm.submit',
			{
				publicId: PUBLIC_ID,
				formUrl: `${server.url}/modules/Webforms/capture.php`,
				module: 'Contacts',
				columns: { mappingMode: 'defineBelow', value: null, matchingColumns: [], schema: [] },
				fieldsJson: CLIENT,
				...parameters,
			},
			more,
		);
}

async function received(
	method: string,
	path: string,
	contentType: string,
	body: Buffer,
): Promise<ReceivedForm> {
	const answer = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
	// eslint-disable-next-line @typescript-eslint/no-deprecated -- it is not recommended for large bodies of strangers
	const form = await answer.formData();
	const read: ReceivedForm = {
		method,
		path,
		contentType,
		raw: body.toString(),
		fields: [],
		files: [],
	};
	for (const [field, value] of form) {
		if (typeof value === 'string') read.fields.push([field, value]);
		else {
			const { name, type } = value;
			read.files.push({ field, name, type, content: await value.text() });
		}
	}
	return read;
}

const queries = (): string[] =>
	crm.calls
		.filter(({ operation }) => operation === 'query')
		.map(({ fields }) => fields.query ?? '');

describe('webForm.submit', () => {
	it('sends the fields by the names of the form, and gives the record that has them', async () => {
		const submit = await start(OK);
		const { items, error, hints } = await submit();
		expect(error).toBeUndefined();
		expect(forms).toMatchObject([
			{
				method: 'POST',
				contentType: 'application/x-www-form-urlencoded; charset=UTF-8',
				fields: [['publicid', PUBLIC_ID], ['urlencodeenable', '1'], ...Object.entries(CLIENT)],
			},
		]);
		expect(items.map(({ json }) => json)).toEqual([
			{
				accepted: true,
				recordId: '12x41',
				url: expect.stringMatching(/\/index\.php\?module=Contacts&view=Detail&record=41$/),
			},
		]);
		expect(queries()).toEqual([
			'SELECT id FROM Contacts ORDER BY id DESC LIMIT 1;',
			"SELECT * FROM Contacts WHERE id > '12x40' ORDER BY id LIMIT 100;",
		]);
		expect(hints).toEqual([expect.stringContaining('http://')]);
	});

	it('gives the CRM’s own answer on request', async () => {
		const submit = await start(OK);
		const { items } = await submit({ output: 'raw' });
		expect(items[0]?.json).toEqual({ success: true, result: 'ok' });
	});

	it('takes a form with a return address at its word, and goes nowhere', async () => {
		let visitors = 0;
		const site = await serve((_, response) => {
			visitors += 1;
			response.end();
		});
		close.push(async () => await site.close());
		const submit = await start(answering(302, '', { location: `${site.url}/thanks?success=ok` }), {
			query: newestIs({ id: '12x41', ...RECORD, firstname: '0' }),
		});
		const { items, error, hints } = await submit();
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ accepted: true, recordId: '12x41' });
		expect(visitors).toBe(0);
		expect(forms).toHaveLength(1);
		expect(hints.join('\n')).toMatch(/Of item 0: the CRM stored 0 in .*firstname/);
	});

	it('sends files in parts under their names, safe ones', async () => {
		const submit = await start(OK, {
			retrieve_related: success([
				{ id: '15x27', notes_title: 'договор', filename: 'Договор.pdf' },
				{ id: '15x29', notes_title: 'подтверждение оплаты', filename: '_.._чек_.pdf' },
			]),
		});
		const binaries: IBinaryKeyData[] = [
			{
				contract: binary('%PDF-1 the contract', 'application/pdf', 'Договор № 1.pdf'),
				receipt: binary('%PDF-1 the receipt', 'application/pdf', '../"чек"\r\nx: y.pdf'),
			},
		];
		const { items, error, hints } = await submit(
			{
				files: {
					file: [
						{ fieldName: 'file_1_1', binaryProperty: 'contract', title: 'договор' },
						{ fieldName: 'file_1_2', binaryProperty: 'receipt', title: 'подтверждение оплаты' },
					],
				},
			},
			{ binary: binaries },
		);
		expect(error).toBeUndefined();
		expect(forms).toHaveLength(1);
		expect(forms[0]).toMatchObject({
			fields: [['publicid', PUBLIC_ID], ['urlencodeenable', '1'], ...Object.entries(CLIENT)],
			files: [
				{
					field: 'file_1_1',
					name: 'Договор № 1.pdf',
					type: 'application/pdf',
					content: '%PDF-1 the contract',
				},
				{ field: 'file_1_2', name: 'чек x: y.pdf', content: '%PDF-1 the receipt' },
			],
		});
		expect(forms[0]?.raw.match(/^x: /m)).toBeNull();
		expect(items[0]?.json).toMatchObject({ accepted: true, recordId: '12x41' });
		expect(hints).toEqual([expect.stringContaining('http://')]);
	});

	it('sends an empty PDF in place of a file, on request', async () => {
		const submit = await start(OK);
		const row = { fieldName: 'file_1_1', binaryProperty: 'data', placeholder: true };
		const run = async (name: string) =>
			await submit(
				{ files: { file: [row] } },
				{ binary: [{ data: binary('the real one', 'application/pdf', name) }] },
			);
		await run('договор.pdf');
		expect(forms[0]?.files).toMatchObject([{ name: 'договор.pdf', type: 'application/pdf' }]);
		expect(forms[0]?.files[0]?.content).toMatch(/^%PDF-1\.4\n[^]*%%EOF\n$/);
		const { error } = await run('договор.docx');
		expect(error?.message).toMatch(/must be off for "договор.docx": a placeholder is a PDF/);
		expect(forms).toHaveLength(1);
	});

	it('tells of files that the CRM did not keep', async () => {
		const submit = await start(OK, {
			retrieve_related: success([{ id: '15x27', notes_title: 'договор', filename: '' }]),
		});
		const { items, hints } = await submit(
			{ files: { file: [{ fieldName: 'file_9_9', binaryProperty: 'data', title: 'договор' }] } },
			{ binary: [{ data: binary('x', 'application/pdf', 'a.pdf') }] },
		);
		expect(items[0]?.json).toMatchObject({ accepted: true, recordId: '12x41' });
		expect(hints.join('\n')).toMatch(
			/Of item 0: the record 12x41 has 0 of 1 files, and none with the title "договор" \(file_9_9\)/,
		);
	});

	it('sends many items, each with its own record', async () => {
		let newest = 40;
		const stored: object[] = [];
		const submit = await start(OK, {
			query: ({ fields }) => {
				if (fields.query!.includes('DESC')) return success([{ id: `12x${newest}` }]);
				for (const form of forms.slice(stored.length)) {
					newest += 1;
					const { lastname } = Object.fromEntries(form.fields);
					stored.push({ id: `12x${newest}`, lastname });
				}
				return success(stored);
			},
		});
		const { items } = await submit(
			{ fieldsJson: '={{ { "lastname": $json.name } }}' },
			{ input: ['А', 'Б', 'В', 'Г', 'Д'].map((name) => ({ name })) },
		);
		const ids = items.map(({ json }) => json.recordId);
		expect(new Set(ids).size).toBe(5);
		ids.forEach((id, index) => {
			expect(stored).toContainEqual({ id, lastname: 'АБВГД'[index] });
		});
	});
});

function binary(content: string, mimeType: string, fileName: string): IBinaryKeyData[string] {
	return { data: Buffer.from(content).toString('base64'), mimeType, fileName };
}

describe('there is no record ID', () => {
	it.each<[string, Record<string, Script>, RegExp]>([
		[
			'where no record holds the values: the form does not know a field',
			{ query: newestIs({ id: '12x41', ...RECORD, cf_inn: '' }) },
			/the record 12x41, created since, does not hold: label:ИНН\. Most likely, the form does not have/,
		],
		[
			'where several hold them',
			{ query: newestIs({ id: '12x41', ...RECORD }, { id: '12x42', ...RECORD }) },
			/several records created since hold these values/,
		],
		[
			'where none of several holds them',
			{ query: newestIs({ id: '12x41' }, { id: '12x42' }) },
			/no record created since holds all these values/,
		],
		['where the user sees none', { query: newestIs() }, /sees no record of Contacts created since/],
		[
			'where the user may not read the module',
			{ query: failure('ACCESS_DENIED', 'Permission to perform the operation is denied') },
			/may not read Contacts/,
		],
		[
			'where the module is not described',
			{ describe: failure('ACCESS_DENIED', 'Permission to perform the operation is denied') },
			/may not read Contacts/,
		],
		[
			'where the CRM fails afterwards',
			{
				query: ({ fields }) =>
					fields.query!.includes('DESC') ? success([{ id: '12x40' }]) : '<h1>Fatal error</h1>',
			},
			/could not look for the record: The CRM returned text instead of JSON for query/,
		],
	])('%s', async (_, script, hint) => {
		const submit = await start(OK, script);
		const { items, error, hints } = await submit();
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ accepted: true }]);
		expect(forms).toHaveLength(1);
		expect(hints.join('\n')).toMatch(hint);
	});

	it('and nothing is asked of the CRM, where it is not wanted', async () => {
		const submit = await start(OK);
		const { items, hints } = await submit({ options: { findRecord: false } });
		expect(items[0]?.json).toEqual({ accepted: true });
		expect(crm.calls).toEqual([]);
		expect(hints).toEqual([expect.stringContaining('http://')]);
	});
});

it('a form that goes out unencrypted is told of, whatever the credential’s URL is', async () => {
	const submit = await start(OK);
	const { items, hints } = await submit(
		{ options: { findRecord: false } },
		{
			credentials: {
				clientRightApi: {
					url: 'https://crm.example.com/webservice.php',
					username: 'api',
					accessKey: 'neverToBeSeen',
					allowUnauthorizedCerts: false,
				},
			},
		},
	);
	expect(items[0]?.json).toEqual({ accepted: true });
	expect(hints).toEqual([
		'Of item 0: the URL of the form begins with http://, so personal data is sent unencrypted. Use https:// if the CRM supports it.',
	]);
});

describe('behind a proxy', () => {
	afterEach(() => {
		delete process.env.http_proxy;
	});

	it('a form with files arrives the same, and its redirect is followed nowhere', async () => {
		const submit = await start(
			answering(302, '', { location: 'https://site.example.test/thanks?success=ok' }),
		);
		process.env.http_proxy = new URL(formServer).origin;
		const { items, error } = await submit(
			{
				formUrl: 'http://crm.example.com/modules/Webforms/capture.php',
				files: { file: [{ fieldName: 'file_1_1', binaryProperty: 'data' }] },
				options: { findRecord: false },
			},
			{ binary: [{ data: binary('%PDF-1', 'application/pdf', 'Чек.pdf') }] },
		);
		expect(error).toBeUndefined();
		expect(items[0]?.json).toEqual({ accepted: true });
		expect(forms).toMatchObject([
			{
				path: 'http://crm.example.com/modules/Webforms/capture.php',
				files: [{ field: 'file_1_1', name: 'Чек.pdf', content: '%PDF-1' }],
			},
		]);
	});
});

describe('nothing is sent', () => {
	it.each<[string, object, RegExp]>([
		['without a public ID', { publicId: ' ' }, /'Public ID' \(publicId\) is missing/],
		['of a bad public ID', { publicId: '../x' }, /'Public ID' \(publicId\) must be the value/],
		[
			'of no values',
			{ fieldsJson: { lastname: '' } },
			/'Columns' \(columns\) has no value to send/,
		],
		['of a field that no module has', { fieldsJson: { nonsense: 'x' } }, /"nonsense" is no field/],
		['of a field of the node’s own', { fieldsJson: { publicid: 'x' } }, /"publicid" must not be/],
		['of a bad date', { fieldsJson: { birthday: 'вчера' } }, /"birthday" must be/],
		['to no address', { formUrl: 'capture.php' }, /'Form URL' \(formUrl\) is not an address/],
		[
			'of a file that is not there',
			{ files: { file: [{ fieldName: 'file_1_1', binaryProperty: 'data' }] } },
			/binary file 'data', but none was found/,
		],
		[
			'of a file without a field',
			{ files: { file: [{ fieldName: '', binaryProperty: 'data' }] } },
			/'Field in the Form' \(fieldName\) is missing/,
		],
	])('%s', async (_, parameters, message) => {
		const submit = await start(OK);
		const { error } = await submit(parameters);
		expect(error?.message).toMatch(message);
		expect(error?.description).toContain('Nothing was sent');
		expect(forms).toEqual([]);
	});

	it('of a file of 0 bytes, of which the CRM would keep nothing', async () => {
		const submit = await start(OK);
		const { error } = await submit(
			{ files: { file: [{ fieldName: 'file_1_1', binaryProperty: 'data' }] } },
			{ binary: [{ data: binary('', 'application/pdf', 'a.pdf') }] },
		);
		expect(error?.message).toBe('The file "a.pdf" is empty');
		expect(forms).toEqual([]);
	});

	it('while the CRM does not answer, so that it can be tried again', async () => {
		let isDown = true;
		const submit = await start(OK, {
			query: (call) => {
				if (isDown) {
					isDown = false;
					return '<h1>Fatal error</h1>';
				}
				return (newestIs({ id: '12x41', ...RECORD }) as (given: typeof call) => string)(call);
			},
		});
		const { items, error } = await submit(
			{},
			{ settings: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 } },
		);
		expect(error).toBeUndefined();
		expect(items[0]?.json).toMatchObject({ recordId: '12x41' });
		expect(forms).toHaveLength(1);
	});
});

describe('a form is sent once', () => {
	const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
	const search =
		"To look for the record, use 'Record: Get Many' with the VTQL: SELECT * FROM Contacts WHERE id > '12x40' ORDER BY id LIMIT 20;";

	it.each<[string, FormScript, RegExp]>([
		['an empty answer', answering(200, ''), /returned an empty response to the web form/],
		['a page', answering(200, '<h1>Login</h1>'), /returned text instead of JSON for the web form/],
		['half an answer', answering(200, '{"success":tr'), /text instead of JSON for the web form/],
		[
			'JSON of another script',
			answering(200, '{"success":true,"result":{"types":["Contacts"]}}'),
			/The response to the web form is not one of capture\.php/,
		],
		['HTTP 500', answering(500, ''), /returned HTTP 500 for the web form, without content/],
		['HTTP 503', answering(503, ''), /returned HTTP 503 for the web form/],
		[
			'words from the midst of the work',
			answering(200, '{"success":false,"error":{"message":"Unknown Error"}}'),
			/The CRM rejected the web form: Unknown Error/,
		],
		[
			'a redirect that says nothing',
			answering(302, '', { location: '/index.php?module=Users' }),
			/redirects the web form to http:\/\/[\d.:]+\/index\.php$/,
		],
		[
			'a redirect to elsewhere',
			answering(301, '', { location: 'https://other.example.com/x?secret=1' }),
			/redirects the web form to https:\/\/other\.example\.com\/x$/,
		],
		['a broken connection', (response) => void response.destroy(), /closed the connection|broke/],
	])('whatever comes: %s', async (_, answer, message) => {
		const submit = await start(answer);
		const { error } = await submit({}, { settings });
		expect(error?.message).toMatch(message);
		expect(error?.description).toContain('Check there before you send it again');
		expect(error?.description).toContain(search);
		expect(forms).toHaveLength(1);
	});

	it('when its time is over', async () => {
		const submit = await start(() => undefined);
		const { error } = await submit({ options: { timeout: 1 } }, { settings });
		expect(error?.message).toMatch(/did not respond within 1 s/);
		expect(error?.description).toContain(search);
		expect(forms).toHaveLength(1);
	});

	it('says how to look by time, where the record is not looked for', async () => {
		const submit = await start(answering(200, ''));
		const { error } = await submit({ options: { findRecord: false } });
		expect(error?.description).toMatch(
			/SELECT \* FROM Contacts WHERE createdtime >= '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d' ORDER BY id LIMIT 20;/,
		);
	});
});

describe('the CRM rejects a form', () => {
	it.each<[string, FormScript, RegExp, RegExp]>([
		[
			'that it does not know',
			recordedAnswer('capture.unknown-publicid'),
			/^The CRM rejected the web form: Webform not found\.$/,
			/Check 'Public ID'/,
		],
		[
			'without a mandatory field',
			recordedAnswer('capture.missing-mandatory'),
			/lastname does not have a value/,
			/Fill in the field/,
		],
		[
			'with a captcha',
			recordedAnswer('capture.captcha'),
			/not a robot/,
			/Only a person can solve the captcha/,
		],
		[
			'by a redirect',
			answering(302, '', { location: 'https://site/?error=lastname+does+not+have+a+value' }),
			/^The CRM rejected the web form: lastname does not have a value$/,
			/Fill in the field/,
		],
		[
			'whose address is wrong',
			answering(404, '<h1>Not Found</h1>'),
			/rejected the web form with HTTP 404/,
			/Check the URL/,
		],
		[
			'whose address has moved',
			answering(308, '', { location: 'https://crm.example.com/capture.php' }),
			/redirects to https:\/\/crm\.example\.com$/,
			/enter the new URL/,
		],
	])('%s', async (_, answer, message, advice) => {
		const submit = await start(answer);
		const { error } = await submit();
		expect(error?.message).toMatch(message);
		expect(error?.description).toMatch(advice);
		expect(error?.description).not.toContain('may have executed');
		expect(forms).toHaveLength(1);
	});
});

describe('the flow of the CRM’s document, on a CRM that behaves as a recorded vtiger', () => {
	const values = { ...CLIENT, 'label:СМС_код': '795372', birthday: '03.02.1991' };
	const pdf = (content: string) =>
		binary(`%PDF-1.4 ${content}`, 'application/pdf', `${content}.pdf`);

	it.each(SAMPLE_WEB_FORMS.map((form) => [form.name, form] as const))(
		'%s: placeholders, their paths, the real files in their places',
		async (_, { publicId, returnUrl }) => {
			const bench = await startClientRightBench();
			try {
				const submitted = await bench.run(
					'webForm.submit',
					{
						publicId,
						module: 'Contacts',
						fieldsJson: { ...values, firstname: 'Вера', email: 'vera@example.test' },
						files: {
							file: [
								{
									fieldName: 'file_1_1',
									binaryProperty: 'contract',
									placeholder: true,
									title: 'договор',
								},
								{ fieldName: 'file_1_2', binaryProperty: 'receipt', placeholder: true },
							],
						},
					},
					{ binary: [{ contract: pdf('contract'), receipt: pdf('receipt') }] },
				);
				expect(submitted.error).toBeUndefined();
				const client = submitted.items[0]!.json;
				const [stored] = bench.crm.contacts();
				expect(client).toMatchObject({ accepted: true, recordId: `12x${stored?.id}` });
				expect(submitted.hints.filter((hint) => hint.includes('stored 0'))).toHaveLength(
					returnUrl === undefined ? 0 : 1,
				);

				const listed = await bench.run('file.getAll', {
					inn: values['label:ИНН'],
					smsCode: '795372',
				});
				const files = listed.items.map(({ json }) => json);
				expect(files.map(({ title }) => title)).toEqual(['договор', 'подтверждение оплаты']);
				for (const { path } of files) {
					expect(bench.crm.fileContent(path as string)?.toString()).toMatch(/^%PDF-1\.4\n1 0 obj/);
				}

				const replaced = await bench.run(
					'file.replace',
					{ contactId: client.recordId, path: '={{ $json.path }}', title: '={{ $json.title }}' },
					{ input: files, binary: [{ data: pdf('contract') }, { data: pdf('receipt') }] },
				);
				expect(replaced.error).toBeUndefined();
				const contents = replaced.items.map(({ json }) =>
					bench.crm.fileContent(json.path as string)?.toString(),
				);
				expect(contents).toEqual(['%PDF-1.4 contract', '%PDF-1.4 receipt']);
			} finally {
				await bench.stop();
			}
		},
	);

	it('a field and a file that the form does not have: no record ID, and a hint each', async () => {
		const bench = await startClientRightBench();
		try {
			const [{ publicId }] = SAMPLE_WEB_FORMS as [(typeof SAMPLE_WEB_FORMS)[number]];
			const run = async (more: object) =>
				await bench.run(
					'webForm.submit',
					{ publicId, module: 'Contacts', fieldsJson: values, ...more },
					{ binary: [{ data: pdf('contract') }] },
				);
			const { items, hints } = await run({ fieldsJson: { ...values, phone: '+7 495 000-00-00' } });
			expect(items.map(({ json }) => json)).toEqual([{ accepted: true }]);
			expect(hints.join('\n')).toMatch(/record 12x\d+, created since, does not hold: phone\./);
			const other = await run({
				files: { file: [{ fieldName: 'file_7', binaryProperty: 'data', title: 'договор' }] },
			});
			expect(other.items[0]?.json.recordId).toMatch(/^12x\d+$/);
			expect(other.hints.join('\n')).toMatch(/has 0 of 1 files, and none with the title "договор"/);
			expect(bench.crm.contacts()).toHaveLength(2);
		} finally {
			await bench.stop();
		}
	});
});
