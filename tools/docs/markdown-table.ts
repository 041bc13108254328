/** Formats a table as Prettier does, so that Prettier does not change it. */
export function markdownTable([head = [], ...rows]: readonly string[][]): string {
	const widths = head.map((_, column) =>
		Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)),
	);
	const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	const pad = (row: readonly string[]) =>
		line(widths.map((width, column) => (row[column] ?? '').padEnd(width)));
	return [pad(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(pad)].join('\n');
}
