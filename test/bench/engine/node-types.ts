import { join } from 'node:path';
import type { IDataObject, INodeType, INodeTypes } from 'n8n-workflow';
import type { HostModules } from './host-modules';

const OURS = 'n8n-nodes-partner-exchange';
const BUILT_IN = 'n8n-nodes-base';
/** Stands in for the first node of a committed workflow and gives the items of the bench. */
export const ITEMS_NODE = 'bench.items';

/** All nodes that the workflows of the bench use. */
export class BenchNodeTypes implements INodeTypes {
	private input: IDataObject[] = [];
	private readonly itemsNode: INodeType;

	private constructor(
		private readonly host: HostModules,
		private readonly loaders: Record<string, InstanceType<HostModules['core']['DirectoryLoader']>>,
	) {
		this.itemsNode = createItemsNode(() => this.input);
	}

	/**
	 * @param packageFolder our package, installed as n8n installs it
	 */
	static async load(host: HostModules, packageFolder: string): Promise<BenchNodeTypes> {
		const { LazyPackageDirectoryLoader, PackageDirectoryLoader } = host.core;
		const builtIn = join(host.folder, 'node_modules', BUILT_IN);
		const loaders = {
			[BUILT_IN]: new LazyPackageDirectoryLoader(builtIn),
			[OURS]: new PackageDirectoryLoader(packageFolder),
		};
		for (const loader of Object.values(loaders)) await loader.loadAll();
		return new BenchNodeTypes(host, loaders);
	}

	/** What the next run has for input. */
	giveOut(items: IDataObject[]): void {
		this.input = items;
	}

	getByName(type: string): INodeType {
		return this.getByNameAndVersion(type);
	}

	getByNameAndVersion(type: string, version?: number): INodeType {
		if (type === ITEMS_NODE) return this.itemsNode;
		const [packageName = '', name = ''] = type.split('.');
		const loader = this.loaders[packageName];
		if (!loader) throw new Error(`The bench has no nodes of "${packageName}"`);
		return this.host.workflow.NodeHelpers.getVersionedNodeType(loader.getNode(name).type, version);
	}

	getKnownTypes(): IDataObject {
		return {};
	}
}

function createItemsNode(items: () => IDataObject[]): INodeType {
	return {
		description: {
			displayName: 'Items',
			name: 'items',
			group: ['trigger'],
			version: 1,
			description: '',
			defaults: {},
			inputs: [],
			outputs: ['main'],
			properties: [],
		},
		async execute() {
			return await Promise.resolve([items().map((json, item) => ({ json, pairedItem: { item } }))]);
		},
	};
}
