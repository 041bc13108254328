import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder } from '../n8n/checkout';
import { operationsOf, type Described } from './descriptions';
import { subjectsOf, type Page } from './pages';

/** Operations without a schema: the partner or the input decides what their output is. */
const WITHOUT_SCHEMA: ReadonlySet<string> = new Set([
	'clientRight operation.call',
	'elektrik phone.hash',
	'elektrik request.respond',
	'exapi request.call',
	'exapi request.respond',
]);

/** An operation of a node, or a whole trigger or credential. */
export interface Subject {
	part: Described;
	/** As the pages call it: `exapi order.create`, `exapiTrigger`. */
	name: string;
	resource?: string;
	operation?: string;
}

/** Lists everything that needs a table of fields. */
export function subjectsIn(parts: Iterable<Described>): Subject[] {
	return [...parts].flatMap((part) => {
		const operations = operationsOf(part);
		if (operations.length === 0) return [{ part, name: part.name }];
		return operations.map(([resource, operation]) => ({
			part,
			name: `${part.name} ${resource}.${operation}`,
			resource,
			operation,
		}));
	});
}

/** Returns the first two columns of the table of operations in the READMEs, one row per subject. */
export function operationRows(subjects: readonly Subject[]): string[] {
	return subjects.flatMap((subject) => rowOf(subject) ?? []);
}

function rowOf({ part, resource, operation }: Subject): string | undefined {
	if (resource === undefined || operation === undefined) {
		return part.name.endsWith('Trigger') ? `${part.displayName} | ` : undefined;
	}
	const operationFields = part.properties.filter(({ displayOptions }) =>
		displayOptions?.show?.resource?.includes(resource),
	);
	const labels = [
		labelOf(part.properties, 'resource', resource),
		labelOf(operationFields, 'operation', operation),
	];
	return `${part.displayName} | ${labels.join(': ')}`;
}

/** Returns the label of an option, such as "Get Many" for `getAll`. */
function labelOf(fields: Described['properties'], name: string, value: string): string {
	const options = fields.filter((field) => field.name === name).flatMap((field) => field.options);
	const found = options.find((option) => option && 'value' in option && option.value === value);
	return found?.name ?? value;
}

/** Lists the sections that the pages of one language lack. */
export function missingSections(
	subjects: readonly Subject[],
	folder: string,
	pages: readonly Page[],
): string[] {
	return subjects
		.filter(({ name }) => !pages.some((page) => subjectsOf(page).includes(name)))
		.map(({ part, name }) => {
			const own = pages.find((page) =>
				subjectsOf(page).some((other) => other.split(' ')[0] === part.name),
			);
			return `${own?.file ?? folder}: a section about "${name}" with an empty table: <!-- fields of ${name} --> and <!-- end of fields -->`;
		});
}

/** Lists the rows that the table of operations in a README lacks. */
export function missingRows(subjects: readonly Subject[], file: string): string[] {
	const text = readFileSync(join(checkoutFolder(), file), 'utf8');
	const rows = new Set(
		[...text.matchAll(/^\|([^|\n]*)\|([^|\n]*)\|/gm)].map(
			([, first = '', second = '']) => `${first.trim()} | ${second.trim()}`,
		),
	);
	return operationRows(subjects)
		.filter((row) => !rows.has(row))
		.map((row) => `${file}: a row "${row}" in the table of operations`);
}

/** Lists the missing files with the output of an operation. */
export function missingSchemas(subjects: readonly Subject[]): string[] {
	return subjects.flatMap(({ part, name, resource, operation }) => {
		if (resource === undefined || operation === undefined || WITHOUT_SCHEMA.has(name)) return [];
		const file = join(part.folder, '__schema__', 'v1.0.0', resource, `${operation}.json`);
		if (existsSync(join(checkoutFolder(), file))) return [];
		return [
			`${file}: a JSON Schema of the output. If the output is not known in advance, add the operation to WITHOUT_SCHEMA in tools/docs/missing.ts`,
		];
	});
}
