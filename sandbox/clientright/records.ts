import { SandboxControlError } from '../core/input';
import { moduleNamed, MODULES, type Module } from './modules';

/** The records that the CRM's own operations make (docs/protocols/clientright.md). */
export type RecordKind = 'contact' | 'account' | 'project';

/** Fields by name; all values are text. */
export type WireFields = Readonly<Record<string, string>>;

/** One call that created or changed a record. */
export interface Revision {
	/** ISO 8601 in UTC. */
	time: string;
	/** Exactly what was sent, without operation and session; names nobody documents too. */
	sent: WireFields;
}

/** A file of a document. */
export interface Attachment {
	/** From the sequence of the records' ids. */
	number: string;
	/** As GetFilesList returns it: below the CRM's folder, or a whole address. */
	path: string;
	content: Buffer;
	/** Its download answers 403. */
	forbidden: boolean;
}

/** A record of any module. */
export interface StoredRecord {
	/** Without the prefix of its module. */
	id: string;
	module: Module;
	/** Every field of the module, `''` where it is empty; references and owners with prefix. */
	fields: Record<string, string>;
	/** Oldest first; none for a seeded record. */
	revisions: Revision[];
	/** ISO 8601 in UTC, as the one below. */
	createdAt: string;
	modifiedAt: string;
	/** Of a document, the one that counts first. */
	attachments: Attachment[];
}

/** Who makes a record, and in which way. */
export interface Origin {
	userId?: string;
	source?: 'WEBSERVICE' | 'WEBFORM' | 'CRM';
}

const FIRST_ID = 84_001;
/** The fields by which the CRM's own operations look for a record. */
const KEY_FIELDS: Readonly<Record<string, string>> = { Contacts: 'mobile', Accounts: 'cf_inn' };
/** What the CRM lists, and no user makes. */
const LISTS: ReadonlyArray<readonly [module: string, id: string, fields: WireFields]> = [
	['Groups', '2', { groupname: 'Team Selling', description: 'Group Related to Sales' }],
	[
		'Groups',
		'3',
		{ groupname: 'Marketing Group', description: 'Group Related to Marketing Activities' },
	],
	[
		'Groups',
		'4',
		{ groupname: 'Support Group', description: 'Group Related to providing Support to Customers' },
	],
	[
		'Currency',
		'1',
		{
			currency_name: 'USA, Dollars',
			currency_code: 'USD',
			currency_symbol: '$',
			conversion_rate: '1',
			currency_status: 'Active',
			defaultid: '-11',
		},
	],
	['DocumentFolders', '1', { foldername: 'Default', description: '', sequence: '1' }],
];

/** The records of one CRM, which share one sequence of ids. */
export class RecordBook {
	private readonly byId = new Map<string, StoredRecord>();
	/** By module and id, in the order of the ids. */
	private readonly byModule = new Map<string, Map<string, StoredRecord>>();
	private readonly byKey = new Map<string, Set<StoredRecord>>();
	/** Documents and the like by the record that they were linked to. */
	private readonly links = new Map<StoredRecord, Set<StoredRecord>>();
	/** The last number that vtiger gave, by module. */
	private readonly numbers = new Map<string, number>();
	private readonly lists = LISTS.map(([module, id, fields]) => newRecord(id, module, fields));
	private lastId = FIRST_ID - 1;

	/** @param users who are no records of users' own making */
	constructor(private readonly users: () => StoredRecord[]) {}

	nextId(): string {
		this.lastId += 1;
		return String(this.lastId);
	}

	create(module: string, fields: WireFields, origin: Origin = {}): StoredRecord {
		const { userId = '19x1', source = 'CRM' } = origin;
		const record = newRecord(this.nextId(), module, {
			assigned_user_id: userId,
			creator: userId,
			...fields,
			modifiedby: userId,
			source,
		});
		for (const { name, numbering } of record.module.fields.values()) {
			if (numbering === '') continue;
			const number = (this.numbers.get(module) ?? 0) + 1;
			this.numbers.set(module, number);
			record.fields[name] = `${numbering}${number}`;
		}
		this.byId.set(record.id, record);
		const ofModule = this.byModule.get(module) ?? new Map<string, StoredRecord>();
		this.byModule.set(module, ofModule.set(record.id, record));
		this.addKey(record);
		return record;
	}

