import { SandboxControlError } from '../core/input';
import { webserviceError } from './errors';

export type RecordKind = 'contact' | 'account' | 'project';

/** Fields by their names on the wire; all values are text. */
export type WireFields = Readonly<Record<string, string>>;

/** One call that created or changed a record. */
export interface Revision {
	/** ISO 8601 in UTC. */
	time: string;
	/** Exactly what was sent, without operation and session; names nobody documents too. */
	sent: WireFields;
}

/** A record as the CRM keeps it. */
export interface CrmRecord {
	id: string;
	kind: RecordKind;
	/** Every field of docs/protocols/clientright.md, `''` where it is empty; as the database stored it. */
	fields: Record<string, string>;
	/** Oldest first; none for a seeded record. */
	revisions: Revision[];
	/** ISO 8601 in UTC. */
	createdAt: string;
}

/** Fields of a record to put in, by their names on the wire; what is absent is empty. */
export type RecordSeed = WireFields;

/** The fields of an operation (docs/protocols/clientright.md, 5.1, 6.1 and 7.1). */
interface DocumentedFields {
	/** In the order in which the CRM names missing ones. */
	mandatory: readonly string[];
	optional: readonly string[];
}

/** By docs/protocols/clientright.md, 5.1, 6.1 and 7.1. */
const DOCUMENTED_FIELDS: Readonly<Record<RecordKind, DocumentedFields>> = {
	contact: {
		mandatory: ['firstname', 'lastname', 'birthday', 'mobile', 'inn'],
		optional: ['secondname', 'email', 'tgid', 'birthplace', 'mailingstreet', 'requisites', 'code'],
	},
	account: {
		mandatory: ['accountname', 'inn', 'ogrn'],
		optional: ['address', 'email', 'website', 'phone'],
	},
	project: {
		mandatory: ['contactid', 'offenderid'],
		optional: [
			'agentid',
			'sms',
			'ip',
			'source',
			'region',
			'formid',
			'category',
			'direction',
			'agrprice',
			'subject',
			'agrdate',
			'startdate',
			'finishdate',
			'loss',
			'servicecost',
			'progress',
			'country',
			'hotel',
			'transport',
			'insurance',
			'other',
			'description',
			'independently',
			'claimdate',
			'returned',
		],
	},
};

export function fieldNames(kind: RecordKind): string[] {
	const { mandatory, optional } = DOCUMENTED_FIELDS[kind];
	return [...mandatory, ...optional];
}

/** @throws SandboxControlError for a name that docs/protocols/clientright.md does not have */
export function checkFieldNames(kind: RecordKind, fields: object): void {
	const names = fieldNames(kind);
	for (const [name, value] of Object.entries(fields)) {
		if (!names.includes(name)) {
			throw new SandboxControlError(`There is no field "${name}". There are: ${names.join(', ')}`);
		}
		if (typeof value !== 'string') throw new SandboxControlError(`"${name}" must be a text`);
	}
}

const FIRST_ID = 84_001;

/** The contacts, accounts and projects of one CRM, which share one sequence of ids. */
export class RecordBook {
	private readonly byId = new Map<string, CrmRecord>();
	/** The oldest record of each kind and key: the field that upserts look it up by. */
	private readonly byKey = new Map<string, CrmRecord>();
	private lastId = FIRST_ID - 1;

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

const DATE_FIELDS = new Set(['birthday', 'agrdate', 'startdate', 'finishdate', 'claimdate']);
/** Widths in characters, as far as recorded. */
const WIDTHS: Readonly<Record<string, number>> = { lastname: 80 };
/** The recorded tables are utf8mb3: a character beyond U+FFFF becomes a question mark a byte. */
const BEYOND_UTF8MB3 = /[\u{10000}-\u{10FFFF}]/gu;

/**
 * What MySQL keeps of a value.
 *
 * @param strict `STRICT_TRANS_TABLES`: values are refused instead of cut
 * @throws WebserviceError when the database refuses the value
 */
export function storedValue(name: string, value: string, strict: boolean): string {
	// vtiger checks dates itself and stores nothing, strict or not.
	if (DATE_FIELDS.has(name)) return isDate(value) ? value : '';
	const width = WIDTHS[name] ?? Infinity;
	// No character beyond U+FFFF is left: a character is one unit of text.
	const kept = value.replace(BEYOND_UTF8MB3, '????').slice(0, width);
	if (strict && kept !== value) throw webserviceError('INTERNAL_SERVER_ERROR');
	return kept;
}

function isDate(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const date = new Date(`${text}T00:00:00Z`);
	return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
