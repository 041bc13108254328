import type {
	ILoadOptionsFunctions,
	INodeListSearchResult,
	INodePropertyOptions,
	ResourceMapperFields,
} from 'n8n-workflow';
import { toNodeError } from '../../shared/errors';
import { createHttpClient } from '../../shared/http';
import { poolFor, WebserviceClient } from '../client/client';
import {
	CLIENT_RIGHT_CREDENTIAL,
	type ClientRightCredential,
	readCredential,
} from '../client/credential';
import { describeModule, listModules } from '../client/describe';
import { RemoteError } from '../client/failures';
import { recordUrl, runQuery, type WireRecord } from '../client/records';
import { type Choice, columnsOf, searchFieldsOf } from '../wire/describe';
import { type Condition, PAGE_SIZE, selectOf, writeCondition, writePage } from '../wire/query';

/** A person waits at the editor. */
const TIMEOUT = 15_000;
const SESSIONS = 2;
/** Fewer digits are a part of anything. */
const SHORTEST_NUMBER = 5;
/** More words of a name would make too many combinations with its fields. */
const MAX_WORDS = 3;

/** The module of the folders that documents are in. */
const FOLDERS = 'DocumentFolders';

/** What the editor asks the CRM with. */
interface Editor {
	client: WebserviceClient;
	credential: ClientRightCredential;
	module: string;
}

/** Asks the CRM for the editor; its errors become n8n's. */
async function ask<T>(
	node: ILoadOptionsFunctions,
	work: (editor: Editor) => Promise<T>,
): Promise<T> {
	try {
		const stored = await node.getCredentials<Record<string, unknown>>(CLIENT_RIGHT_CREDENTIAL);
		const credential = readCredential(stored);
		const crm = { credential, send: createHttpClient(node.helpers), timeout: TIMEOUT };
		const client = new WebserviceClient(crm, { pool: poolFor(credential), limit: SESSIONS });
		const module: unknown = node.getCurrentNodeParameter('module');
		return await work({ client, credential, module: typeof module === 'string' ? module : '' });
	} catch (error) {
		throw toNodeError(node.getNode(), error, 0);
	}
}

const byName = (a: INodePropertyOptions, b: INodePropertyOptions): number =>
	a.name.localeCompare(b.name);

/** The modules that hold users' records. */
export async function getModules(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await ask(this, async ({ client }) =>
		(await listModules(client, undefined))
			.filter(({ isEntity }) => isEntity)
			.map(({ name, label }) => ({ name: label, value: name })),
	);
}

/** The fields of the chosen module. */
export async function getFields(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await ask(this, async ({ client, credential, module }) => {
		if (module === '') return [];
		const description = await describeModule(client, credential, module, undefined, true);
		return [...(description?.fields.values() ?? [])]
			.map(({ name, label }) => ({
				name: label === name ? name : `${label} (${name})`,
				value: name,
			}))
			.sort(byName);
	});
}

/** The columns of the chosen module, for n8n's resource mapper. */
export async function getColumns(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await ask(this, async ({ client, credential, module }) => {
		if (module === '') return { fields: [], emptyFieldsNotice: 'Choose a module first.' };
		const description = await describeModule(client, credential, module, undefined, true);
		if (!description) {
			return {
				fields: [],
				emptyFieldsNotice: `The CRM does not describe ${module} to this user. Use 'Fields as JSON' instead.`,
			};
		}
		const operation = this.getCurrentNodeParameter('operation');
		const columns = columnsOf(
			description,
			await ownersFor(client, credential),
			operation === 'upsert',
		);
		return {
			fields:
				// The form decides which fields there are, and the CRM keeps those of a record.
				operation === 'update' || operation === 'submit'
					? columns.map((column) => ({ ...column, required: false, removed: true }))
					: columns,
		};
	});
}

/**
 * Who a record can be given to: users, as far as the CRM shows them, and groups. Without the right to see
 * users, who is logged in is the one that is known.
 */
async function ownersFor(
	client: WebserviceClient,
	credential: ClientRightCredential,
): Promise<Choice[]> {
	const userId = await client.userId(undefined);
	const own = { label: `${credential.username} (logged in)`, value: userId };
	const users = await listOrNone(
		client,
		'Users',
		"SELECT * FROM Users WHERE status = 'Active' LIMIT 100;",
	);
	const groups = await listOrNone(client, 'Groups', 'SELECT * FROM Groups;');
	return [
		...(users.some(({ id }) => id === userId) ? [] : [own]),
		...users.map((user) => ({ label: userName(user), value: user.id })),
		...groups.map((group) => ({ label: text(group.groupname), value: group.id })),
	];
}

function userName({ first_name: first, last_name: last, user_name: login }: WireRecord): string {
	const name = [text(first), text(last)].filter((part) => part !== '').join(' ');
	return name === '' ? text(login) : `${name} (${text(login)})`;
}

