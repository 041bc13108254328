import type { INodeProperties } from 'n8n-workflow';
import { InputError, PartnerError } from '../../shared/errors';
import { lockNotice, lockOption, optionsField, shownFor } from '../../shared/fields';
import type { FormFile } from '../../shared/http';
import { prepareItems, type RecordTurn, runItems } from '../../shared/items';
import { chosenOrder } from '../../shared/redis/order';
import { trimmedText } from '../../shared/wire';
import { describeModule } from '../client/describe';
import { documentsOf, replaceFile } from '../client/documents';
import { withResultErrors } from '../client/failures';
import { retrieveRecord } from '../client/records';
import {
	attachmentsOf,
	clientCodes,
	documentOfFile,
	isPdf,
	type NamedFile,
	PDF_HEAD_BYTES,
	replacedFile,
} from '../wire/documents';
import { writeRecordId } from '../wire/field-values';
import { FieldError, FILES_FIELDS, writeFields } from '../wire/records';
import { fileAddress, type ListedFile, readFiles } from '../wire/results';
import { inputBinaryField, inputFiles } from './binary';
import { fileToolNotice } from './document/fields';
import { locatedId, recordPicker } from './locator';
import {
	callOptions,
	type ClientRightOperation,
	type ClientRightRun,
	locksOf,
	withInputErrors,
} from './operation';
import { askForModules, hintUnstorable } from './record/modules';
import { valueOf } from './record/read';

const CONTACTS = 'Contacts';
const OPERATION = 'GetFilesList';

const contactField: INodeProperties = recordPicker(
	{
		displayName: 'Contact',
		name: 'contactId',
		description: 'The client (клиент) that the file belongs to, such as 12x83859 or 83859',
		searchListMethod: 'searchContacts',
		one: 'a contact',
		example: '12x83859',
		required: true,
	},
	CONTACTS,
);

const pathField: INodeProperties = {
	displayName: 'Path',
	name: 'path',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. storage/2023/December/week4/contract.pdf',
	description: "Path of the placeholder within the CRM, as 'File: Get Many' returns it (path)",
};

const titleField: INodeProperties = {
	displayName: 'Title',
	name: 'title',
	type: 'string',
	default: '',
	placeholder: 'e.g. договор',
	description:
		"Title of the file, as 'File: Get Many' returns it (title). If empty, the node uses the title that the input item has for this path.",
};

const innOption: INodeProperties = {
	displayName: 'INN',
	name: 'inn',
	type: 'string',
	default: '',
	placeholder: 'e.g. 123456789047',
	description:
		'Tax number of the client (ИНН), to look up the new path with. If empty, the node takes it from the client’s record.',
};

const smsCodeOption: INodeProperties = {
	displayName: 'SMS Code',
	name: 'smsCode',
	type: 'string',
	default: '',
	placeholder: 'e.g. 4568',
	description:
		'SMS code of the client (СМС-код), to look up the new path with. If empty, the node takes it from the client’s record.',
};

/** A file that takes the place of another one. */
interface Replacement {
	contactId: string;
	before: NamedFile;
	file: FormFile;
	/** What GetFilesList asks for, as far as it is given. */
	codes: { inn: string; smsCode: string };
}

/**
 * `file.replace`: a real PDF in the place of a placeholder that `capture.php` got
 * (docs/protocols/clientright.md, 4.4), through the document's own record (`revise` with a file).
 */
export const replace: ClientRightOperation = {
	fields: shownFor('file', 'replace', [
		fileToolNotice,
		contactField,
		pathField,
		titleField,
		inputBinaryField,
		lockNotice('of two that replace the same file, the older one may remain'),
		optionsField(...callOptions, innOption, lockOption, smsCodeOption),
	]),

	async execute(run) {
		const order = await chosenOrder(run.node, run.parameter, locksOf(run));
		const looked = await inputFiles(run, refuseOtherTypes);
		const files = prepareItems(run.node, (item) => asPdf(valueOf(looked[item]!)));
		hintUnstorable(
			run,
			files.map((item) => (item.done ? { name: item.value.fileName } : undefined)),
		);
		const modules = await askForModules(run, [CONTACTS], () => [], false);
		const hintOnce = hintOf(run);
		return await runItems<Replacement>(
			run.node,
			{
				isWrite: true,
				isRepeatable: true,
				prepare: (item) => {
					const file = valueOf(files[item]!);
					modules.check(CONTACTS);
					return withInputErrors(run.fields, () => {
						const given = locatedId(run.parameter('contactId', item, ''), 'contactId', CONTACTS);
						const prefix = modules.of(CONTACTS)?.idPrefix;
						const contactId = writeRecordId('contactId', given, CONTACTS, prefix);
						return { contactId, before: namedFile(run, item), file, codes: codesOf(run, item) };
					});
				},
				key: ({ contactId }) => contactId,
				scope: `files ${run.credential.url}`,
				order,
				carryOut: async (replacement, signal, turn) => {
					const attachments = await replaceIn(run, replacement, signal, turn);
					const after = await newFile(run, replacement, attachments, signal);
					if (!after) hintOnce();
					const { title } = replacement.before;
					const url = after ? fileAddress(after.path, run.credential.url) : null;
					return [{ title: after?.title ?? title, path: after?.path ?? null, url }];
				},
			},
			run.concurrency,
		);
	},
};