	change(record: StoredRecord, changes: WireFields, userId = '19x1'): void {
		this.removeKey(record);
		Object.assign(record.fields, changes, { modifiedby: userId });
		record.modifiedAt = new Date().toISOString();
		this.addKey(record);
	}

	delete(record: StoredRecord): void {
		this.byId.delete(record.id);
		this.byModule.get(record.module.name)?.delete(record.id);
		this.removeKey(record);
		this.links.delete(record);
		for (const others of this.links.values()) others.delete(record);
	}

	/** Takes a lead that was converted out of its module's lists; by its id it is still there. */
	hide(record: StoredRecord): void {
		this.byModule.get(record.module.name)?.delete(record.id);
	}

	isHidden(record: StoredRecord): boolean {
		return this.byModule.get(record.module.name)?.has(record.id) !== true;
	}

	addRevision(record: StoredRecord, sent: WireFields): void {
		record.revisions.push({ time: new Date().toISOString(), sent });
	}

	/** Oldest first. */
	all(module?: string): StoredRecord[] {
		if (module === 'Users') return this.users();
		if (module === undefined) return [...this.byId.values()];
		if (MODULES.get(module)?.isEntity) return [...(this.byModule.get(module)?.values() ?? [])];
		return this.lists.filter((record) => record.module.name === module);
	}

	/** A record of users' own making, of whatever module. */
	get(id: string): StoredRecord | undefined {
		return this.byId.get(id);
	}

	/** A record of this module. */
	find({ name, isEntity }: Module, id: string): StoredRecord | undefined {
		if (name === 'Users' || !isEntity) return this.all(name).find((record) => record.id === id);
		const record = this.byId.get(id);
		return record?.module.name === name ? record : undefined;
	}

	/** The oldest record with exactly the key (mobile of a contact, INN of an account) of these. */
	findSame(module: string, fields: WireFields): StoredRecord | undefined {
		const key = keyOf(module, fields);
		const [oldest] = (key !== undefined && this.byKey.get(key)) || [];
		return oldest;
	}

	link(record: StoredRecord, other: StoredRecord): void {
		const others = this.links.get(record) ?? new Set();
		this.links.set(record, others.add(other));
	}

	/** What was linked to a record, oldest link first. */
	linkedTo(record: StoredRecord): StoredRecord[] {
		return [...(this.links.get(record) ?? [])];
	}

	private addKey(record: StoredRecord): void {
		const key = keyOf(record.module.name, record.fields);
		if (key === undefined) return;
		const records = this.byKey.get(key) ?? new Set();
		this.byKey.set(key, records.add(record));
	}

	private removeKey(record: StoredRecord): void {
		const key = keyOf(record.module.name, record.fields);
		if (key !== undefined) this.byKey.get(key)?.delete(record);
	}
}

/** A record with all fields of its module; what it is given besides is dropped, as vtiger does. */
export function newRecord(id: string, moduleName: string, given: WireFields): StoredRecord {
	const module = moduleNamed(moduleName);
	const fields = Object.fromEntries(
		[...module.fields.keys()].map((name) => [name, given[name] ?? ''] as const),
	);
	const now = new Date().toISOString();
	return { id, module, fields, revisions: [], createdAt: now, modifiedAt: now, attachments: [] };
}

/** The id in vtiger's own form. */
export function fullId({ id, module }: Pick<StoredRecord, 'id' | 'module'>): string {
	return `${module.prefix}x${id}`;
}

/** @throws SandboxControlError for a name that the module does not have */
export function checkFieldNames(names: readonly string[], fields: object): void {
	for (const [name, value] of Object.entries(fields)) {
		if (!names.includes(name)) {
			throw new SandboxControlError(`There is no field "${name}". There are: ${names.join(', ')}`);
		}
		if (typeof value !== 'string') throw new SandboxControlError(`"${name}" must be a text`);
	}
}

function keyOf(module: string, fields: WireFields): string | undefined {
	const field = KEY_FIELDS[module];
	const value = field && fields[field];
	return value ? JSON.stringify([module, value]) : undefined;
}
