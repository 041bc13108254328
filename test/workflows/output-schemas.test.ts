import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { ACCOUNT, CONTACT, startClientRightBench } from './clientright-bench';
import type { NodeOutcome } from './engine';
import { hashOf, startElektrikBench } from './elektrik-bench';
import { startExapiBench } from './exapi-bench';
import { startScriptedCrm, success } from './scripted-crm';

const NODES = join(__dirname, '..', '..', 'dist', 'nodes');

/** The part of JSON Schema that the files use. */
interface Schema {
	type: string | string[];
	properties?: Record<string, Schema>;
	items?: Schema;
	/** Names that depend on the partner. */
	additionalProperties?: boolean;
}

function schemasOf(node: string): Map<string, Schema> {
	const folder = join(NODES, node, '__schema__', 'v1.0.0');
	const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
	return new Map(
		files
			.filter((file) => file.endsWith('.json'))
			.map((file) => [
				file.replace(/[\\/]/g, '.').replace(/\.json$/, ''),
				JSON.parse(readFileSync(join(folder, file), 'utf8')) as Schema,
			]),
	);
}

/** Where a value is not what its schema says: all properties, each of its type. */
function differences(value: unknown, schema: Schema, at = 'json'): string[] {
	const types = [schema.type].flat();
	if (Array.isArray(value)) {
		if (!types.includes('array') || !schema.items) return [`${at} is a list`];
		const { items } = schema;
		return value.flatMap((entry, index) => differences(entry, items, `${at}[${index}]`));
	}
	if (typeof value === 'object' && value !== null) {
		const { properties = {} } = schema;
		const names = new Set([...Object.keys(value), ...Object.keys(properties)]);
		return [...names].flatMap((name) => {
			const path = `${at}.${name}`;
			const inner = properties[name];
			if (!inner) return schema.additionalProperties ? [] : [`${path} is in no schema`];
			return name in value
				? differences((value as IDataObject)[name], inner, path)
				: [`${path} is missing`];
		});
	}
	const kinds =
		value === null ? ['null'] : Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
	return kinds.some((kind) => types.includes(kind)) ? [] : [`${at} is not ${types.join(' or ')}`];
}

type Outputs = Record<string, IDataObject[]>;

function given({ error, items }: NodeOutcome): IDataObject[] {
	if (error) throw error;
	return items.map(({ json }) => json);
}

async function exapi(): Promise<Outputs> {
	const bench = await startExapiBench();
	try {
		const { crm } = bench;
		const run = async (operation: string, parameters: IDataObject) =>
			given(await bench.run(operation, parameters));
		const created = await run('order.create', { orderId: 'A-1', goodName: 'Чайник' });
		crm.seed({
			orderId: 'A-2',
			status: 'confirmed',
			createdAt: '2026-03-01 10:00:00',
			approvedAt: '2026-03-01 11:00:00',
			fields: { good_id: 'Чайник', fio: 'Тестов Т. Т.', phone: '+7 900 000-00-01' },
			calls: [{ date: '2026-03-01 10:30:00', state: 1 }],
		});
		return {
			'order.create': created,
			'order.getStatus': await run('order.getStatus', { orderIds: 'A-2' }),
			'order.getStatusChanges': await run('order.getStatusChanges', { revision: 0 }),
			'order.getAll': await run('order.getAll', { since: '2026-01-01', returnAll: true }),
		};
	} finally {
		await bench.stop();
	}
}

async function clientRight(): Promise<Outputs> {
	const bench = await startClientRightBench({ contactFiles: [{ title: 'договор' }] });
	try {
		const run = async (operation: string, parameters: IDataObject = {}) =>
			given(await bench.run(operation, parameters));
		const contact = await run('contact.upsert', {
			...CONTACT,
			additionalFields: { smsCode: '4568' },
		});
		const account = await run('account.upsert', ACCOUNT);
		const files = await run('file.getAll', { inn: CONTACT.inn, smsCode: '4568' });
		return {
			'contact.upsert': contact,
			'account.upsert': account,
			'project.create': await run('project.create', {
				contactId: contact[0]?.contactId,
				offenderId: account[0]?.accountId,
			}),
			'file.getAll': files,
			'file.download': await run('file.download', {
				path: files[0]?.path,
				title: files[0]?.title,
			}),
			'session.logIn': await run('session.logIn'),
			...(await records()),
			...(await documents()),
		};
	} finally {
		await bench.stop();
	}
}

