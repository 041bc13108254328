import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';
import manifest from '../../../package.json';
import type { WorkflowDefinition } from '../../../tools/n8n/workflow';

export const CHECKOUT = join(__dirname, '..', '..', '..');

/** What the examples may use of n8n's own: its versions in n8n 2.41, its name in the editor. */
interface N8nNode {
	versions: readonly number[];
	/** Other names that the editor gives it, by operation. */
	givenNames: readonly string[];
	/** Whether n8n keeps an address for it, which `webhookId` is part of. */
	hasAddress?: boolean;
}

const N8N_NODES: Readonly<Record<string, N8nNode>> = {
	dataTable: {
		versions: [1, 1.1],
		givenNames: [
			'Data table',
			'Insert row',
			'Get row(s)',
			'Update row(s)',
			'Upsert row(s)',
			'Delete row(s)',
			'If row exists',
			'If row does not exist',
			'Create a data table',
		],
	},
	errorTrigger: { versions: [1], givenNames: ['Error Trigger'] },
	filter: { versions: [2, 2.1, 2.2, 2.3], givenNames: ['Filter'] },
	form: { versions: [1, 2.3, 2.4, 2.5], givenNames: ['Form', 'Next Form Page'], hasAddress: true },
	formTrigger: {
		versions: [2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6],
		givenNames: ['On form submission', 'n8n Form Trigger'],
		hasAddress: true,
	},
	ftp: {
		versions: [1, 1.1],
		givenNames: ['FTP', 'Upload a file', 'Download a file', 'List folder content'],
	},
	if: { versions: [2, 2.1, 2.2, 2.3], givenNames: ['If'] },
	manualTrigger: {
		versions: [1],
		givenNames: ['When clicking ‘Execute workflow’', 'Manual Trigger'],
	},
	merge: { versions: [1, 2, 2.1, 3, 3.1, 3.2], givenNames: ['Merge'] },
	noOp: { versions: [1], givenNames: ['No Operation, do nothing'] },
	postgres: {
		versions: [2, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6],
		givenNames: ['Postgres', 'Execute a SQL query'],
	},
	removeDuplicates: { versions: [2], givenNames: ['Remove Duplicates'] },
	scheduleTrigger: {
		versions: [1, 1.1, 1.2, 1.3],
		givenNames: ['Schedule Trigger'],
	},
	set: { versions: [3, 3.1, 3.2, 3.3, 3.4, 3.5], givenNames: ['Edit Fields', 'Set'] },
	splitOut: { versions: [1], givenNames: ['Split Out'] },
	stickyNote: { versions: [1], givenNames: ['Sticky Note'] },
	webhook: { versions: [1, 1.1, 2, 2.1], givenNames: ['Webhook'], hasAddress: true },
};

/** A node type that an example may have. */
export interface KnownNode {
	versions: readonly number[];
	/** The names that n8n gives such a node, until a person gives it one. */
	givenNames: readonly string[];
	hasAddress: boolean;
	/** Of our own nodes. */
	description?: INodeTypeDescription;
}

/** The node types of this package and those of n8n that the examples may use, by their full names. */
export async function knownNodes(): Promise<Map<string, KnownNode>> {
	const known = new Map<string, KnownNode>();
	for (const [name, node] of Object.entries(N8N_NODES)) {
		known.set(`n8n-nodes-base.${name}`, { hasAddress: false, ...node });
	}
	for (const file of manifest.n8n.nodes) {
		const description = await descriptionOf(file);
		known.set(`${manifest.name}.${description.name}`, {
			versions: [description.version].flat(),
			givenNames: givenNamesOf(description),
			hasAddress: (description.webhooks ?? []).length > 0,
			description,
		});
	}
	return known;
}

/** @param built path of the built file, as the manifest has it */
async function descriptionOf(built: string): Promise<INodeTypeDescription> {
	const source = join(CHECKOUT, built.replace(/^dist\//, '').replace(/\.js$/, ''));
	const exported = (await import(source)) as Record<string, new () => INodeType>;
	const [NodeClass] = Object.values(exported);
	return new NodeClass!().description;
}

/** n8n names a node after the operation that it was added for. */
function givenNamesOf({ displayName, defaults, properties }: INodeTypeDescription): string[] {
	const operations = properties.filter(({ name }) => name === 'operation');
	const actions = operations.flatMap(({ options = [] }) =>
		options.flatMap((option) => ('action' in option ? [String(option.action)] : [])),
	);
	return [displayName, String(defaults.name), ...actions];
}

/** The examples by the names of their files. */
export function readExamples(): Array<[file: string, WorkflowDefinition]> {
	const folder = join(CHECKOUT, 'examples');
	return readdirSync(folder)
		.filter((file) => file.endsWith('.json'))
		.map((file) => {
			const text = readFileSync(join(folder, file), 'utf8');
			return [file, JSON.parse(text) as WorkflowDefinition];
		});
}
