import type { IBinaryKeyData } from 'n8n-workflow';
import { SAMPLE_WEB_FORMS } from '../../sandbox/clientright';
import { startClientRightBench, type ClientRightBench } from './clientright-bench';

/** The node and a whole vtiger: what one writes, the other has. */
let bench: ClientRightBench;
beforeEach(async () => (bench = await startClientRightBench()));
afterEach(async () => await bench.stop());

const columns = (value: object, matchingColumns: string[] = []) => ({
	mappingMode: 'defineBelow',
	value,
	matchingColumns,
	schema: [],
});
const pdf = (content: string, fileName: string): { binary: IBinaryKeyData[] } => ({
	binary: [
		{
			data: {
				data: Buffer.from(content).toString('base64'),
				mimeType: 'application/pdf',
				fileName,
			},
		},
	],
});

/** Runs an operation that has to work, and gives its first item. */
async function run(...call: Parameters<ClientRightBench['run']>) {
	const { items, error } = await bench.run(...call);
	expect(error).toBeUndefined();
	return items[0]!;
}

const VERSIONS = ['8.4', '7.2'] as const;

it.each(VERSIONS)('creates, reads, changes, finds and deletes a record of %s', async (version) => {
	bench.crm.setQuirks({ version });
	const { json: made } = await run('record.create', {
		module: 'Leads',
		columns: columns({
			lastname: "О'Хара \\ 100%",
			company: 'АО "Пример"',
			annualrevenue: '20000,5',
			emailoptout: true,
		}),
	});
	const recordId = made.recordId as string;
	expect(made).toMatchObject({
		lastname: "О'Хара \\ 100%",
		annualrevenue: 20000.5,
		emailoptout: true,
		assigned_user_id: '19x1',
	});
	await run('record.update', {
		module: 'Leads',
		recordId,
		columns: columns({ company: 'ООО «Новый»' }),
	});
	const matched = { lastname: "О'Хара \\ 100%", phone: '1' };
	await run('record.upsert', { module: 'Leads', columns: columns(matched, ['lastname']) });
	const { json } = await run('record.get', { module: 'Leads', recordId });
	expect(json).toMatchObject({ company: 'ООО «Новый»', phone: '1' });
	expect(bench.crm.recordsOf('Leads')).toHaveLength(1);

	const condition = [{ field: 'lastname', operator: 'contains', value: '\\ 100%' }];
	const found = await run('record.getAll', { module: 'Leads', conditions: { condition } });
	expect(found.json.recordId).toBe(recordId);
	await run('record.delete', { module: 'Leads', recordId });
	expect(bench.crm.recordsOf('Leads')).toEqual([]);
});

it.each([
	['by key', {}],
	['by offset', { sort: { by: [{ field: 'company', direction: 'desc' }] } }],
])('reads more records than a page holds, %s', async (_, parameters) => {
	for (let index = 0; index < 230; index++) {
		bench.crm.seed('Leads', { lastname: `Л${index}`, company: String(index % 7) });
	}
	const { items, error } = await bench.run('record.getAll', {
		module: 'Leads',
		returnAll: true,
		fields: ['lastname'],
		...parameters,
	});
	expect(error).toBeUndefined();
	expect(new Set(items.map(({ json }) => json.recordId)).size).toBe(230);
});

it('finds records by a query that is too long for an address', async () => {
	bench.crm.seed('Leads', { lastname: 'Лидов699' });
	const names = Array.from({ length: 700 }, (_, index) => `Лидов${index}`).join(',');
	const condition = [{ field: 'lastname', operator: 'in', value: names }];
	const { json } = await run('record.getAll', { module: 'Leads', conditions: { condition } });
	expect(json.lastname).toBe('Лидов699');
	expect(bench.crm.requests({ operation: 'mobile.query' })).toHaveLength(1);
});

it('stores a document with a record, lists it, and gives its bytes', async () => {
	const { id } = bench.crm.seed('contact', { lastname: 'Образцова' });
	const { json: stored } = await run(
		'document.upload',
		{ title: 'Договор «1»', module: 'Contacts', recordId: id },
		pdf('%PDF-1.4 one', 'Чек об оплате.pdf'),
	);
	expect(stored).toMatchObject({ title: 'Договор «1»', fileName: 'Чек_об_оплате.pdf', size: 12 });
	const { json: listed } = await run('document.getAll', { module: 'Contacts', recordId: id });
	expect(listed.documentId).toBe(stored.documentId);
	const { binary } = await run('document.download', { documentId: stored.documentId });
	expect(Buffer.from(binary!.data!.data, 'base64').toString()).toBe('%PDF-1.4 one');
	await run('document.replace', { documentId: stored.documentId }, pdf('%PDF-1.4 new', 'b.pdf'));
	const after = await run('document.download', { documentId: stored.documentId });
	expect(Buffer.from(after.binary!.data!.data, 'base64').toString()).toBe('%PDF-1.4 new');
});

it('does not take a success for a document whose file the CRM has left out', async () => {
	bench.crm.setSettings({ mostFileBytes: 5 });
	const { error } = await bench.run('document.upload', { title: 'a' }, pdf('%PDF-1.4', 'a.pdf'));
	expect(error?.message).toContain('did not store the file');
});

it.each(VERSIONS)('puts the real PDF in the place of a web form’s, on %s', async (version) => {
	bench.crm.setQuirks({ version });
	const form = new FormData();
	const fields = { lastname: 'Формова', cf_inn: '500100732267', cf_smscode: '795372' };
	for (const [name, value] of Object.entries(fields)) form.append(name, value);
	form.append('publicid', SAMPLE_WEB_FORMS[0]!.publicId);
	for (const part of ['file_1_1', 'file_1_2']) form.append(part, new File(['%PDF'], 'пусто.pdf'));
	const address = new URL('./modules/Webforms/capture.php', bench.url);
	await fetch(address, { method: 'POST', body: form });
	const [contact] = bench.crm.contacts();

	const list = async () => {
		const asked = { inn: '500100732267', smsCode: '795372' };
		return (await bench.run('file.getAll', asked)).items.map(({ json }) => json);
	};
	const [contract, receipt] = await list();
	const { json } = await run(
		'file.replace',
		{ contactId: contact!.id, title: receipt!.title, path: receipt!.path },
		pdf('%PDF-1.4 the real one', 'чек.pdf'),
	);
	const after = await list();
	expect(after).toEqual([contract, json]);
	expect(json.path).not.toBe(receipt!.path);
	expect(bench.crm.fileContent(json.path as string)?.toString()).toBe('%PDF-1.4 the real one');
});
