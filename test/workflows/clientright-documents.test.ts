import { randomBytes } from 'node:crypto';
import type { IBinaryKeyData } from 'n8n-workflow';
import { type ClientRightBench, startClientRightBench } from './clientright-bench';
import type { NodeOutcome } from './engine';
import {
	failure,
	type Script,
	type ScriptedCall,
	type ScriptedCrm,
	startScriptedCrm,
	success,
} from './scripted-crm';

const PDF = '%PDF-1.4 договор';
const PREFIXES: Record<string, string> = { Contacts: '12', Documents: '15' };
const CONTACT_FIELDS = [
	{ name: 'lastname', label: 'Фамилия', type: { name: 'string' } },
	{ name: 'cf_inn', label: 'ИНН', type: { name: 'string' } },
	{ name: 'cf_smscode', label: 'СМС код', type: { name: 'string' } },
];

const describeAll: Script = ({ fields: { elementType = '' } }) =>
	PREFIXES[elementType] === undefined
		? failure('ACCESS_DENIED', 'Permission to perform the operation is denied')
		: success({
				name: elementType,
				label: elementType,
				idPrefix: PREFIXES[elementType],
				isEntity: true,
				fields: elementType === 'Contacts' ? CONTACT_FIELDS : [],
			});

/** A document as vtiger gives it. */
function document(id: number, file: string | Buffer | undefined, more: object = {}): object {
	return {
		id: `15x${id}`,
		notes_title: 'договор',
		filename: file === undefined ? '' : 'dogovor.pdf',
		filetype: 'application/pdf',
		filesize: String(file === undefined ? 0 : Buffer.byteLength(file)),
		filelocationtype: 'I',
		imageattachmentids: file === undefined ? '' : `15x${id + 1}`,
		...more,
	};
}

/** Stores what came as a real one does. */
const created: Script = ({ fields, file }) =>
	success({
		...document(27, file?.content),
		...(JSON.parse(fields.element ?? '{}') as object),
		...(file && { filename: file.name.replaceAll(' ', '_') }),
	});
const revised: Script = ({ file }) =>
	success(document(27, file?.content, { imageattachmentids: '15x48', filename: file?.name }));
const retrieved: Script = success(document(27, PDF));
const retrievedFile =
	(content: string | Buffer, more: object = {}): Script =>
	() =>
		success([
			{
				fileid: '28',
				filename: 'dogovor.pdf',
				filetype: 'application/pdf',
				filesize: Buffer.byteLength(content),
				...more,
				filecontents: Buffer.from(content).toString('base64'),
			},
		]);

let crm: ScriptedCrm | undefined;
afterEach(async () => {
	await crm?.stop();
	crm = undefined;
});

/** Another address for each test, so that nothing is known of the CRM before. */
async function start(script: Record<string, Script>): Promise<{ run: Run }> {
	const started = await startScriptedCrm({
		describe: describeAll,
		create: created,
		revise: revised,
		retrieve: retrieved,
		retrieve_related: success([]),
		...script,
	});
	crm = started;
	return { run: async (...run) => await started.run(...run) };
}

type Run = (...run: Parameters<ScriptedCrm['run']>) => Promise<NodeOutcome>;

const callsOf = (operation: string): ScriptedCall[] =>
	crm!.calls.filter((call) => call.operation === operation);
const elementsOf = (operation: string): unknown[] =>
	callsOf(operation).map(({ fields }): unknown => JSON.parse(fields.element ?? 'null'));

const file = (content = PDF, fileName = 'договор 1.pdf'): IBinaryKeyData => ({
	data: {
		data: Buffer.from(content).toString('base64'),
		mimeType: 'application/pdf',
		fileName,
	},
});
const withFile = { binary: [file()] };

