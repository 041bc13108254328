import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openEnvelope } from '../../../nodes/ClientRight/wire/envelope';
import { ContentSieve } from '../../../nodes/ClientRight/wire/file-content';
import type { JsonObject } from '../../../nodes/shared/wire';
import {
	attachmentsOf,
	clientCodes,
	documentOfFile,
	isPdf,
	replacedFile,
	storageProblem,
} from '../../../nodes/ClientRight/wire/documents';

const stored = { filename: 'a.pdf', filesize: '546', imageattachmentids: '15x28' };

describe('storageProblem', () => {
	it.each<[string, object, string[], string | undefined]>([
		['a file of the size that was sent', {}, [], undefined],
		['no file', { filename: '', filesize: '0', imageattachmentids: '15x34' }, [], 'noFile'],
		['a name without bytes', { filesize: '0' }, [], 'noFile'],
		['a file of another size', { filesize: '545' }, [], 'otherSize'],
		['another file of the same size', {}, ['15x27'], undefined],
		['the file that was there before', {}, ['15x28'], 'sameFile'],
		['nothing that the user may see', { filename: undefined, filesize: undefined }, [], undefined],
	])('finds %s', (_, fields, earlier, problem) => {
		expect(storageProblem({ ...stored, ...fields }, 546, earlier)).toBe(problem);
	});
});

it('attachmentsOf reads several ids', () => {
	expect(attachmentsOf({ imageattachmentids: '15x41, 15x42' })).toEqual(['15x41', '15x42']);
	expect(attachmentsOf({})).toEqual([]);
});

it.each([
	['%PDF-1.4\n', true],
	['\ufeff\n%PDF-1.7', true],
	[`${' '.repeat(1_024)}%PDF-1.7`, false],
	['<html>', false],
	['', false],
])('isPdf tells by the beginning %j', (head, expected) => {
	expect(isPdf(Buffer.from(head))).toBe(expected);
});

const documents = [
	{ id: '15x58', notes_title: 'договор', imageattachmentids: '15x59' },
	{ id: '15x60', notes_title: 'чек', imageattachmentids: '15x61' },
	{ id: '15x62', notes_title: 'чек', imageattachmentids: '15x63' },
];
const folder = 'storage/2026/November/week4';
const md5 = '4cd8f481558f2d16478c97858448c3af';

describe('documentOfFile', () => {
	it.each<[string, string, string, string]>([
		['by the number in its path', 'чек', `${folder}/63_${md5}.pdf`, '15x62'],
		['by its title, without a number', 'договор', `${folder}/${md5}.pdf`, '15x58'],
		['by its title, after it was replaced', 'договор', `${folder}/57_${md5}.PDF`, '15x58'],
		['by the number, whatever its title', 'другое', `61_${md5}.pdf`, '15x60'],
	])('finds a document %s', (_, title, path, id) => {
		expect(documentOfFile({ title, path }, documents).id).toBe(id);
	});

	it.each<[string, string, string, RegExp]>([
		['of a title that several have', 'чек', `${folder}/${md5}.pdf`, /fits 2 documents/],
		['of a client who has none like it', 'акт', `${folder}/99_${md5}.pdf`, /fits no document/],
		['without a title', '', `${folder}/${md5}.pdf`, /fits no document/],
		['that is no PDF', 'договор', `${folder}/59_${md5}.docx`, /path of a PDF/],
	])('refuses a file %s', (_, title, path, message) => {
		expect(() => documentOfFile({ title, path }, documents)).toThrow(message);
	});
});

