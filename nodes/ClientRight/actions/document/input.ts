import { runQuery, type WireRecord } from '../../client/records';
import { RemoteError } from '../../client/failures';
import { DOCUMENTS } from '../../wire/documents';
import { writeRecordId, writeValue } from '../../wire/field-values';
import { FieldError } from '../../wire/records';
import { locatedId } from '../locator';
import type { ClientRightRun } from '../operation';
import { isEmpty } from '../record/input';
import { moduleOf, type RunModules } from '../record/modules';

/** A record that documents belong to, as an item names it. */
export interface NamedRecord {
	/** Empty where the ID says it. */
	module: string;
	id: unknown;
}

const COMPLETE_ID = /^\s*[1-9]\d*x[1-9]\d*\s*$/;
const MODULE_IN_URL = /[?&]module=(\w+)/;

/**
 * Reads which record an item is about.
 *
 * @returns `undefined` where none is given
 * @throws FieldError for a module that is none
 */
export function namedRecord(run: ClientRightRun, item: number): NamedRecord | undefined {
	const given = run.parameter('recordId', item, '');
	const id = locatedId(given);
	if (isEmpty(id)) return undefined;
	const module = run.parameter('module', item, '');
	if (typeof module === 'string' && module.trim() !== '') {
		return { module: moduleOf(run, item), id: locatedId(given, 'recordId', module.trim()) };
	}
	const isLocated = typeof given === 'object' && given !== null && 'value' in given;
	const text = isLocated ? given.value : given;
	const [, shown = ''] = typeof text === 'string' ? (MODULE_IN_URL.exec(text) ?? []) : [];
	return { module: shown, id };
}

/** The modules that the CRM must be asked for: those whose records are named by a plain number. */
export function modulesToAsk(records: ReadonlyArray<NamedRecord | undefined>): string[] {
	return records.flatMap((record) => (record && record.module !== '' ? [record.module] : []));
}

/**
 * Writes the complete id of a record.
 *
 * @throws FieldError for what is none, or of another module
 */
export function completeId({ module, id }: NamedRecord, modules: RunModules): string {
	if (module === '' && !(typeof id === 'string' && COMPLETE_ID.test(id))) {
		throw new FieldError(
			'recordId',
			'must have the number of its module in front, such as 12x83859, or its module must be chosen',
		);
	}
	if (module !== '') modules.check(module);
	return writeRecordId('recordId', id, module, modules.of(module)?.idPrefix);
}

/**
 * Reads which document an item is about.
 *
 * @throws FieldError for what is no id, or that of another module
 */
export function documentId(run: ClientRightRun, item: number, modules: RunModules): string {
	const id = locatedId(run.parameter('documentId', item, ''), 'documentId', DOCUMENTS);
	return writeRecordId('documentId', id, DOCUMENTS, modules.of(DOCUMENTS)?.idPrefix);
}

/** The title of a document: what is given, or else the name of its file. */
export function titleOf(run: ClientRightRun, item: number, fileName: string): string {
	const given = run.parameter('title', item, '');
	const title = isEmpty(given) ? fileName.replace(/\.[A-Za-z0-9]{1,10}$/, '') : given;
	return writeValue('title', undefined, title, { ...run.rules, prefixes: new Map(), userId: '' });
}

const FOLDERS = 'DocumentFolders';
const FOLDER_ID = /^(?:[1-9]\d*x)?[1-9]\d*$/;

/** Finds folders by what items name. */
export interface Folders {
	/**
	 * @param named an id, or the name of a folder
	 * @throws FieldError for a folder that the CRM does not have
	 */
	idOf(named: string): string;
}

/**
 * Asks the CRM for its folders. A document of a folder that does not exist would be stored in none
 * (docs/protocols/vtiger.md, 10.7).
 */
export async function askForFolders(run: ClientRightRun): Promise<Folders> {
	const signal = run.node.getExecutionCancelSignal();
	let folders: WireRecord[] | undefined;
	try {
		folders = await runQuery(run.client, FOLDERS, `SELECT * FROM ${FOLDERS};`, { signal });
	} catch (error) {
		// Who may not see the folders can still use a complete id.
		if (!(error instanceof RemoteError && error.outcome === 'rejected')) throw error;
	}
	return { idOf: (named) => folderId(named.trim(), folders) };
}

function folderId(named: string, folders: readonly WireRecord[] | undefined): string {
	if (!folders) {
		if (COMPLETE_ID.test(named)) return named;
		throw new FieldError('folder', 'must be an ID such as 22x1: the CRM does not show its folders');
	}
	const found =
		folders.find(({ foldername }) => foldername === named) ??
		folders.find(({ id }) => id === named || id.split('x').at(-1) === named);
	if (found && (FOLDER_ID.test(named) || found.foldername === named)) return found.id;
	const names = folders.map(({ foldername }) => String(foldername)).slice(0, 10);
	throw new FieldError('folder', `must be one of the CRM’s folders: ${names.join(', ')}`);
}