describe('document.upload', () => {
	it('sends the file as vtiger takes it, and gives the document', async () => {
		const { run } = await start({});
		const { items, error } = await run('document.upload', { title: 'Договор' }, withFile);
		expect(error).toBeUndefined();
		expect(callsOf('create')).toEqual([
			expect.objectContaining({
				httpMethod: 'POST',
				fields: expect.objectContaining({
					elementType: 'Documents',
					sessionName: 'scriptedSession',
				}),
				file: {
					part: 'filename',
					name: 'договор 1.pdf',
					type: 'application/pdf',
					content: Buffer.from(PDF),
				},
			}),
		]);
		expect(elementsOf('create')).toEqual([
			{
				notes_title: 'Договор',
				assigned_user_id: '19x1',
				filelocationtype: 'I',
				filestatus: '1',
			},
		]);
		expect(items.map(({ json }) => json)).toEqual([
			{
				documentId: '15x27',
				title: 'Договор',
				fileName: 'договор_1.pdf',
				size: Buffer.byteLength(PDF),
				url: expect.stringMatching(/\/index\.php\?module=Documents&view=Detail&record=27$/),
			},
		]);
	});

	it.each([
		['a path', '../../etc/отчёт.pdf', 'etc_отчёт.pdf'],
		['quotes and line breaks', 'a"b\r\nc: d.pdf', 'ab c: d.pdf'],
		['nothing', '', 'file'],
	])('sends only a name where the file is called by %s', async (_, given, sent) => {
		const { run } = await start({});
		const { error } = await run('document.upload', {}, { binary: [file(PDF, given)] });
		expect(error).toBeUndefined();
		expect(callsOf('create')[0]?.file?.name).toBe(sent);
		expect(elementsOf('create')).toEqual([
			expect.objectContaining({ notes_title: sent.replace('.pdf', '') }),
		]);
	});

	it.each([
		['name', 'Договоры'],
		['ID', '22x5'],
		['number', '5'],
		['picker', { __rl: true, mode: 'list', value: '22x5' }],
	])('puts it into a folder by its %s', async (_, folder) => {
		const folders = [
			{ id: '22x1', foldername: 'Default' },
			{ id: '22x5', foldername: 'Договоры' },
		];
		const { run } = await start({ query: success(folders) });
		const { error } = await run('document.upload', { folder }, withFile);
		expect(error).toBeUndefined();
		expect(elementsOf('create')).toEqual([expect.objectContaining({ folderid: '22x5' })]);
	});

	it('refuses a folder that the CRM does not have, before anything is sent', async () => {
		const { run } = await start({ query: success([{ id: '22x1', foldername: 'Default' }]) });
		const { error } = await run('document.upload', { folder: 'Нет такой' }, withFile);
		expect(error?.message).toContain("'Folder' (folder) must be one of the CRM’s folders: Default");
		expect(callsOf('create')).toEqual([]);
	});

	it('refuses an empty file before anything is sent', async () => {
		const { run } = await start({});
		const { error } = await run('document.upload', {}, { binary: [file('')] });
		expect(error?.message).toBe('The file "договор 1.pdf" is empty');
		expect(error?.description).toContain('Nothing was sent');
		expect(crm!.calls).toEqual([]);
	});

	it('refuses an item without a file before anything is sent', async () => {
		const { run } = await start({});
		const { error } = await run('document.upload', {}, { input: [{}, {}], binary: [file()] });
		expect(error?.message).toContain("binary file 'data'");
		expect(crm!.calls).toEqual([]);
	});

	it.each<[string, object]>([
		['no file', { filename: '', filesize: '0', imageattachmentids: '' }],
		['a file of another size', { filesize: '5' }],
	])('is no success when the CRM reports one and kept %s', async (_, fields) => {
		const { run } = await start({ create: success({ ...document(27, PDF), ...fields }) });
		const { error } = await run('document.upload', {}, withFile);
		expect(error?.message).toBe(
			'The CRM reported success, but did not store the file "договор 1.pdf"',
		);
		expect(error?.description).toContain('upload_max_filesize');
		expect(error?.description).toContain('The document 15x27 is there without the right file');
		expect(callsOf('create')).toHaveLength(1);
	});

	it('is not sent again by Retry On Fail when the CRM kept no file', async () => {
		const { run } = await start({ create: success(document(27, undefined)) });
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		await run('document.upload', {}, { ...withFile, settings });
		expect(callsOf('create')).toHaveLength(1);
	});

	it('says what to do when the web server takes no file of this size', async () => {
		const { run } = await start({ create: { status: 413, body: '<html>' } });
		const { error } = await run('document.upload', {}, withFile);
		expect(error?.message).toBe('The CRM rejected create with HTTP 413');
		expect(error?.description).toContain('client_max_body_size');
	});

	it('is never sent twice, and says how to look for it', async () => {
		const { run } = await start({ create: { status: 500, body: '' } });
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { error } = await run('document.upload', {}, { ...withFile, settings });
		expect(callsOf('create')).toHaveLength(1);
		expect(error?.description).toContain('Check there before you send it again');
		expect(error?.description).toMatch(/SELECT \* FROM Documents WHERE createdtime >= /);
	});

	it('is sent again, whole, in a new session when the old one has expired', async () => {
		let sessions = 0;
		const { run } = await start({
			login: () => success({ sessionName: `session${++sessions}`, userId: '19x1' }),
			create: (call) =>
				call.fields.sessionName === 'session1'
					? failure('INVALID_SESSIONID', 'Session Identifier provided is Invalid')
					: (created as (call: ScriptedCall) => string)(call),
		});
		const { error } = await run('document.upload', {}, withFile);
		expect(error).toBeUndefined();
		expect(callsOf('create').map(({ file: sent }) => sent?.content.toString())).toEqual([PDF, PDF]);
	});
});

