/** The PDF objects of an empty page of the size A4. */
const OBJECTS = [
	'<</Type/Catalog/Pages 2 0 R>>',
	'<</Type/Pages/Kids[3 0 R]/Count 1>>',
	'<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>',
];

/**
 * Creates a PDF of one empty page, which the CRM's document has a form send instead of the real files
 * (docs/protocols/clientright.md, 4.6).
 *
 * @example
 * clientright.placeholderPdf().subarray(0, 8).toString(); // => '%PDF-1.4'
 */
export function placeholderPdf(): Buffer {
	let text = '%PDF-1.4\n';
	const starts = OBJECTS.map((object, index) => {
		const start = text.length;
		text += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return start;
	});
	const table = text.length;
	const entries = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
	const size = OBJECTS.length + 1;
	text += `xref\n0 ${size}\n0000000000 65535 f \n${entries}`;
	text += `trailer\n<</Size ${size}/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
	return Buffer.from(text, 'latin1');
}
