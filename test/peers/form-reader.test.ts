/** @needs php */

import { createHash, randomBytes } from 'node:crypto';
import { lookup } from 'node:dns';
import { join } from 'node:path';
import type { NodeEgressFilter } from 'n8n-workflow';
import { createHttpClient, type FormPart, multipartForm } from '../../nodes/shared/http';
import { safeFileName } from '../../nodes/shared/wire/text';
import { type PhpServer, startPhpServer } from './php-server';

const filter: NodeEgressFilter = {
	validateUrl: async () => await Promise.resolve({ ok: true, result: undefined }),
	validateConnectionHost: () => ({ ok: true, result: undefined }),
	createSecureLookup: () => lookup,
	validateRedirectSync: () => undefined,
};
const send = createHttpClient({ httpRequest: jest.fn(), getSecureEgressFilter: () => filter });

let php: PhpServer;
beforeAll(async () => {
	php = await startPhpServer(join(__dirname, 'form-reader.php'));
});
afterAll(async () => await php.stop());

interface ReadForm {
	post: unknown;
	files: unknown;
}

/** What PHP reads of a form that was sent to it. */
async function readByPhp(parts: readonly FormPart[]): Promise<ReadForm> {
	const { body } = await send({
		url: php.url,
		method: 'POST',
		...multipartForm(parts),
		timeout: 10_000,
		maxAnswerBytes: 1_000_000,
		allowUnauthorizedCerts: false,
	});
	return JSON.parse(body.toString()) as ReadForm;
}

async function* inPieces(content: Buffer): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < content.length; at += 10_000) {
		yield await Promise.resolve(content.subarray(at, at + 10_000));
	}
}

const file = (name: string, fileName: string, content: Buffer): FormPart => ({
	name,
	fileName,
	mimeType: 'application/pdf',
	bytes: content.length,
	open: () => inPieces(content),
});

describe('PHP', () => {
	it('reads the fields and the files of a form as they were meant', async () => {
		const element = JSON.stringify({ notes_title: 'Договор «1»\r\n--"x"; name=y' });
		const contents = [randomBytes(1_500_000), Buffer.from('\r\n--form-\r\n'), Buffer.alloc(0)];
		const { post, files } = await readByPhp([
			{ name: 'operation', value: 'create' },
			{ name: 'element', value: element },
			{ name: 'label:ИНН', value: '+7' },
			{ name: 'label:Интересы[]', value: 'Отдых' },
			{ name: 'label:Интересы[]', value: 'Покупки' },
			...contents.map((content, index) => file(`file_${index}`, `Чек № ${index}.pdf`, content)),
		]);
		expect(post).toEqual({
			operation: 'create',
			element,
			'label:ИНН': '+7',
			'label:Интересы': ['Отдых', 'Покупки'],
		});
		expect(files).toEqual(
			Object.fromEntries(
				contents.map((content, index) => [
					`file_${index}`,
					{
						name: `Чек № ${index}.pdf`,
						type: 'application/pdf',
						size: content.length,
						error: 0,
						md5: createHash('md5').update(content).digest('hex'),
					},
				]),
			),
		);
	});

	it.each([
		'../../a"; filename="b.php',
		'a\r\nContent-Type: text/x-php\r\n\r\nb.pdf',
		"o'брайен\\.pdf",
	])('reads one file, and the name that was sent, of %j', async (fileName) => {
		const safe = safeFileName(fileName);
		const { post, files } = await readByPhp([file('filename', safe, Buffer.from('%PDF'))]);
		expect(post).toEqual([]);
		expect(files).toEqual({
			filename: expect.objectContaining({ name: safe, type: 'application/pdf', size: 4 }),
		});
	});
});
