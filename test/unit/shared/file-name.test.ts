import fc from 'fast-check';
import { safeFileName, titledFileName } from '../../../nodes/shared/wire/text';

describe('a file of a title and a path', () => {
	it.each([
		['договор', '9e84c3f86209302799f46d0136e93ab6.pdf', 'договор.pdf'],
		['договор.pdf', '9e84.pdf', 'договор.pdf'],
		['договор.PDF', '9e84.pdf', 'договор.PDF'],
		['счёт.exe', '9e84.pdf', 'счёт.exe.pdf'],
		['Договор от 05.05.2026', '9e84.pdf', 'Договор от 05.05.2026.pdf'],
		['Договор «Ромашка» — "копия"', '9e84.pdf', 'Договор «Ромашка» — копия.pdf'],
		[
			'Скриншот прогресса обучения/личного кабинета',
			'a.pdf',
			'Скриншот прогресса обучения_личного кабинета.pdf',
		],
		['договор', 'noextension', 'договор'],
		['', '9e84.pdf', '9e84.pdf'],
		[' \r\n"', '9e84.pdf', '9e84.pdf'],
		['', '', 'file'],
		['../..', '..', 'file'],
	])('%j and %j is called %j', (title, path, name) => {
		expect(titledFileName(title, path)).toBe(name);
	});
});

describe('safeFileName', () => {
	it.each([
		['../../etc/passwd', 'etc_passwd'],
		['..\\..\\boot.ini', 'boot.ini'],
		['/storage/a.pdf', 'storage_a.pdf'],
		['a\r\nSet-Cookie: x=1.pdf', 'a Set-Cookie: x=1.pdf'],
		['a\u0000.pdf', 'a.pdf'],
		['a"; filename="b.exe', 'a; filename=b.exe'],
		["a'b`c.pdf", 'abc.pdf'],
		['cod\u202efdp.exe', 'codfdp.exe'],
		['\u2066a\u2069\u200e\u200f\u061c.pdf', 'a.pdf'],
		['\ufeffa\u200b.pdf', 'a.pdf'],
		['a\u2028b.pdf', 'a b.pdf'],
		['\ud800a.pdf', 'a.pdf'],
		['...', ''],
		['скан 1.pdf', 'скан 1.pdf'],
	])('%j becomes %j', (name, safe) => expect(safeFileName(name)).toBe(safe));

	it('removes paths, line ends and hidden extensions', () => {
		const piece = fc.constantFrom(
			'..',
			'/',
			'\\',
			'\r\n',
			'\0',
			'"',
			"'",
			'\u202e',
			'\u2066',
			'a',
			'ы',
			'.',
			' ',
			'😀',
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 40 }), fc.array(piece), (title, path) => {
				const name = titledFileName(title.join(''), path.join(''));
				expect(name).toMatch(/^[^/\\\p{Cc}\p{Cf}"'`]+$/u);
				expect(name).not.toMatch(/^\.*$/);
				expect(safeFileName(name)).toBe(name.trim());
			}),
		);
	});

	it('shortens a name to the limit of file systems and keeps its extension', () => {
		const name = titledFileName('Ы'.repeat(5_000), 'a.pdf');
		expect(Buffer.byteLength(name)).toBeLessThan(255);
		expect(name).toMatch(/Ы\.pdf$/);
		const emoji = safeFileName(`${'😀'.repeat(500)}.docx`);
		expect(emoji).toMatch(/^(😀)+\.docx$/u);
		expect(Buffer.byteLength(emoji)).toBeLessThan(255);
	});
});
