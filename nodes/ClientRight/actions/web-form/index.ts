import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { PartnerError } from '../../../shared/errors';
import { fieldLabel } from '../../../shared/fields';
import { checkAddress, type FormFile, multipartForm } from '../../../shared/http';
import { describeItems, type JobResult, prepareItems, runItems } from '../../../shared/items';
import {
	findSubmitted,
	type FormReply,
	type FormRequest,
	markNewest,
	type RecordMark,
	searchSince,
	submitForm,
} from '../../client/web-form';
import { documentsOf } from '../../client/documents';
import { recordUrl } from '../../client/records';
import type { ModuleDescription } from '../../wire/describe';
import { readDocument } from '../../wire/documents';
import { FORM_HEADERS } from '../../wire/envelope';
import { placeholderPdf } from '../../wire/placeholder';
import { FieldError, holdsUnstorable } from '../../wire/records';
import {
	captureUrl,
	checkFormName,
	formParameters,
	type FormValue,
	readPublicId,
	writeFormValues,
	zeroedFields,
} from '../../wire/web-form';
import { inputFile } from '../binary';
import { type ClientRightOperation, type ClientRightRun, withInputErrors } from '../operation';
import { type GivenRecord, readGiven } from '../record/input';
import { askForModules, type RunModules } from '../record/modules';
import { modulesIn, valueOf } from '../record/read';
import { operationField, submitFields } from './fields';

/** A file of an item. */
interface GivenFile {
	/** With the name of the form's field for it. */
	file: FormFile;
	/** Empty without one. */
	title: string;
}

interface GivenForm extends GivenRecord {
	publicId: string;
	url: string;
}

interface ReadyForm {
	given: GivenForm;
	values: readonly FormValue[];
	files: readonly GivenFile[];
	/** Whether its record is to be looked for. */
	isSought: boolean;
	/** Of the module, if the CRM describes it. */
	description: ModuleDescription | undefined;
	item: number;
}

/** @throws FieldError, or InputError, for what cannot be sent */
function readForm(run: ClientRightRun, item: number): GivenForm {
	const url = asText(run.parameter('formUrl', item, ''));
	const called = `The field ${fieldLabel(run.fields, 'formUrl')}`;
	return {
		...readGiven(run, item),
		publicId: readPublicId(run.parameter('publicId', item, '')),
		url: url === '' ? captureUrl(run.credential.url) : checkAddress(url, called),
	};
}

/**
 * Looks at the files of each item: their names and sizes, not their content.
 *
 * @returns in the order of the items; what cannot be sent is its error
 */
async function readFiles(run: ClientRightRun): Promise<Array<JobResult<GivenFile[]>>> {
	const all: Array<JobResult<GivenFile[]>> = [];
	for (const item of run.items.keys()) {
		try {
			all.push({ done: true, value: await filesOf(run, item) });
		} catch (error) {
			all.push({ done: false, error });
		}
	}
	return all;
}

async function filesOf(run: ClientRightRun, item: number): Promise<GivenFile[]> {
	const rows = run.parameter('files.file', item, []);
	const given: GivenFile[] = [];
	for (const row of Array.isArray(rows) ? (rows as IDataObject[]) : []) {
		const name = withInputErrors(run.fields, () => fieldOf(row, given));
		const file = { ...(await inputFile(run, item, row.binaryProperty ?? 'data')), name };
		const isPlaceholder = row.placeholder === true;
		const sent = isPlaceholder ? withInputErrors(run.fields, () => placeholderOf(file)) : file;
		given.push({ file: sent, title: asText(row.title) });
	}
	return given;
}

function fieldOf({ fieldName: given }: IDataObject, others: readonly GivenFile[]): string {
	const name = asText(given);
	if (name === '') throw new FieldError('fieldName', 'is missing');
	checkFormName('fieldName', name);
	if (others.every(({ file }) => file.name !== name)) return name;
	throw new FieldError(
		'fieldName',
		`must not be "${name}" twice: the CRM would keep one file only`,
	);
}

function placeholderOf(file: FormFile): FormFile {
	if (!/\.pdf$/i.test(file.fileName)) {
		throw new FieldError(
			'placeholder',
			`must be off for "${file.fileName}": a placeholder is a PDF, and the CRM keeps the type of a file`,
		);
	}
	const content = placeholderPdf();
	return {
		...file,
		mimeType: 'application/pdf',
		bytes: content.length,
		open: async function* () {
			yield await Promise.resolve(content);
		},
	};
}

function asText(value: unknown): string {
	return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
}

/** What is told of the items once all are sent: a hint for each reason. */
class Remarks {
	private readonly items = new Map<string, number[]>();

	add(reason: string, item: number): void {
		this.items.set(reason, [...(this.items.get(reason) ?? []), item]);
	}

	/** Shows at most a few: each is about items that were accepted. */
	show(run: ClientRightRun): void {
		for (const [reason, items] of [...this.items].slice(0, MAX_REMARKS)) {
			const of = describeItems(items.toSorted((a, b) => a - b));
			run.node.addExecutionHints({ message: `Of ${of}: ${reason}.`, location: 'outputPane' });
		}
	}
}

const MAX_REMARKS = 5;
const NO_ID = 'the CRM accepted the form, but there is no record ID:';