describe('document.upload to a record', () => {
	it('links the document, and looks whether it is linked', async () => {
		let isLinked = false;
		const { run } = await start({
			add_related: () => {
				isLinked = true;
				return success({ message: 'successfull' });
			},
			retrieve_related: () => success(isLinked ? [document(27, PDF)] : []),
		});
		const { error } = await run('document.upload', { module: 'Contacts', recordId: '2' }, withFile);
		expect(error).toBeUndefined();
		expect(callsOf('add_related').map(({ fields }) => fields)).toEqual([
			expect.objectContaining({
				sourceRecordId: '12x2',
				relatedRecordId: '15x27',
				relationIdLabel: 'Documents',
			}),
		]);
	});

	it.each<[string, object, Script, RegExp]>([
		[
			'that is not there',
			{ recordId: '12x999' },
			failure('ACCESS_DENIED', 'Permission to perform the operation is denied'),
			/denied/,
		],
		[
			'whose module has no documents',
			{ recordId: '12x2' },
			failure('UNKOWN_ENTITY', 'Relation specified is incorrect'),
			/Relation specified is incorrect/,
		],
		['of another module', { module: 'Contacts', recordId: '15x2' }, success([]), /in Contacts/],
		['without its module', { recordId: '2' }, success([]), /number of its module in front/],
	])('uploads nothing for a record %s', async (_, parameters, related, message) => {
		const { run } = await start({ retrieve_related: related });
		const { error } = await run('document.upload', { ...parameters }, withFile);
		expect(error?.message).toMatch(message);
		expect(callsOf('create')).toEqual([]);
	});

	it('tells of a document that is not linked, though the CRM reports success', async () => {
		const { run } = await start({ add_related: success({ message: 'successfull' }) });
		const settings = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const { error } = await run('document.upload', { recordId: '12x2' }, { ...withFile, settings });
		expect(error?.message).toBe(
			'The document 15x27 was uploaded, but is not linked to the record 12x2',
		);
		expect(error?.description).toContain('Do not upload it again');
		expect(callsOf('create')).toHaveLength(1);
	});

	it('asks once whether a record can have documents, for many items', async () => {
		const { run } = await start({
			add_related: success({ message: 'successfull' }),
			retrieve_related: success([document(27, PDF)]),
		});
		const { error } = await run(
			'document.upload',
			{ recordId: '12x2', options: { concurrency: 1 } },
			{ input: [{}, {}, {}], binary: [file(), file(), file()] },
		);
		expect(error).toBeUndefined();
		// Once before, and after each.
		expect(callsOf('retrieve_related')).toHaveLength(4);
	});
});