async function refuseOtherTypes({ fileName, open }: FormFile): Promise<void> {
	let head = Buffer.alloc(0);
	for await (const piece of open()) {
		head = Buffer.concat([head, piece.subarray(0, PDF_HEAD_BYTES)]);
		if (head.length >= PDF_HEAD_BYTES) break;
	}
	if (isPdf(head)) return;
	throw new InputError(
		`The file "${fileName}" is not a PDF`,
		'The CRM expects that the file stays a PDF. Convert it first.',
	);
}

/** The CRM tells the type by the ending. */
function asPdf(file: FormFile): FormFile {
	const fileName = /\.pdf$/i.test(file.fileName) ? file.fileName : `${file.fileName}.pdf`;
	return { ...file, fileName, mimeType: 'application/pdf' };
}

/** Of a file that "Get Many" gave, the item has the title as well. */
function namedFile(run: ClientRightRun, item: number): NamedFile {
	const path = trimmedText(run.parameter('path', item, ''));
	const title = trimmedText(run.parameter('title', item, ''));
	const { json } = run.items[item]!;
	const isListed = title === '' && trimmedText(json.path) === path;
	return { path, title: isListed ? trimmedText(json.title) : title };
}

function codesOf(run: ClientRightRun, item: number): Replacement['codes'] {
	const inn = trimmedText(run.parameter('options.inn', item, ''));
	if (inn !== '') FILES_FIELDS.inn!.write('inn', inn, run.rules);
	return { inn, smsCode: trimmedText(run.parameter('options.smsCode', item, '')) };
}

/** @returns the ids of the document's files after that */
async function replaceIn(
	run: ClientRightRun,
	{ contactId, before, file }: Replacement,
	signal: AbortSignal | undefined,
	turn: RecordTurn | undefined,
): Promise<string[]> {
	const options = { key: `files of ${contactId}`, turn, signal };
	const documents = await documentsOf(run.client, contactId, Number.POSITIVE_INFINITY, options);
	const document = withInputErrors(run.fields, () => documentOfFile(before, documents));
	const { record } = await replaceFile(run.client, document, file, options);
	return attachmentsOf(record);
}

/**
 * Asks GetFilesList for the new path.
 *
 * @returns `undefined` if it cannot be told: the file is replaced all the same
 */
async function newFile(
	run: ClientRightRun,
	{ contactId, before, codes }: Replacement,
	attachments: readonly string[],
	signal: AbortSignal | undefined,
): Promise<ListedFile | undefined> {
	try {
		const known = await knownCodes(run, contactId, codes, signal);
		if (!known) return undefined;
		const fields = writeFields(FILES_FIELDS, known, run.rules);
		const call = { operation: OPERATION, method: 'POST', fields } as const;
		const { result } = await run.client.call(call, { effect: 'read', signal });
		const files = withResultErrors(() => readFiles(OPERATION, result));
		return replacedFile(before, attachments, files);
	} catch (error) {
		// What the client's record holds need not be an INN.
		if (error instanceof PartnerError || error instanceof FieldError) return undefined;
		throw error;
	}
}

async function knownCodes(
	run: ClientRightRun,
	contactId: string,
	given: Replacement['codes'],
	signal: AbortSignal | undefined,
): Promise<Replacement['codes'] | undefined> {
	if (given.inn !== '' && given.smsCode !== '') return given;
	const { record } = await retrieveRecord(run.client, contactId, signal);
	const description = await describeModule(run.client, run.credential, CONTACTS, signal);
	const found = clientCodes(record, [...(description?.fields.values() ?? [])]);
	const inn = given.inn || found.inn;
	const smsCode = given.smsCode || found.smsCode;
	return inn === '' || smsCode === '' ? undefined : { inn, smsCode };
}

function hintOf({ node }: ClientRightRun): () => void {
	let isShown = false;
	return () => {
		if (isShown) return;
		isShown = true;
		node.addExecutionHints({
			message:
				"The files were replaced, but the CRM did not tell the new path of each. Set 'INN' and 'SMS Code' in the options, or get the paths with 'File: Get Many'.",
			location: 'outputPane',
		});
	};
}