/** `webForm.submit`: registers somebody as the form on a site does, once (`capture.php`). */
export const submit: ClientRightOperation = {
	fields: submitFields,

	async execute(run) {
		const isSought = run.parameter('options.findRecord', 0, true) !== false;
		const given = prepareItems(run.node, (item) =>
			withInputErrors(run.fields, () => readForm(run, item)),
		);
		const files = await readFiles(run);
		const names = new Set(
			given.flatMap((item) => (item.done ? Object.keys(item.value.values) : [])),
		);
		const modules = isSought
			? await askForModules(
					run,
					modulesIn(given),
					({ fields }) =>
						[...fields.values()].flatMap(({ name, refersTo }) => (names.has(name) ? refersTo : [])),
					false,
				)
			: undefined;
		const remarks = new Remarks();
		const unstorable = new Set<number>();
		const output = await runItems<ReadyForm>(
			run.node,
			{
				isWrite: true,
				prepare: (item) => {
					const sent = { files: valueOf(files[item]!), item };
					const ready = readyForm(run, valueOf(given[item]!), modules, sent);
					if (ready.values.some(({ values }) => values.some(holdsUnstorable))) unstorable.add(item);
					return ready;
				},
				carryOut: async (form, signal) => [await submitOne(run, form, remarks, signal)],
			},
			run.concurrency,
		);
		remarks.show(run);
		run.hints.onUnstorable([...unstorable]);
		return output;
	},
};

function readyForm(
	run: ClientRightRun,
	given: GivenForm,
	modules: RunModules | undefined,
	sent: Pick<ReadyForm, 'files' | 'item'>,
): ReadyForm {
	modules?.check(given.module);
	const description = modules?.of(given.module);
	const rules = modules?.rules ?? { ...run.rules, prefixes: new Map(), userId: '' };
	const values = withInputErrors(run.fields, () => {
		const written = writeFormValues(given.values, description, rules, given.isAutoMapped);
		if (written.length === 0) throw new FieldError('columns', 'has no value to send');
		return written;
	});
	return { given, values, isSought: modules !== undefined, description, ...sent };
}

async function submitOne(
	run: ClientRightRun,
	form: ReadyForm,
	remarks: Remarks,
	signal: AbortSignal | undefined,
): Promise<IDataObject> {
	const { given, isSought, description, item } = form;
	const { module, url } = given;
	const mark = description?.fields.size ? await markNewest(run.client, module, signal) : undefined;
	const reply = await submitForm(
		run.send,
		{
			...bodyOf(form),
			url,
			timeout: run.timeout,
			allowUnauthorizedCerts: run.credential.allowUnauthorizedCerts,
			signal,
		},
		searchSince(module, mark),
	);
	if (reply.printedAround) run.hints.onPrintedAround();
	const recordId = mark ? await find(run, form, mark, reply, remarks, signal) : undefined;
	if (isSought && !mark) {
		remarks.add(`${NO_ID} the user of the credential may not read ${module}`, item);
	}
	if (run.raw) return reply.raw as IDataObject;
	return {
		accepted: true,
		...(recordId !== undefined && {
			recordId,
			url: recordUrl(run.credential, module, recordId),
		}),
	};
}

/** What is sent: without files as any form is, with files in parts. */
function bodyOf({ given, values, files: own }: ReadyForm): Pick<FormRequest, 'body' | 'headers'> {
	const parameters = formParameters(given.publicId, values);
	if (own.length === 0) {
		return { headers: { ...FORM_HEADERS }, body: new URLSearchParams(parameters).toString() };
	}
	const texts = parameters.map(([name, value]) => ({ name, value }));
	return multipartForm([...texts, ...own.map(({ file }) => file)]);
}

/** Finds the record of a form that was accepted: whatever fails now, the form was. */
async function find(
	run: ClientRightRun,
	{ values, files: sent, description, item }: ReadyForm,
	mark: RecordMark,
	{ isRedirect }: FormReply,
	remarks: Remarks,
	signal: AbortSignal | undefined,
): Promise<string | undefined> {
	try {
		const found = await findSubmitted(run.client, mark, values, signal);
		if ('reason' in found) {
			remarks.add(`${NO_ID} ${found.reason}`, item);
			return undefined;
		}
		const { record } = found;
		const zeroed = isRedirect && description ? zeroedFields(record, values, description) : [];
		if (zeroed.length > 0) {
			remarks.add(
				`the CRM stored 0 in fields that were not sent: ${zeroed.join(', ')}. A vtiger 8.4 does so in forms with a return address. Ask the operator of the CRM to remove that address`,
				item,
			);
		}
		if (sent.length > 0) await checkFiles(run, record.id, sent, item, remarks, signal);
		return record.id;
	} catch (error) {
		if (!(error instanceof PartnerError)) throw error;
		remarks.add(`${NO_ID} the node could not look for the record: ${error.message}`, item);
		return undefined;
	}
}

async function checkFiles(
	run: ClientRightRun,
	recordId: string,
	sent: readonly GivenFile[],
	item: number,
	remarks: Remarks,
	signal: AbortSignal | undefined,
): Promise<void> {
	// What could not be read tells nothing: the form was accepted.
	const documents = await documentsOf(run.client, recordId, Infinity, { signal }).catch(
		() => undefined,
	);
	if (!documents) return;
	const titles = documents
		.map(readDocument)
		.filter(({ fileName }) => fileName !== '')
		.map(({ title: own }) => own);
	const missing = sent.filter(({ title: own }) => own !== '' && !titles.includes(own));
	if (titles.length >= sent.length && missing.length === 0) return;
	const lacking = missing.map(({ title: own, file }) => `"${own}" (${file.name})`).join(', ');
	remarks.add(
		`the record ${recordId} has ${titles.length} of ${sent.length} files${lacking && `, and none with the title ${lacking}`}. The CRM drops a file whose field the form does not have, and one that is larger than it accepts. Check the names in the form’s HTML`,
		item,
	);
}

export const webFormOperations = { submit };

export const webFormFields: INodeProperties[] = [operationField, ...submit.fields];
