/**
 * A whole PDF of one page that says one line.
 *
 * @param line ASCII letters, digits and spaces: no font is embedded
 */
export function smallPdf(line: string): Buffer {
	const drawing = `BT /F1 18 Tf 72 770 Td (${line.replace(/[^\w .-]/g, '')}) Tj ET`;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R ' +
			'/Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${drawing.length} >>\nstream\n${drawing}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	let text = '%PDF-1.4\n';
	const offsets = objects.map((object, index) => {
		const offset = text.length;
		text += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return String(offset).padStart(10, '0');
	});
	const table = ['0000000000 65535 f ', ...offsets.map((offset) => `${offset} 00000 n `)];
	const trailer = `<< /Size ${table.length} /Root 1 0 R >>`;
	const end = `xref\n0 ${table.length}\n${table.join('\n')}\ntrailer\n${trailer}`;
	return Buffer.from(`${text}${end}\nstartxref\n${text.length}\n%%EOF\n`, 'latin1');
}
