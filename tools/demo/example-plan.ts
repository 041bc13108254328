import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const FINGERPRINTS_FILE = 'examples.json';

/**
 * What a user edits. n8n adds the rest by itself: dates, versions, the state of triggers.
 * `isArchived` is what the editor's list does before it deletes.
 */
const EDITABLE = [
	'name',
	'type',
	'data',
	'nodes',
	'connections',
	'nodeGroups',
	'settings',
	'pinData',
	'description',
	'isArchived',
] as const;

/** A workflow or credential of the examples, or one that n8n has. */
export type ExamplePart = { id?: string; name: string } & {
	[Property in Exclude<(typeof EDITABLE)[number], 'name'>]?: unknown;
};

/** A part that is not written again. */
export interface KeptPart {
	id: string;
	name: string;
	isDeleted: boolean;
}

/** What is not written again, because the user edited or deleted it. */
export interface KeptExamples {
	workflows: readonly KeptPart[];
	credentials: readonly KeptPart[];
}

/** Returns what was kept as lines for the user; none if everything was written. */
export function describeKept({ workflows, credentials }: KeptExamples): string[] {
	const line = (kind: string) => (part: KeptPart) =>
		`  ${kind} "${part.name}"${part.isDeleted ? ', which you deleted' : ''}`;
	const lines = [...workflows.map(line('workflow')), ...credentials.map(line('credential'))];
	if (lines.length === 0) return [];
	return [
		'Not written again, because you edited or deleted them:',
		...lines,
		'To start over: npm start -- --reset',
	];
}

/** Fingerprints of what was written, by the ids of workflows and credentials. */
export type Fingerprints = Readonly<Record<string, string>>;

/** Returns a hash of what a user can edit in a workflow or a credential. */
export function fingerprint(part: ExamplePart): string {
	const edited = EDITABLE.map((name) => [name, part[name]]).filter(([, value]) => isSet(value));
	const text = JSON.stringify(Object.fromEntries(edited), sortProperties);
	return createHash('sha256').update(text).digest('hex');
}

/** n8n stores null, false or {} for what a file leaves out. */
function isSet(value: unknown): boolean {
	return Boolean(value) && (typeof value !== 'object' || Object.keys(value ?? {}).length > 0);
}

/** For JSON.stringify: objects with the same properties become the same text. */
function sortProperties(_name: string, value: unknown): unknown {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
	const entries: Array<[string, unknown]> = Object.entries(value);
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Decides which parts of the examples to write: those that n8n does not have yet, and those that are
 * as an earlier start wrote them.
 *
 * @param wanted the examples as this version has them
 * @param present what n8n has
 * @param written fingerprints that earlier starts saved
 */
export function planExamples<Part extends ExamplePart>(
	wanted: readonly Part[],
	present: readonly ExamplePart[],
	written: Fingerprints,
): { write: Part[]; kept: KeptPart[] } {
	const write: Part[] = [];
	const kept: KeptPart[] = [];
	for (const part of wanted) {
		const { id = '' } = part;
		const found = present.find((candidate) => candidate.id === id);
		const now = found && fingerprint(found);
		// Equal to what is wanted: an earlier start wrote it and ended before it saved the fingerprint.
		if (now === written[id] || now === fingerprint(part)) write.push(part);
		else kept.push({ id, name: (found ?? part).name, isDeleted: found === undefined });
	}
	return { write, kept };
}

/** Returns what earlier starts wrote into a user folder; undefined before the first. */
export async function readFingerprints(userFolder: string): Promise<Fingerprints | undefined> {
	let text: string;
	try {
		text = await readFile(join(userFolder, FINGERPRINTS_FILE), 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
	try {
		return JSON.parse(text) as Fingerprints;
	} catch {
		return {};
	}
}

/** Adds what was written to the fingerprints in a user folder. */
export async function saveFingerprints(
	userFolder: string,
	written: readonly ExamplePart[],
): Promise<void> {
	const entries = written.map((part): [string, string] => [part.id ?? '', fingerprint(part)]);
	const all = { ...(await readFingerprints(userFolder)), ...Object.fromEntries(entries) };
	const file = join(userFolder, FINGERPRINTS_FILE);
	await writeFile(`${file}.new`, `${JSON.stringify(all, null, '\t')}\n`);
	await rename(`${file}.new`, file);
}
