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

/** A file of a contact to put in. */
export interface FileSeed {
	title: string;
	/** Below the CRM's folder, or a whole address; default: an invented one below `storage/`. */
	path?: string;
	/** Text, or bytes; default: a small PDF. */
	content?: string | Uint8Array;
	/** Its download answers 403. */
	forbidden?: boolean;
}

/** A file of a contact; its bytes are read with {@link ClientRightCrm.fileContent}. */
export interface CrmFile {
	contactId: string;
	title: string;
	path: string;
	forbidden: boolean;
	/** Length in bytes. */
	size: number;
}

/** Fields of a record to put in, by their names on the wire; what is absent is empty. */
export type RecordSeed = WireFields;