describe('document.download', () => {
	it('gives the file as binary', async () => {
		const { run } = await start({ files_retrieve: retrievedFile(PDF) });
		const { items, error } = await run('document.download', { documentId: '27' });
		expect(error).toBeUndefined();
		expect(callsOf('files_retrieve')[0]?.fields.id).toBe('15x28');
		expect(items[0]?.json).toMatchObject({ documentId: '15x27', size: Buffer.byteLength(PDF) });
		const binary = items[0]?.binary?.data;
		expect(binary).toMatchObject({ fileName: 'dogovor.pdf', mimeType: 'application/pdf' });
		expect(Buffer.from(binary!.data, 'base64').toString()).toBe(PDF);
	});

	it('takes the path parts of a name for a part of the name', async () => {
		const { run } = await start({
			retrieve: success(document(27, PDF, { filename: '../../etc/a"\n.pdf' })),
			files_retrieve: retrievedFile(PDF),
		});
		const { items } = await run('document.download', { documentId: '15x27' });
		const binary = items[0]?.binary?.data;
		expect(binary?.fileName).toBe('etc_a .pdf');
		expect(binary?.directory).toBeUndefined();
	});

	it('fetches it again when the answer breaks off', async () => {
		let count = 0;
		const whole = (retrievedFile(PDF) as () => string)();
		const { run } = await start({
			files_retrieve: () =>
				++count === 1 ? { isCut: true, body: whole.slice(0, whole.length - 20) } : whole,
		});
		const { items, error } = await run('document.download', { documentId: '15x27' });
		expect(error).toBeUndefined();
		expect(count).toBe(2);
		expect(Buffer.from(items[0]!.binary!.data!.data, 'base64').toString()).toBe(PDF);
	});

	it.each<[string, Record<string, Script>, RegExp]>([
		['a record that is no document', { retrieve: success({ id: '15x27' }) }, /is not a document/],
		['a document without a file', { retrieve: success(document(27, undefined)) }, /has no file/],
		[
			'a link',
			{
				retrieve: success(
					document(27, undefined, { filelocationtype: 'E', filename: 'https://example.com/a' }),
				),
			},
			/has no file/,
		],
		[
			'a file that is gone',
			{ files_retrieve: failure('RECORD_NOT_FOUND', 'Record is not found') },
			/RECORD_NOT_FOUND/,
		],
		['an answer without content', { files_retrieve: success([]) }, /no content/],
		[
			'a file of another size',
			{ files_retrieve: retrievedFile(PDF, { filesize: 9 }) },
			/that has 9/,
		],
		[
			'half an answer, as if whole',
			{ files_retrieve: () => (retrievedFile(PDF) as () => string)().slice(0, -20) },
			/text instead of JSON/,
		],
		['a page', { files_retrieve: '<html>Log in</html>' }, /text instead of JSON/],
		[
			'what is no base64',
			{ files_retrieve: () => (retrievedFile(PDF) as () => string)().replace('JVBERi', '<br/>!') },
			/damaged file/,
		],
	])('says so of %s', async (_, script, message) => {
		const { run } = await start({ files_retrieve: retrievedFile(PDF), ...script });
		const { items, error } = await run('document.download', { documentId: '15x27' });
		expect(error?.message).toMatch(message);
		expect(items).toEqual([]);
	});

	it.each<[string, string]>([
		['as the CRM says', '2000000'],
		['whatever the CRM says', '5'],
	])('stops at a file that is too large, %s', async (_, filesize) => {
		const { run } = await start({
			retrieve: success(document(27, PDF, { filesize })),
			files_retrieve: retrievedFile(Buffer.alloc(2_000_000)),
		});
		const { error } = await run('document.download', {
			documentId: '15x27',
			options: { maxFileSize: 1 },
		});
		expect(error?.message).toBe('The file is larger than 1 MB');
		expect(error?.description).toContain("raise 'Maximum File Size (MB)'");
		expect(callsOf('files_retrieve').length).toBeLessThanOrEqual(1);
	});
});

