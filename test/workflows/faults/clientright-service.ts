import { SAMPLE_WEB_FORMS, type ClientRightCrm } from '../../../sandbox/clientright';
import { createSandbox } from '../../../sandbox/server';
import { ACCESS_KEY, ACCOUNT, CONTACT, USERNAME } from '../clientright-bench';
import { runNode } from '../engine';
import type { Passage, SeenRequest } from './front';
import type { Partner, RunMore, Service, Subject } from './subject';
import { VTIGER_FAULTS, WITHIN_SESSION } from './vtiger-faults';

/** A client that the CRM has, with a file. */
const CLIENT = { inn: '123456789012', code: '4711', mobile: '+79000000099' };
/** Its ID, of vtiger's own form: the first record of a sandbox. */
const CLIENT_ID = '12x84001';
const MOBILE = '+7 900 000-00-02';

const FORM = {
	publicId: SAMPLE_WEB_FORMS[0]!.publicId,
	module: 'Contacts',
	fieldsJson: { lastname: 'Формова', mobile: MOBILE },
};

const isCall =
	(operation: string) =>
	({ path, body }: SeenRequest) => {
		const query = path.split('?')[1] ?? '';
		return new URLSearchParams(`${query}&${body.toString()}`).get('operation') === operation;
	};
const TITLE = 'договор «1»';
/** A file of the input item, of no size that another one has. */
const FILE = '%PDF-1.4 the real one';

/** With a file, a call is a form of parts. */
const isUpload =
	(operation: string) =>
	({ body }: SeenRequest) =>
		body.includes(`name="operation"\r\n\r\n${operation}\r\n`);

const isForm = ({ path }: SeenRequest) => path.includes('/capture.php');

const calling = (
	title: string,
	wireName: string,
	more: Pick<Subject, 'kind' | 'parameters'> & Partial<Subject>,
): Subject => ({ title, operation: title, isMeant: isCall(wireName), ...more });

/** An operation on records of any module. */
type RecordSubject = Pick<Subject, 'kind' | 'parameters'> & {
	name: string;
	wireName: string;
	/** How many records there are of what it sends. */
	held?: (crm: ClientRightCrm) => number;
};

const TIMES = /"(?:created|modified)time":"[^"]*"/g;
const contactsWith = (fields: Record<string, string>) => (crm: ClientRightCrm) =>
	crm
		.recordsOf('Contacts')
		.filter((record) =>
			Object.entries(fields).every(([name, value]) => record.fields[name] === value),
		).length;

const RECORDS: readonly RecordSubject[] = [
	{
		name: 'get',
		wireName: 'retrieve',
		kind: 'read',
		parameters: { module: 'Contacts', recordId: CLIENT_ID },
	},
	{ name: 'getAll', wireName: 'query', kind: 'read', parameters: { module: 'Contacts' } },
	{
		name: 'create',
		wireName: 'create',
		kind: 'write',
		parameters: { module: 'Contacts', fieldsJson: '{ "lastname": "Образцова" }' },
		held: contactsWith({ lastname: 'Образцова' }),
	},
	{
		name: 'update',
		wireName: 'revise',
		kind: 'upsert',
		parameters: {
			module: 'Contacts',
			recordId: CLIENT_ID,
			fieldsJson: '{ "lastname": "Образцова" }',
		},
		held: contactsWith({ lastname: 'Образцова' }),
	},
	{
		name: 'upsert',
		wireName: 'create',
		kind: 'upsert',
		parameters: {
			module: 'Contacts',
			fieldsJson: { lastname: 'Образцова', mobile: MOBILE },
			matchFields: 'mobile',
		},
		held: contactsWith({ mobile: MOBILE }),
	},
	{
		name: 'delete',
		wireName: 'delete',
		kind: 'write',
		parameters: { module: 'Contacts', recordId: CLIENT_ID },
		held: (crm) => 1 - crm.recordsOf('Contacts').length,
	},
];

const withFile = (crm: ClientRightCrm) =>
	crm
		.recordsOf('Documents')
		.filter(({ fields }) => fields.filesize === String(Buffer.byteLength(FILE))).length;

