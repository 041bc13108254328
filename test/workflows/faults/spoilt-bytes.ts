/** "При" as windows-1251 has it: not UTF-8. */
const STRAY = Buffer.from([0xcf, 0xf0, 0xe8]);

/** Puts bytes that are not UTF-8 where they belong to no value that anybody reads. */
export function bytesBeforeEnd(body: Buffer): Buffer {
	const text = body.toString('latin1');
	const isXml = text.trimStart().startsWith('<');
	const end = isXml ? text.lastIndexOf('</') : text.lastIndexOf('}');
	const [before, after] = isXml ? ['<!-- ', ' -->'] : [',"note":"', '"'];
	return Buffer.concat([
		body.subarray(0, end),
		Buffer.from(before),
		STRAY,
		Buffer.from(after),
		body.subarray(end),
	]);
}

const CODES = new Map(
	Array.from({ length: 128 }, (_, index) => index + 128).map((code) => [
		new TextDecoder('windows-1251').decode(Uint8Array.of(code)),
		code,
	]),
);

/** The text of UTF-8 bytes in windows-1251; what that does not have becomes `?`. */
export function inWindows1251(body: Buffer): Buffer {
	const codes = Array.from(body.toString('utf8'), (character) => {
		const code = character.codePointAt(0) ?? 0;
		return code < 128 ? code : (CODES.get(character) ?? 0x3f);
	});
	return Buffer.from(codes);
}