describe('document.replace', () => {
	it('puts the file in the place of the other one', async () => {
		const { run } = await start({});
		const { items, error } = await run('document.replace', { documentId: '27' }, withFile);
		expect(error).toBeUndefined();
		expect(elementsOf('revise')).toEqual([{ id: '15x27' }]);
		expect(callsOf('revise')[0]?.file).toMatchObject({
			part: 'filename',
			content: Buffer.from(PDF),
		});
		expect(items[0]?.json).toMatchObject({ documentId: '15x27', fileName: 'договор 1.pdf' });
	});

	it.each<[string, Script, RegExp]>([
		['of another module', failure('ACCESS_DENIED', 'denied'), /must be the ID of a record in Doc/],
		['that is none', success({ id: '15x27', lastname: 'А' }), /is not a document/],
	])('sends nothing for a document %s', async (_, answer, message) => {
		const { run } = await start({ retrieve: answer });
		const documentId = message.source.startsWith('must') ? '12x27' : '15x27';
		const { error } = await run('document.replace', { documentId }, withFile);
		expect(error?.message).toMatch(message);
		expect(callsOf('revise')).toEqual([]);
	});

	it.each<[string, object]>([
		['no file', { filename: '', filesize: '0', imageattachmentids: '' }],
		['the file of before', { imageattachmentids: '15x28' }],
	])('is no success when the CRM reports one and has %s', async (_, fields) => {
		const { run } = await start({ revise: success({ ...document(27, PDF), ...fields }) });
		const { error } = await run('document.replace', { documentId: '15x27' }, withFile);
		expect(error?.message).toContain('did not store the file');
	});

	it('is sent again in the same session after a lost answer', async () => {
		let count = 0;
		const { run } = await start({
			revise: (call) =>
				++count === 1
					? { isCut: true, body: '{' }
					: (revised as (call: ScriptedCall) => string)(call),
		});
		const { error } = await run('document.replace', { documentId: '15x27' }, withFile);
		expect(error).toBeUndefined();
		expect(callsOf('revise').map(({ fields }) => fields.sessionName)).toEqual([
			'scriptedSession',
			'scriptedSession',
		]);
		expect(callsOf('revise').map(({ file: sent }) => sent?.content.toString())).toEqual([PDF, PDF]);
	});

	it('replaces the file of one document in the order of the items, never at once', async () => {
		let running = 0;
		let mostAtOnce = 0;
		const { run } = await start({
			revise: async (call) => {
				mostAtOnce = Math.max(mostAtOnce, ++running);
				await new Promise((resolve) => setTimeout(resolve, 20));
				running -= 1;
				return (revised as (call: ScriptedCall) => string)(call);
			},
		});
		const contents = ['%PDF-1', '%PDF-2', '%PDF-3'];
		const { error } = await run(
			'document.replace',
			{ documentId: '15x27' },
			{ input: contents.map(() => ({})), binary: contents.map((content) => file(content)) },
		);
		expect(error).toBeUndefined();
		expect(mostAtOnce).toBe(1);
		expect(callsOf('revise').map(({ file: sent }) => sent?.content.toString())).toEqual(contents);
	});
});

describe('document.getAll', () => {
	it('gives an item a document', async () => {
		const { run } = await start({
			retrieve_related: success([document(27, PDF), document(29, undefined)]),
		});
		const { items, error } = await run('document.getAll', {
			recordId: {
				__rl: true,
				mode: 'url',
				value: 'https://crm/index.php?module=Contacts&view=Detail&record=2',
			},
		});
		expect(error).toBeUndefined();
		expect(callsOf('retrieve_related')[0]?.fields).toMatchObject({
			id: '12x2',
			relatedType: 'Documents',
			relatedLabel: 'Documents',
		});
		expect(items.map(({ json }) => [json.documentId, json.fileName, json.size])).toEqual([
			['15x27', 'dogovor.pdf', Buffer.byteLength(PDF)],
			['15x29', '', 0],
		]);
	});

	it.each<[string, object, number, number]>([
		['all of them', { returnAll: true }, 230, 3],
		['no more than the limit', { limit: 150 }, 150, 2],
		['a first page alone', { limit: 100 }, 100, 0],
	])('reads %s in pages by key', async (_, parameters, expected, pages) => {
		const all = Array.from({ length: 230 }, (__, index) => document(1_000 + index, PDF));
		const { run } = await start({
			retrieve_related: success(all.slice(-100)),
			query_related: ({ fields: { query = '' } }) => {
				const [, after] = / WHERE id > '(15x\d+)' ORDER BY id LIMIT 0, 100$/.exec(query) ?? [];
				return success(all.filter((one) => (one as { id: string }).id > after!).slice(0, 100));
			},
		});
		const { items, error } = await run('document.getAll', { recordId: '12x2', ...parameters });
		expect(error).toBeUndefined();
		expect(new Set(items.map(({ json }) => json.documentId)).size).toBe(expected);
		expect(callsOf('query_related')).toHaveLength(pages);
	});
});