/** Records have the fields that their module has, beside ours. */
async function records(): Promise<Outputs> {
	const record = { id: '12x7', lastname: 'Образцова', label: 'Образцова' };
	const crm = await startScriptedCrm({
		describe: success({ name: 'Contacts', idPrefix: '12', fields: [{ name: 'lastname' }] }),
		// A web form names no operation.
		'': success('ok'),
		query: success([{ id: '12x7', lastname: 'Образцова' }]),
		delete: success({ status: 'successful' }),
		...Object.fromEntries(['create', 'retrieve', 'revise'].map((name) => [name, success(record)])),
	});
	try {
		const run = async (operation: string, parameters: IDataObject = {}) =>
			given(
				await crm.run(operation, {
					module: 'Contacts',
					recordId: '12x7',
					fieldsJson: '{ "lastname": "Образцова" }',
					...parameters,
				}),
			);
		return {
			'record.create': await run('record.create'),
			'record.get': await run('record.get'),
			'record.getAll': await run('record.getAll'),
			'record.update': await run('record.update'),
			'record.upsert': await run('record.upsert', { matchFields: 'lastname' }),
			'record.delete': await run('record.delete'),
			'webForm.submit': await run('webForm.submit', { publicId: '1' }),
		};
	} finally {
		await crm.stop();
	}
}

async function documents(): Promise<Outputs> {
	const content = '%PDF-1.4';
	const document = {
		id: '15x27',
		notes_title: 'договор',
		filename: 'a.pdf',
		filesize: String(content.length),
		filelocationtype: 'I',
		imageattachmentids: '15x28',
	};
	const crm = await startScriptedCrm({
		describe: success({ name: 'Documents', idPrefix: '15', fields: [] }),
		create: success(document),
		retrieve: success(document),
		revise: success({ ...document, imageattachmentids: '15x48' }),
		retrieve_related: success([document]),
		files_retrieve: success([
			{ filesize: content.length, filecontents: Buffer.from(content).toString('base64') },
		]),
		GetFilesList: success({ status: 'ok', files: [{ title: 'договор', path: 'b/48_a.pdf' }] }),
	});
	const data = {
		data: Buffer.from(content).toString('base64'),
		mimeType: 'application/pdf',
		fileName: 'a.pdf',
	};
	try {
		const run = async (operation: string, parameters: IDataObject = {}) =>
			given(await crm.run(operation, parameters, { binary: [{ data }] }));
		return {
			'document.upload': await run('document.upload'),
			'document.replace': await run('document.replace', { documentId: '15x27' }),
			'document.download': await run('document.download', { documentId: '15x27' }),
			'document.getAll': await run('document.getAll', { recordId: '15x2' }),
			'file.replace': await run('file.replace', {
				contactId: '15x2',
				path: 'b/28_a.pdf',
				title: 'договор',
				options: { inn: CONTACT.inn, smsCode: '4568' },
			}),
		};
	} finally {
		await crm.stop();
	}
}

async function elektrik(): Promise<Outputs> {
	const bench = await startElektrikBench();
	try {
		const phone = '+7 900 000-00-01';
		const run = async (operation: string, parameters: IDataObject, input?: IDataObject[]) =>
			given(await bench.run(operation, parameters, input && { input }));
		const updated = await run('user.updatePoints', { phone, points: 12.5 });
		bench.answer = (_, response) => void response.end('{"exist":true,"points":12.5}');
		return {
			'user.updatePoints': updated,
			'user.check': await run('user.check', { endpoint: bench.url, phone }),
			'user.find': await run('user.find', { phoneHash: hashOf('79000000001') }, [
				{ phone, points: 12.5 },
			]),
		};
	} finally {
		await bench.stop();
	}
}

describe.each<[string, () => Promise<Outputs>]>([
	['Exapi', exapi],
	['ClientRight', clientRight],
	['Elektrik', elektrik],
])('what n8n shows of the output of %s before it ran', (node, outputs) => {
	it('is what it gives', async () => {
		const schemas = schemasOf(node);
		const results = await outputs();
		expect([...schemas.keys()].sort()).toEqual(Object.keys(results).sort());
		for (const [operation, items] of Object.entries(results)) {
			expect([operation, items.length]).not.toEqual([operation, 0]);
			expect(
				items.flatMap((json) => differences(json, schemas.get(operation)!, operation)),
			).toEqual([]);
		}
	});
});
