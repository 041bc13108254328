import { describedParts, type Described } from '../../../tools/docs/descriptions';
import {
	missingRows,
	missingSchemas,
	missingSections,
	subjectsIn,
} from '../../../tools/docs/missing';
import { pagesIn } from '../../../tools/docs/pages';

/** The node Exapi as a contributor extends it: with an operation that nothing documents yet. */
function extendedNode(): Described {
	const part = describedParts().get('exapi')!;
	const properties = part.properties.map((field) =>
		field.name === 'operation' && field.displayOptions?.show?.resource?.includes('order')
			? { ...field, options: [...(field.options ?? []), { name: 'Cancel', value: 'cancel' }] }
			: field,
	);
	return { ...part, properties };
}

const extended = subjectsIn([extendedNode()]);

describe.each(['docs', 'docs/ru'])('the pages in %s', (folder) => {
	it('have a section for everything in the package', () => {
		const subjects = subjectsIn(describedParts().values());
		expect(missingSections(subjects, folder, pagesIn(folder))).toEqual([]);
	});

	it('lack the section of a new operation', () => {
		expect(missingSections(extended, folder, pagesIn(folder))).toEqual([
			`${folder}/exapi.md: a section about "exapi order.cancel" with an empty table: <!-- fields of exapi order.cancel --> and <!-- end of fields -->`,
		]);
	});

	it('may not mention a new node at all', () => {
		const part = { ...extendedNode(), name: 'other' };
		const missing = missingSections(subjectsIn([part]), folder, pagesIn(folder));
		expect(missing).toHaveLength(subjectsIn([part]).length);
		expect(missing[0]).toMatch(new RegExp(`^${folder}: a section about "other `));
	});
});

it.each(['README.md', 'README.ru.md'])('%s lacks the row of a new operation', (file) => {
	expect(missingRows(subjectsIn(describedParts().values()), file)).toEqual([]);
	expect(missingRows(extended, file)).toEqual([
		`${file}: a row "Exapi | Order: Cancel" in the table of operations`,
	]);
});

it('a new operation lacks the schema of its output', () => {
	expect(missingSchemas(subjectsIn(describedParts().values()))).toEqual([]);
	expect(missingSchemas(extended)).toEqual([
		expect.stringContaining('nodes/Exapi/__schema__/v1.0.0/order/cancel.json: '),
	]);
});