describe('file.replace', () => {
	const folder = 'storage/2026/November/week4';
	const entry = { title: 'чек', path: `${folder}/61_74326c743ca50f3ecaa6615c30c33846.pdf` };
	const newPath = `${folder}/48_11111111111111111111111111111111.pdf`;
	const script: Record<string, Script> = {
		retrieve_related: success([
			document(58, PDF, { notes_title: 'договор' }),
			document(60, PDF, { notes_title: 'чек' }),
		]),
		revise: ({ file: sent }) =>
			success(document(60, sent?.content, { imageattachmentids: '15x48' })),
		retrieve: success({ id: '12x2', cf_inn: '500100732275', cf_smscode: '795372' }),
		GetFilesList: success({
			status: 'ok',
			files: [
				{ title: 'договор', path: `${folder}/59_${'2'.repeat(32)}.pdf` },
				{ title: 'чек', path: newPath },
			],
		}),
	};

	it('puts the real PDF in the place of the placeholder, and gives the new path', async () => {
		const { run } = await start(script);
		const { items, error } = await run(
			'file.replace',
			{ contactId: '2', ...entry },
			{ binary: [file(PDF, 'чек')] },
		);
		expect(error).toBeUndefined();
		expect(elementsOf('revise')).toEqual([{ id: '15x60' }]);
		expect(callsOf('revise')[0]?.file).toMatchObject({ name: 'чек.pdf', type: 'application/pdf' });
		expect(callsOf('GetFilesList')[0]?.fields).toMatchObject({
			inn: '500100732275',
			sms: '795372',
		});
		expect(items.map(({ json }) => json)).toEqual([
			{ title: 'чек', path: newPath, url: expect.stringMatching(/\/storage\/2026\/.*48_1+\.pdf$/) },
		]);
	});

	it('asks for the path with the codes that are given', async () => {
		const { run } = await start(script);
		await run(
			'file.replace',
			{ contactId: '2', ...entry, options: { inn: '500100732283', smsCode: '1' } },
			withFile,
		);
		expect(callsOf('GetFilesList')[0]?.fields).toMatchObject({ inn: '500100732283', sms: '1' });
		expect(callsOf('retrieve')).toEqual([]);
	});

	it('is done, with a hint, where the new path is not told', async () => {
		const { run } = await start({ ...script, retrieve: success({ id: '12x2' }) });
		const { items, error, hints } = await run(
			'file.replace',
			{ contactId: '2', ...entry },
			withFile,
		);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([{ title: 'чек', path: null, url: null }]);
		expect(hints.join()).toContain('did not tell the new path');
	});

	it.each<[string, object, string, RegExp]>([
		['a file that is no PDF', {}, '<html>', /is not a PDF/],
		['a placeholder of another type', { path: `${folder}/61_a.docx` }, PDF, /path of a PDF/],
		[
			'a file of another client',
			{ title: 'акт', path: `${folder}/99_a.pdf` },
			PDF,
			/fits no document/,
		],
		['a client of another module', { contactId: '11x2' }, PDF, /record in Contacts/],
		['a bad INN', { options: { inn: '5' } }, PDF, /INN/],
	])('sends nothing for %s', async (_, more, content, message) => {
		const { run } = await start(script);
		const { error } = await run(
			'file.replace',
			{ contactId: '2', ...entry, ...more },
			{ binary: [file(content)] },
		);
		expect(error?.message).toMatch(message);
		expect(callsOf('revise')).toEqual([]);
	});
});

