import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { PartnerError } from '../../../shared/errors';
import { fieldLabel } from '../../../shared/fields';
import { checkAddress, multipartForm } from '../../../shared/http';
import { prepareItems, runItems } from '../../../shared/items';
import { trimmedText } from '../../../shared/wire';
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
import { isPlainHttp } from '../../../shared/http';
import { recordUrl } from '../../client/records';
import type { ModuleDescription } from '../../wire/describe';
import { readDocument } from '../../wire/documents';
import { FORM_HEADERS } from '../../wire/envelope';
import { FieldError, holdsUnstorable } from '../../wire/records';
import {
	captureUrl,
	formParameters,
	type FormValue,
	readPublicId,
	writeFormValues,
	zeroedFields,
} from '../../wire/web-form';
import { type ClientRightOperation, type ClientRightRun, withInputErrors } from '../operation';
import { type GivenRecord, readGiven } from '../record/input';
import { askForModules, type RunModules } from '../record/modules';
import { modulesIn, valueOf } from '../record/read';
import { operationField, submitFields } from './fields';
import { type GivenFile, readFiles } from './files';
import { Remarks } from './remarks';

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
	const url = trimmedText(run.parameter('formUrl', item, ''));
	const called = `The field ${fieldLabel(run.fields, 'formUrl')}`;
	return {
		...readGiven(run, item),
		publicId: readPublicId(run.parameter('publicId', item, '')),
		url: url === '' ? captureUrl(run.credential.url) : checkAddress(url, called),
	};
}

const UNENCRYPTED =
	'the URL of the form begins with http://, so personal data is sent unencrypted. Use https:// if the CRM supports it';
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
	if (isPlainHttp(given) && !isPlainHttp(run.credential)) remarks.add(UNENCRYPTED, item);
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
