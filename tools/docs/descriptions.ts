import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ICredentialType, INodeProperties, INodeType } from 'n8n-workflow';
import { checkoutFolder } from '../n8n/checkout';

/** A node or a credential as the editor shows it. */
export interface Described {
	/** As workflows know it: `exapi`, `exapiApi`. */
	name: string;
	displayName: string;
	/** The folder of its source, such as `nodes/Exapi`. */
	folder: string;
	properties: INodeProperties[];
}

interface Manifest {
	n8n: { nodes: string[]; credentials: string[] };
}

type Exports = Record<string, new () => INodeType | ICredentialType>;

/** Loads a node or a credential from the build, which is what a user installs. */
function load(file: string): Described {
	// eslint-disable-next-line @typescript-eslint/no-require-imports -- its name is in package.json
	const [Part] = Object.values(require(join(checkoutFolder(), file)) as Exports);
	if (Part === undefined) throw new Error(`${file} exports no class`);
	const part = new Part();
	const { name, displayName, properties } = 'description' in part ? part.description : part;
	return { name, displayName, folder: relative('dist', dirname(file)), properties };
}

/** Loads all nodes and credentials that the package registers, by name, from the build. */
export function describedParts(): Map<string, Described> {
	const text = readFileSync(join(checkoutFolder(), 'package.json'), 'utf8');
	const { n8n } = JSON.parse(text) as Manifest;
	const parts = [...n8n.nodes, ...n8n.credentials].map(load);
	return new Map(parts.map((part) => [part.name, part]));
}

/** Returns the operations of a node with their resources; none for triggers and credentials. */
export function operationsOf({ properties }: Described): Array<[string, string]> {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			options.map((option): [string, string] => [
				displayOptions?.show?.resource?.[0] as string,
				'value' in option ? String(option.value) : '',
			]),
		);
}

/** Returns the fields of one operation, or of a node without operations, in the editor's order. */
export function fieldsOf(part: Described, resource = '', operation = ''): INodeProperties[] {
	if (resource === '') return part.properties;
	return part.properties.filter(({ displayOptions, name }) => {
		const { resource: resources, operation: operations } = displayOptions?.show ?? {};
		return name !== 'operation' && resources?.includes(resource) && operations?.includes(operation);
	});
}
