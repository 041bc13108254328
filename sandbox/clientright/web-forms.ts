import { PHP_HTML } from '../core/php';
import type { Reply } from '../core/player';
import { addDocument } from './documents';
import { checkFilled, WebserviceError } from './errors';
import { moduleNamed, type Module } from './modules';
import { allParameters, type PhpRequest } from './php';
import type { Quirks } from './quirks';
import type { RecordBook } from './records';
import { storedValue, VALUE_SEPARATOR } from './values';

/** A form of the module Webforms, which web sites send to `capture.php`. */
export interface WebForm {
	name: string;
	/** 32 hex digits, in the form's HTML. */
	publicId: string;
	module: string;
	/** vtiger's names of the fields that the form has; others are dropped. */
	fields: readonly string[];
	/** The names of its file fields and their labels, which become the documents' titles. */
	files: Readonly<Record<string, string>>;
	/** Where the browser is sent; without one the answer is JSON. */
	returnUrl?: string;
	/** Whether only a person can send it. */
	captcha?: boolean;
}

const CLIENT_FORM = {
	name: 'Регистрация клиента',
	module: 'Contacts',
	fields: [
		...['lastname', 'firstname', 'mobile', 'email', 'birthday', 'mailingstreet'],
		...['cf_inn', 'cf_smscode', 'cf_interests'],
	],
	files: { file_1_1: 'договор', file_1_2: 'подтверждение оплаты' },
};

/** The registration of a client (docs/protocols/clientright.md, 4), with either kind of answer. */
export const SAMPLE_WEB_FORMS: readonly WebForm[] = [
	{ ...CLIENT_FORM, publicId: '3f1c6a2b9d8e4f70a1b2c3d4e5f60718' },
	{
		...CLIENT_FORM,
		name: 'Регистрация клиента с возвратом',
		publicId: '77aa6a2b9d8e4f70a1b2c3d4e5f60718',
		returnUrl: 'https://site.example.test/thanks',
	},
];

/** What a form is stored in. */
interface Crm {
	readonly records: RecordBook;
	readonly webForms: readonly WebForm[];
	readonly quirks: Quirks;
}

/** `modules/Webforms/capture.php`: makes a record of what a form sends, and documents of its files. */
export function capture(crm: Crm, request: PhpRequest): Reply {
	const parameters = allParameters(request, false);
	const form = crm.webForms.find(({ publicId }) => publicId === parameters.get('publicid'));
	const callback = parameters.get('callback');
	// vtiger knows where to send the browser only when it has found the form, and a person.
	const refusal = !form
		? 'Webform not found.'
		: form.captcha && 'Please verify you are not a robot.';
	if (!form || refusal) return jsonAnswer(refused(refusal || ''), callback);
	const { returnUrl } = form;
	try {
		store(crm, form, request);
		if (returnUrl !== undefined) return redirect(`${returnUrl}?success=ok`);
		return jsonAnswer({ success: true, result: 'ok' }, callback);
	} catch (error) {
		if (!(error instanceof WebserviceError)) throw error;
		if (returnUrl !== undefined) return redirect(`${returnUrl}?error=${error.message}`);
		return jsonAnswer(refused(error.message), callback);
	}
}

const refused = (message: string) => ({ success: false, error: { message } });

/** JSON, as HTML; within a call of a function where the request names one. */
function jsonAnswer(json: object, callback: unknown): Reply {
	const text = JSON.stringify(json);
	const body = typeof callback === 'string' ? `${callback}(${text})` : text;
	return { status: 200, contentType: PHP_HTML, body };
}

/** @param location as vtiger writes it, blanks included */
function redirect(location: string): Reply {
	return { status: 302, contentType: PHP_HTML, body: '', headers: { Location: location } };
}

function store({ records, quirks }: Crm, form: WebForm, request: PhpRequest): void {
	const module = moduleNamed(form.module);
	const sent = fieldsOf(form, module, request);
	for (const { name, mandatory, type } of module.fields.values()) {
		if (mandatory && type !== 'owner') checkFilled(name, sent[name]);
	}
	// 8.4 takes an empty text for "0" where the form has a return address.
	const isZeroed = quirks.version === '8.4' && form.returnUrl !== undefined;
	const fields = Object.entries(sent).map(([name, value]) => {
		const text = value === '' && isZeroed ? '0' : value;
		return [name, storedValue(module.fields.get(name)!, text, quirks.strictDatabase)] as const;
	});
	const origin = { source: 'WEBFORM' } as const;
	const record = records.create(module.name, Object.fromEntries(fields), origin);
	records.addRevision(record, sent);
	for (const file of request.files) {
		const title = form.files[file.part];
		if (title !== undefined) addDocument(records, record, title, file, origin);
	}
}

/** Fields by vtiger's names; a form may call them by their labels, in which PHP has no blanks. */
function fieldsOf(form: WebForm, module: Module, request: PhpRequest): Record<string, string> {
	const parameters = allParameters(request, false);
	return Object.fromEntries(
		form.fields.map((name) => {
			const label = `label:${module.fields.get(name)?.label.replace(/[ .]/g, '_')}`;
			const value = parameters.get(name) ?? parameters.get(label) ?? '';
			const text = typeof value === 'string' ? value : value.join(VALUE_SEPARATOR);
			return [name, text.replace(/<[^>]*>/g, '')];
		}),
	);
}
