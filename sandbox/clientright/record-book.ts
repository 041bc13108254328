import { DOCUMENTED_FIELDS, fieldNames } from './record-fields';
import type { CrmRecord, RecordKind, RecordSeed, WireFields } from './record-types';

/** The contacts, accounts and projects of one CRM, which share one sequence of ids. */
export class RecordBook {
	private readonly byId = new Map<string, CrmRecord>();
	/** The oldest record of each kind and key: the field that upserts look it up by. */
	private readonly byKey = new Map<string, CrmRecord>();
	private lastId: number;

	constructor(private readonly firstId: number) {
		this.lastId = firstId - 1;
	}

	create(kind: RecordKind, fields: RecordSeed): CrmRecord {
		this.lastId += 1;
		const record: CrmRecord = {
			id: String(this.lastId),
			kind,
			fields: { ...emptyFields(kind), ...fields },
			revisions: [],
			createdAt: new Date().toISOString(),
		};
		this.byId.set(record.id, record);
		const key = keyIn(kind, record.fields);
		if (key !== undefined && !this.byKey.has(key)) this.byKey.set(key, record);
		return record;
	}

	addRevision(record: CrmRecord, sent: WireFields): void {
		record.revisions.push({ time: new Date().toISOString(), sent });
	}

	/** Oldest first. */
	all(kind?: RecordKind): CrmRecord[] {
		return [...this.byId.values()].filter((record) => kind === undefined || record.kind === kind);
	}

	get(id: string): CrmRecord | undefined {
		return this.byId.get(id);
	}

	/** The oldest record with exactly the key (mobile of a contact, INN of an account) of these. */
	findSame(kind: RecordKind, fields: WireFields): CrmRecord | undefined {
		const key = keyIn(kind, fields);
		return key === undefined ? undefined : this.byKey.get(key);
	}

	/**
	 * The contact of an INN and an SMS code: its own code, or the one of a project of the contact
	 * (both come from the form on which the phone number was confirmed).
	 */
	findClient(inn: string, sms: string): CrmRecord | undefined {
		const projects = this.all('project').filter(({ fields }) => fields.sms === sms);
		return this.all('contact').find(({ id, fields }) => {
			const hasProject = projects.some((project) => project.fields.contactid === id);
			return fields.inn === inn && (fields.code === sms || hasProject);
		});
	}

	reset(): void {
		this.byId.clear();
		this.byKey.clear();
		this.lastId = this.firstId - 1;
	}
}

/** The names of mandatory fields that are empty, in the order of docs/protocols/clientright.md. */
export function missingFields(kind: RecordKind, fields: WireFields): string[] {
	return DOCUMENTED_FIELDS[kind].mandatory.filter((name) => !fields[name]);
}

const KEY_FIELDS = { contact: 'mobile', account: 'inn', project: undefined } as const;

function keyIn(kind: RecordKind, fields: WireFields): string | undefined {
	const field = KEY_FIELDS[kind];
	const value = field && fields[field];
	return value ? JSON.stringify([kind, value]) : undefined;
}

function emptyFields(kind: RecordKind): Record<string, string> {
	return Object.fromEntries(fieldNames(kind).map((name) => [name, '']));
}