async function listOrNone(
	client: WebserviceClient,
	module: string,
	query: string,
): Promise<WireRecord[]> {
	try {
		return await runQuery(client, module, query, {});
	} catch (error) {
		if (error instanceof RemoteError) return [];
		throw error;
	}
}

/** Records of the chosen module by name, phone or tax number; the newest first. */
export async function searchRecords(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await ask(this, async (editor) => await searchIn(editor, filter, paginationToken));
}

/** Clients by name, phone or tax number; the newest first. */
export async function searchContacts(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await ask(
		this,
		async (editor) => await searchIn({ ...editor, module: 'Contacts' }, filter, paginationToken),
	);
}

/** Companies by name, phone or tax number; the newest first. */
export async function searchAccounts(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await ask(
		this,
		async (editor) => await searchIn({ ...editor, module: 'Accounts' }, filter, paginationToken),
	);
}

/** Documents by title; the newest first. */
export async function searchDocuments(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	return await ask(
		this,
		async (editor) => await searchIn({ ...editor, module: 'Documents' }, filter, paginationToken),
	);
}

/** Folders of documents by name. The CRM gives the list whole, and users have few of them. */
export async function searchFolders(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await ask(this, async ({ client }) => {
		const folders = await runQuery(client, FOLDERS, `SELECT * FROM ${FOLDERS};`, {});
		const wanted = filter.trim().toLowerCase();
		return {
			results: folders
				.map(({ id, foldername }) => ({ name: text(foldername) || id, value: id }))
				.filter(({ name }) => name.toLowerCase().includes(wanted))
				.sort(byName),
		};
	});
}

/** Records of any module for a list to choose from. */
async function searchIn(
	{ client, credential, module }: Editor,
	filter = '',
	paginationToken = '0',
): Promise<INodeListSearchResult> {
	if (module === '') return { results: [] };
	const description = await describeModule(client, credential, module, undefined);
	const { names, numbers } = description ? searchFieldsOf(description) : { names: [], numbers: [] };
	const done = Number(paginationToken) || 0;
	const wanted = filter.trim();
	const alternatives = wanted === '' ? [] : alternativesFor(wanted, names, numbers);
	// Without fields to look in, a query would find everything.
	if (wanted !== '' && alternatives.length === 0) return { results: [] };
	const query = {
		module,
		select: selectOf([...names, ...numbers]),
		alternatives,
		orderBy: ['id'],
		descending: true,
		// By offset: the list remembers how many it has.
		offset: done,
		isEntity: true,
	};
	const page = writePage(query, { done: 0, size: PAGE_SIZE });
	const records = await runQuery(client, module, page, {});
	return {
		results: records.map((record) => ({
			name: titleOf(record, names, numbers),
			value: record.id,
			url: recordUrl(credential, module, record.id),
		})),
		...(records.length === PAGE_SIZE && { paginationToken: String(done + PAGE_SIZE) }),
	};
}

/** Without brackets, each way to find something is a text of conditions of its own. */
export function alternativesFor(
	filter: string,
	names: readonly string[],
	numbers: readonly string[],
): string[] {
	const contains = (field: string, value: string): Condition => ({
		field,
		operator: 'contains',
		values: [value],
	});
	const words = filter.split(/\s+/).slice(0, MAX_WORDS);
	const byName = combinations(words, names).map((conditions) =>
		conditions.map(([word, field]) => writeCondition(contains(field, word))).join(' AND '),
	);
	const byNumber = numbers.map((field) => writeCondition(contains(field, filter)));
	const digits = filter.replace(/\D/g, '');
	// Phones are stored as people write them, with anything between their digits.
	const byDigits =
		digits.length >= SHORTEST_NUMBER
			? numbers.map((field) => `${field} LIKE '%${Array.from(digits).join('%')}%'`)
			: [];
	return [...new Set([...byName, ...byNumber, ...byDigits])];
}

/** Each word in any of the fields. */
function combinations(
	words: readonly string[],
	fields: readonly string[],
): Array<Array<[word: string, field: string]>> {
	return words.reduce<Array<Array<[string, string]>>>(
		(found, word) =>
			found.flatMap((before) =>
				fields.map((field): Array<[string, string]> => [...before, [word, field]]),
			),
		[[]],
	);
}

function titleOf(record: WireRecord, names: readonly string[], numbers: readonly string[]): string {
	const valuesOf = (fields: readonly string[]) =>
		fields.map((field) => text(record[field])).filter((value) => value !== '');
	const name = valuesOf(names).join(' ');
	const [number] = valuesOf(numbers);
	return [name === '' ? record.id : name, number].filter(Boolean).join(', ');
}

function text(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}