describe('replacedFile', () => {
	const before = { title: 'чек', path: `${folder}/61_${md5}.pdf` };
	const listed = (title: string, number: string) => ({
		title,
		path: `${folder}/${number}${md5}.pdf`,
	});

	it('finds the file by the number of the new one', () => {
		const files = [listed('чек', '63_'), listed('чек', '273_')];
		expect(replacedFile(before, ['15x273'], files)).toBe(files[1]);
	});

	it('finds it by its title where paths have no numbers', () => {
		const files = [listed('договор', ''), { title: 'чек', path: `${folder}/b.pdf` }];
		expect(replacedFile(before, ['15x273'], files)).toBe(files[1]);
	});

	it.each([
		['only the old one is there', [before]],
		['several may be it', [listed('чек', 'a'), listed('чек', 'b')]],
	])('finds none where %s', (_, files) => {
		expect(replacedFile(before, ['15x273'], files)).toBeUndefined();
	});
});

describe('clientCodes', () => {
	const fields = [
		{ name: 'lastname', label: 'Фамилия' },
		{ name: 'cf_1157', label: 'ИНН' },
		{ name: 'cf_1159', label: 'СМС код' },
	];
	const record = { lastname: 'Код', cf_1157: '500100732275', cf_1159: '795372' };

	it('finds the fields by their labels', () => {
		expect(clientCodes(record, fields)).toEqual({ inn: '500100732275', smsCode: '795372' });
	});

	it('finds the fields by their names', () => {
		const named = [
			{ name: 'cf_inn', label: 'Tax' },
			{ name: 'cf_smscode', label: 'Confirmed by' },
		];
		expect(clientCodes({ cf_inn: '1', cf_smscode: '2' }, named)).toEqual({
			inn: '1',
			smsCode: '2',
		});
	});

	it('does not choose among several', () => {
		const more = [...fields, { name: 'cf_inn', label: 'ИНН компании' }];
		expect(clientCodes({ ...record, cf_inn: '1' }, more).inn).toBe('');
	});
});

interface Recorded {
	name: string;
	request: { parts?: Array<{ filename?: string; base64?: string; size?: number }> };
	response: { body: string };
}

describe('a vtiger 8.4, as it was recorded', () => {
	const file = join(__dirname, '..', '..', 'vectors', 'vtiger-8.4.json');
	const recorded = JSON.parse(readFileSync(file, 'utf8')) as Recorded[];
	const exchange = (name: string) => recorded.find((one) => one.name === name)!;
	const resultOf = ({ response }: Recorded): unknown => {
		const opened = openEnvelope(response.body)!;
		return opened.envelope.success ? opened.envelope.result : undefined;
	};

	it.each<[string, string[], string | undefined]>([
		['documents.upload.other-part-name', [], 'noFile'],
		['documents.upload.empty-file', [], 'noFile'],
		['documents.upload.over-upload_max_filesize', [], 'noFile'],
		['documents.upload.html-in-pdf-name', [], undefined],
		['documents.upload.quotes-in-title', [], undefined],
		['documents.upload.two-files', [], undefined],
		['documents.replace-by-revise.id-only', ['15x61'], undefined],
	])('stored, after %s', (name, earlier, problem) => {
		const { request, response } = exchange(name);
		const sent = request.parts!.find(({ filename }) => filename !== undefined)!;
		const bytes = sent.size ?? Buffer.from(sent.base64!, 'base64').length;
		const record = resultOf({ name, request, response }) as JsonObject;
		expect(storageProblem(record, bytes, earlier)).toBe(problem);
	});

	it.each(['documents.files_retrieve', 'documents.replace-by-revise.files_retrieve-new'])(
		'gives a file: %s',
		(name) => {
			const recordedExchange = exchange(name);
			const [whole] = resultOf(recordedExchange) as [JsonObject];
			const sieve = new ContentSieve(1_000);
			const { rest, content } = sieve.take(Buffer.from(recordedExchange.response.body));
			expect(content).toHaveLength(whole.filesize as number);
			expect(content.toString('base64')).toBe(whole.filecontents);
			const response = { body: Buffer.concat([rest, sieve.end()]).toString() };
			expect(resultOf({ ...recordedExchange, response })).toEqual([{ ...whole, filecontents: '' }]);
		},
	);
});