describe('with a vtiger', () => {
	const CLIENT = { lastname: 'Файлова', inn: '500100732275', code: '795372' };
	let bench: ClientRightBench | undefined;
	afterEach(async () => {
		await bench?.stop();
		bench = undefined;
	});

	const run = async (...parameters: Parameters<ClientRightBench['run']>): Promise<NodeOutcome> =>
		await bench!.run(...parameters);
	async function startWithClient(): Promise<string> {
		bench = await startClientRightBench();
		return `12x${bench.crm.seed('contact', CLIENT).id}`;
	}
	const given = ({ error, items }: NodeOutcome) => {
		expect(error).toBeUndefined();
		return items;
	};
	const bytesIn = (items: NodeOutcome['items']) =>
		Buffer.from(items[0]!.binary!.data!.data, 'base64');

	it('uploads a file, lists it, downloads the same bytes, and replaces it', async () => {
		const contact = await startWithClient();
		const content = Buffer.concat([Buffer.from(PDF), randomBytes(300_000)]);
		const data = { mimeType: 'application/pdf', fileName: 'Акт № 1 «сверки».pdf' };
		const binary = [{ data: { ...data, data: content.toString('base64') } }];
		const [uploaded] = given(await run('document.upload', { recordId: contact }, { binary }));
		expect(uploaded?.json).toMatchObject({
			title: 'Акт № 1 «сверки»',
			fileName: 'Акт_№_1_«сверки».pdf',
			size: content.length,
		});
		const listed = given(await run('document.getAll', { module: 'Contacts', recordId: contact }));
		expect(listed.map(({ json }) => json)).toEqual([uploaded?.json]);
		const { documentId } = uploaded!.json;
		expect(bytesIn(given(await run('document.download', { documentId })))).toEqual(content);
		const [replaced] = given(await run('document.replace', { documentId }, withFile));
		expect(replaced?.json).toMatchObject({ documentId, size: Buffer.byteLength(PDF) });
		expect(bytesIn(given(await run('document.download', { documentId })))).toEqual(
			Buffer.from(PDF),
		);
	});

	it('downloads what the web server does not give', async () => {
		const contact = await startWithClient();
		given(await run('document.upload', { recordId: contact }, withFile));
		const { path } = bench!.crm.files()[0]!;
		bench!.crm.forbidFile(path);
		expect((await run('file.download', { path })).error?.message).toContain('HTTP 403');
		const { documentId } = given(await run('document.getAll', { recordId: contact }))[0]!.json;
		expect(bytesIn(given(await run('document.download', { documentId })))).toEqual(
			Buffer.from(PDF),
		);
	});

	it('lists more documents than the CRM gives at once', async () => {
		const contact = await startWithClient();
		const seeds = Array.from({ length: 205 }, (_, index) => ({ title: `№ ${index}` }));
		bench!.crm.addFiles(contact.slice(3), ...seeds);
		const all = given(await run('document.getAll', { recordId: contact, returnAll: true }));
		expect(new Set(all.map(({ json }) => json.title)).size).toBe(205);
		const some = given(await run('document.getAll', { recordId: contact, limit: 120 }));
		expect(some).toHaveLength(120);
	});

	it('tells of a file that is larger than the CRM takes', async () => {
		await startWithClient();
		bench!.crm.setSettings({ mostFileBytes: 10 });
		const { error } = await run('document.upload', {}, withFile);
		expect(error?.message).toContain('did not store the file');
		expect(bench!.crm.recordsOf('Documents')).toHaveLength(1);
	});

	it('replaces a placeholder, and GetFilesList gives the new path', async () => {
		const contact = await startWithClient();
		bench!.crm.addFiles(contact.slice(3), { title: 'договор «1»' }, { title: 'чек' });
		const codes = { inn: CLIENT.inn, smsCode: CLIENT.code };
		const before = given(await run('file.getAll', codes));
		const [replaced] = given(
			await run('file.replace', { contactId: contact, ...before[0]?.json }, withFile),
		);
		const after = given(await run('file.getAll', codes));
		expect(after[0]?.json).toEqual(replaced?.json);
		expect(after[0]?.json.path).not.toBe(before[0]?.json.path);
		expect(after[1]?.json).toEqual(before[1]?.json);
		const { path } = replaced!.json;
		expect(bench!.crm.fileContent(path as string)?.toString()).toBe(PDF);
		expect(bytesIn(given(await run('file.download', { path })))).toEqual(Buffer.from(PDF));
	});

	it('of version 7.2 gives no file through its web service, and the error says so', async () => {
		const contact = await startWithClient();
		bench!.crm.setQuirks({ version: '7.2' });
		const [uploaded] = given(await run('document.upload', { recordId: contact }, withFile));
		const { error } = await run('document.download', { documentId: uploaded?.json.documentId });
		expect(error?.description).toContain("'File: Download'");
	});
});
