import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Container } from '@n8n/di';
import { BinaryDataConfig, BinaryDataService } from 'n8n-core';
import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { type Loopback, serve } from '../unit/shared/loopback';
import { ACCESS_KEY, USERNAME } from './clientright-bench';
import { runNode, type NodeOutcome } from './engine';
import { success } from './scripted-crm';

/** n8n keeps files on the disk, as it does by default, so that what is in memory is ours. */

const MEGABYTE = 1024 * 1024;
/** A multiple of three bytes, so that its base64 can be repeated. */
const PIECE = randomBytes(48 * 1024);
const PIECE_AS_BASE64 = PIECE.toString('base64');
const HASH = 'sha256';

let folder: string;
let binaryData: BinaryDataService;
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'partner-exchange-files-'));
	Object.assign(Container.get(BinaryDataConfig), { mode: 'filesystem', localStoragePath: folder });
	binaryData = Container.get(BinaryDataService);
	await binaryData.init();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let server: Loopback | undefined;
afterEach(async () => {
	await server?.close();
	server = undefined;
});

/** A file of so many pieces. */
function* piecesOf(count: number): Generator<Buffer> {
	for (let done = 0; done < count; done++) yield PIECE;
}

function hashOf(count: number): string {
	const hash = createHash(HASH);
	for (const piece of piecesOf(count)) hash.update(piece);
	return hash.digest('hex');
}

async function hashOfFile(path: string): Promise<string> {
	const hash = createHash(HASH);
	for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) hash.update(piece);
	return hash.digest('hex');
}

/** A CRM that holds nothing of a file: it counts what comes, and makes what it gives. */
async function startCrm(count: number): Promise<{ received: () => string[] }> {
	const bytes = count * PIECE.length;
	const document = {
		id: '15x27',
		notes_title: 'большой',
		filename: 'big.pdf',
		filetype: 'application/pdf',
		filesize: String(bytes),
		filelocationtype: 'I',
		imageattachmentids: '15x28',
	};
	const received: string[] = [];
	const answers: Record<string, unknown> = {
		getchallenge: { token: 'scriptedToken' },
		login: { sessionName: 'scriptedSession', userId: '19x1' },
		describe: { name: 'Documents', label: 'Documents', idPrefix: '15', isEntity: true, fields: [] },
		retrieve: document,
	};
	const handle = async (incoming: IncomingMessage, response: ServerResponse) => {
		const type = incoming.headers['content-type'] ?? '';
		if (type.startsWith('multipart/')) {
			received.push(await hashOfUpload(incoming, bytes));
			response.end(success(document));
			return;
		}
		const body: Buffer[] = [];
		for await (const piece of incoming as AsyncIterable<Buffer>) body.push(piece);
		const query = `${incoming.url?.split('?')[1] ?? ''}&${Buffer.concat(body).toString()}`;
		const operation = new URLSearchParams(query).get('operation') ?? '';
		if (operation === 'files_retrieve') await giveFile(response, count);
		else response.end(success(answers[operation]));
	};
	server = await serve((incoming, response) => void handle(incoming, response));
	return { received: () => received };
}

/** The hash of the file in a form, which is its last part. */
async function hashOfUpload(incoming: IncomingMessage, bytes: number): Promise<string> {
	const hash = createHash(HASH);
	let head: Buffer | undefined = Buffer.alloc(0);
	let left = bytes;
	for await (let piece of incoming as AsyncIterable<Buffer>) {
		if (head) {
			head = Buffer.concat([head, piece]);
			const name = head.indexOf('filename="');
			const start = name === -1 ? -1 : head.indexOf('\r\n\r\n', name);
			if (start === -1) continue;
			piece = head.subarray(start + 4);
			head = undefined;
		}
		hash.update(piece.subarray(0, left));
		left -= Math.min(left, piece.length);
	}
	return hash.digest('hex');
}

