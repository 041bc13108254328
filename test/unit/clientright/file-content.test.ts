import { randomBytes } from 'node:crypto';
import { ContentSieve } from '../../../nodes/ClientRight/wire/file-content';

const MEGABYTE = 1024 * 1024;

/** Sifts an answer that comes in parts of a size. */
function sift(answer: string | Buffer, size: number, maxBytes = MEGABYTE) {
	const sieve = new ContentSieve(maxBytes);
	const bytes = Buffer.from(answer);
	const rest: Buffer[] = [];
	const content: Buffer[] = [];
	for (let at = 0; at < bytes.length; at += size) {
		const divided = sieve.take(bytes.subarray(at, at + size));
		rest.push(divided.rest);
		content.push(divided.content);
	}
	rest.push(sieve.end());
	return { rest: Buffer.concat(rest).toString(), content: Buffer.concat(content), sieve };
}

const around = (content: string) =>
	`{"success":true,"result":[{"fileid":"28","filename":"a.pdf","filesize":546,"filecontents":${content}}]}`;

describe.each([1, 2, 3, 7, 64, 100_000])('ContentSieve, in parts of %i bytes', (size) => {
	it.each([0, 1, 2, 3, 4, 5, 1_000])('takes a content of %i bytes out', (length) => {
		const bytes = randomBytes(length);
		const { rest, content, sieve } = sift(around(`"${bytes.toString('base64')}"`), size);
		expect(content).toEqual(bytes);
		expect(rest).toBe(around('""'));
		expect(sieve).toMatchObject({ bytes: length, hasContent: true, isOver: true });
	});

	it('reads what another encoder of JSON writes', () => {
		const bytes = Buffer.from([0xff, 0xff, 0xfe, 0xff, 0xff]);
		const escaped = bytes.toString('base64').replaceAll('/', '\\/');
		expect(sift(around(` "${escaped}"`), size).content).toEqual(bytes);
		const broken = `"${escaped.slice(0, 4)}\\r\\n${escaped.slice(4)}"`;
		const spaced = around(broken).replace('contents":', 'contents" : ');
		expect(sift(spaced, size).content).toEqual(bytes);
	});

	it.each([
		['an error', '{"success":false,"error":{"code":"RECORD_NOT_FOUND","message":"…"}}'],
		['no content', around('null')],
		['a name that looks like the key', around('null').replace('a.pdf', '\\"filecontents\\":\\"x')],
		['the beginning of the key at the end', '{"filecon'],
		['nothing', ''],
	])('leaves an answer with %s as it is', (_, answer) => {
		const { rest, sieve } = sift(answer, size);
		expect(rest).toBe(answer);
		expect(sieve.hasContent).toBe(false);
	});

	it('knows that the end is missing', () => {
		const { sieve } = sift(around('"QUJD"').slice(0, -6), size);
		expect(sieve).toMatchObject({ hasContent: true, isOver: false });
	});

	it.each(['"QUJD!"', '"Q"', '"QQ==QUJD"', '"QQ=A"', '"\\u0041"'])('refuses %s', (content) => {
		expect(() => sift(around(content), size)).toThrow(
			expect.objectContaining({ fault: 'damaged' }) as Error,
		);
	});

	it('stops at a content that is too large', () => {
		const content = randomBytes(1_000).toString('base64');
		expect(() => sift(around(`"${content}"`), size, 999)).toThrow(
			expect.objectContaining({ fault: 'tooLarge' }) as Error,
		);
	});
});