/** An operation on files of the web service. */
type FileSubject = RecordSubject & Pick<Subject, 'isMeant' | 'varies'>;

const filesOf = ({ filePath, documentId }: Seeded): readonly FileSubject[] => [
	{
		name: 'document.upload',
		wireName: 'create',
		kind: 'write',
		parameters: { title: TITLE },
		isMeant: isUpload('create'),
		held: withFile,
	},
	{
		name: 'document.download',
		wireName: 'files_retrieve',
		kind: 'read',
		parameters: { documentId },
		isMeant: isCall('files_retrieve'),
	},
	{
		name: 'document.getAll',
		wireName: 'retrieve_related',
		kind: 'read',
		parameters: { recordId: CLIENT_ID },
		isMeant: isCall('retrieve_related'),
	},
	{
		name: 'document.replace',
		wireName: 'revise',
		kind: 'upsert',
		parameters: { documentId },
		isMeant: isUpload('revise'),
		held: withFile,
	},
	{
		name: 'file.replace',
		wireName: 'revise',
		kind: 'upsert',
		parameters: { contactId: CLIENT_ID, path: filePath, title: TITLE },
		isMeant: isUpload('revise'),
		held: withFile,
		// Each file that was stored has a path of its own.
		varies: /storage\/[^"]*/g,
	},
];

/** What the CRM has before. */
interface Seeded {
	filePath: string;
	documentId: string;
}

const subjects = (seeded: Seeded): readonly Subject[] => [
	calling('session.logIn', 'login', {
		kind: 'read',
		parameters: {},
		showsSecrets: true,
		spared: WITHIN_SESSION,
	}),
	calling('contact.upsert', 'CreateContact', { kind: 'upsert', parameters: CONTACT }),
	calling('account.upsert', 'CreateAccount', { kind: 'upsert', parameters: ACCOUNT }),
	calling('project.create', 'CreateProject', {
		kind: 'write',
		parameters: { contactId: '84001', offenderId: '2' },
	}),
	calling('project.create: its login', 'login', {
		kind: 'write',
		operation: 'project.create',
		parameters: { contactId: '84001', offenderId: '2' },
		struckBefore: true,
		spared: WITHIN_SESSION,
	}),
	calling('file.getAll', 'GetFilesList', {
		kind: 'read',
		parameters: { inn: CLIENT.inn, smsCode: CLIENT.code },
	}),
	{
		title: 'file.download',
		kind: 'read',
		operation: 'file.download',
		parameters: { path: seeded.filePath },
		isMeant: ({ path }) => path.includes('/storage/'),
		maxMegabytes: 32,
		// A file is whatever bytes there are, and may have none.
		spared: [
			'HTTP 200 without content',
			'Half a response that looks complete',
			'Invalid UTF-8 next to the result',
			'windows-1251, declared in the header',
			'windows-1251, not declared',
			'A byte order mark before the response',
			'A PHP warning before the response',
			'PHP notices before and after the response, with braces and quotes',
			'The answer to another request',
			...VTIGER_FAULTS.map(({ title }) => title),
		],
	},
	...RECORDS.map(({ name, wireName, ...more }) =>
		calling(`record.${name}`, wireName, { varies: TIMES, ...more }),
	),
	{
		title: 'webForm.submit',
		kind: 'write',
		operation: 'webForm.submit',
		parameters: FORM,
		isMeant: isForm,
		spared: VTIGER_FAULTS.map(({ title }) => title),
	},
	calling('webForm.submit: its look before', 'query', {
		kind: 'write',
		operation: 'webForm.submit',
		parameters: FORM,
		isMeant: (request) => isCall('query')(request) && request.path.includes('DESC'),
		struckBefore: true,
		// The form is sent all the same: it needs no right.
		spared: VTIGER_FAULTS.map(({ title }) => title).filter((title) =>
			title.includes('ACCESS_DENIED'),
		),
	}),
	calling('operation.call', 'CreateProject', {
		kind: 'write',
		parameters: {
			operationName: 'CreateProject',
			parameters: '{"contactid":"84001","offenderid":"2"}',
		},
		// Any result may be right.
		spared: ['The answer to another request'],
	}),
	...filesOf(seeded).map(({ name, wireName, ...more }) => calling(name, wireName, more)),
];

function createCrm() {
	const sandbox = createSandbox({ clientright: { users: { [USERNAME]: ACCESS_KEY } } });
	const { crm } = sandbox.clientright;
	const { id } = crm.seed('contact', CLIENT);
	const [file] = crm.addFiles(id, { title: TITLE });
	const [document] = crm.recordsOf('Documents');
	return { sandbox, crm, filePath: file!.path, documentId: document!.id };
}

async function startPartner(subject: Subject): Promise<Partner> {
	const { sandbox, crm, ...seeded } = createCrm();
	const record: RecordSubject | undefined =
		RECORDS.find(({ name }) => subject.operation === `record.${name}`) ??
		filesOf(seeded).find(({ name }) => subject.operation === name);
	const isWritten = (operation: string | null | undefined) =>
		record
			? record.kind !== 'read' && operation === record.wireName
			: operation === 'capture' || operation?.startsWith('Create') === true;
	const { url } = await sandbox.start();
	const run = async (
		{ operation, parameters }: Pick<Subject, 'operation' | 'parameters'>,
		frontUrl: string,
		{ settings, stop, options, allowUnauthorizedCerts = false }: RunMore,
	) => {
		const [resource, name] = operation.split('.');
		return await runNode({
			node: 'clientRight',
			parameters: { resource, operation: name, ...parameters, options },
			credentials: {
				clientRightApi: {
					url: `${frontUrl}/clientright/webservice.php`,
					username: USERNAME,
					accessKey: ACCESS_KEY,
					allowUnauthorizedCerts,
				},
			},
			binary: [
				{
					data: {
						data: Buffer.from(FILE).toString('base64'),
						mimeType: 'application/pdf',
						fileName: 'чек.pdf',
					},
				},
			],
			...(settings && { settings }),
			...(stop && { stop }),
		});
	};
	return {
		url,
		run,
		warmUp: async (frontUrl, more) => {
			await run({ operation: 'session.logIn', parameters: {} }, frontUrl, more);
		},
		held: () =>
			record
				? (record.held?.(crm) ?? 0)
				: crm.records().filter(({ fields }) => fields.code !== CLIENT.code).length,
		received: () =>
			crm.requests().filter(({ operation, carriedOut }) => carriedOut && isWritten(operation))
				.length,
		stop: async () => await sandbox.stop(),
	};
}

/** Sessions, challenges and answers to them, as they went over the wire. */
function secretsIn(passages: readonly Passage[]): string[] {
	const sent = passages.flatMap(({ request }) => {
		const query = request.path.split('?')[1] ?? '';
		const body = request.body.toString();
		const fields = new URLSearchParams(`${body}&${query}`);
		return ['sessionName', 'sessionId', 'accessKey'].map(
			(name) =>
				fields.get(name) ?? new RegExp(`name="${name}"\r\n\r\n(\\w+)`).exec(body)?.[1] ?? '',
		);
	});
	const given = passages.flatMap(({ answer }) =>
		[...(answer?.body.toString() ?? '').matchAll(/"(?:sessionName|token)":"([^"]+)"/g)].map(
			([, value]) => value ?? '',
		),
	);
	return [ACCESS_KEY, ...new Set([...sent, ...given])].filter((secret) => secret !== '');
}

export const CLIENT_RIGHT: Service = {
	name: 'clientRight',
	title: 'ClientRight CRM',
	subjects: subjects(createCrm()),
	local: [],
	wireNames: ['CreateContact', 'CreateAccount', 'CreateProject', 'GetFilesList', 'the web form'],
	record: 'record',
	startPartner,
	secretsIn,
	otherAnswer: (_, { body }) =>
		Buffer.from(
			JSON.stringify({
				success: true,
				result: body.includes('GetFilesList') ? '84001' : { types: ['Contacts'] },
			}),
		),
};