async function giveFile(response: ServerResponse, count: number): Promise<void> {
	const file = { fileid: '28', filename: 'big.pdf', filesize: count * PIECE.length };
	const [before, after] = success([{ ...file, filecontents: '…' }]).split('…');
	response.write(before);
	for (let done = 0; done < count; done++) {
		if (!response.write(PIECE_AS_BASE64)) await once(response, 'drain');
	}
	response.end(after);
}

async function storedFile(count: number): Promise<IBinaryData> {
	const path = join(folder, `${count}.pdf`);
	const output = createWriteStream(path);
	Readable.from(piecesOf(count)).pipe(output);
	await once(output, 'finish');
	return await binaryData.copyBinaryFile(
		{ type: 'execution', workflowId: 'test', executionId: 'before' },
		{ mimeType: 'application/pdf', fileName: 'big.pdf', data: '' },
		path,
	);
}

async function run(
	operation: string,
	parameters: IDataObject,
	files: IBinaryData[] = [],
): Promise<NodeOutcome> {
	const input = Array.from({ length: Math.max(1, files.length) }, () => ({}));
	return await runNode({
		node: 'clientRight',
		parameters: { resource: 'document', operation, ...parameters },
		input,
		binary: files.map((data) => ({ data })),
		credentials: {
			clientRightApi: {
				url: `${server!.url}/webservice.php`,
				username: USERNAME,
				accessKey: ACCESS_KEY,
				allowUnauthorizedCerts: false,
			},
		},
	});
}

/** How much memory something takes at its peak: buffers, and what is on the heap. */
async function peakOf<T>(work: () => Promise<T>): Promise<{ result: T; peak: number }> {
	const used = () => {
		const { external, heapUsed } = process.memoryUsage();
		return external + heapUsed;
	};
	const before = used();
	let most = before;
	const timer = setInterval(() => (most = Math.max(most, used())), 5);
	try {
		return { result: await work(), peak: most - before };
	} finally {
		clearInterval(timer);
	}
}

/** 100 MB and a little more. */
const LARGE = Math.ceil((100 * MEGABYTE) / PIECE.length);
/** 1 MB. */
const SMALL = Math.ceil(MEGABYTE / PIECE.length);
/**
 * Far less than the bytes of a file of 100 MB, or its base64, which has a third more. Most of it is garbage
 * that was not collected yet.
 */
const BOUND = 80 * MEGABYTE;

it('a file of 100 MB is uploaded whole, and never held in memory', async () => {
	const { received } = await startCrm(LARGE);
	const files = [await storedFile(LARGE)];
	const { result, peak } = await peakOf(async () => await run('upload', {}, files));
	expect(result.error).toBeUndefined();
	expect(received()).toEqual([hashOf(LARGE)]);
	expect(peak).toBeLessThan(BOUND);
}, 120_000);

it('a file of 100 MB is downloaded whole, and never held in memory', async () => {
	await startCrm(LARGE);
	const options = { maxFileSize: 128 };
	const { result, peak } = await peakOf(
		async () => await run('download', { documentId: '15x27', options }),
	);
	expect(result.error).toBeUndefined();
	const { id } = result.items[0]!.binary!.data!;
	expect(await hashOfFile(binaryData.getPath(id!))).toBe(hashOf(LARGE));
	expect(peak).toBeLessThan(BOUND);
}, 120_000);

it('fifty files of 1 MB are uploaded and downloaded within the same memory', async () => {
	const { received } = await startCrm(SMALL);
	const file = await storedFile(SMALL);
	const files = Array.from({ length: 50 }, () => file);
	const { result, peak } = await peakOf(async () => ({
		up: await run('upload', {}, files),
		down: await run('download', { documentId: '15x27' }, files),
	}));
	expect(result.up.error).toBeUndefined();
	expect(result.down.error).toBeUndefined();
	expect(received()).toEqual(files.map(() => hashOf(SMALL)));
	expect(result.down.items.map(({ binary }) => binary?.data?.bytes)).toEqual(
		files.map(() => SMALL * PIECE.length),
	);
	expect(peak).toBeLessThan(BOUND);
}, 120_000);
