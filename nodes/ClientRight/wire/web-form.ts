import { sendable } from '../../shared/wire/text';
import type { ModuleDescription, ModuleField } from './describe';
import { choicesIn, plain, type ValueRules, writeValue } from './field-values';
import { FieldError, previewValue } from '../../shared/wire/field-error';

/** A field of a web form, as it is sent. */
export interface FormValue {
	/** As the form's HTML has it, or vtiger's own name. */
	name: string;
	/** The values to send: one, or those of a multipicklist. */
	values: readonly string[];
	/** The field of the module; `undefined` if the CRM does not describe the module. */
	field: ModuleField | undefined;
}

const LABEL = /^label:/i;
const LIST = /\[\]$/;
/** PHP writes these characters of a name as `_`. */
const CHANGED_BY_PHP = /[ .]/g;
/** A name that cannot end a header or a parameter. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}"\\[\]]{1,200}$/u;
/** Reserved names in lower case: the node sets the first two, and the third would change the response. */
const RESERVED = new Set(['publicid', 'urlencodeenable', 'callback']);

/**
 * Returns the URL of the form's script, next to webservice.php (docs/protocols/vtiger.md, 15.1).
 *
 * @example
 * clientright.captureUrl('https://crm.example.org/crm/webservice.php');
 * // => 'https://crm.example.org/crm/modules/Webforms/capture.php'
 */
export function captureUrl(webserviceUrl: string): string {
	return new URL('modules/Webforms/capture.php', webserviceUrl).href;
}

/**
 * Writes the fields of a form. A name is one of the form's HTML, `label:ИНН`, or vtiger's own (docs/protocols/vtiger.md,
 * 15.2).
 *
 * @param values values by name; empty ones are omitted
 * @param isAutoMapped whether the values may contain other properties, which are omitted
 * @throws FieldError for a name that no field of the module has, and for a value that must not be sent
 *
 * @example
 * const rules = { timeZone: 'Europe/Moscow', normalizeMobile: true, validateChecksums: false,
 *   prefixes: new Map(), userId: '' };
 * const values = clientright.writeFormValues({ lastname: 'Образцова' }, undefined, rules, false);
 * values; // => [{ name: 'lastname', values: ['Образцова'], field: undefined }]
 */
export function writeFormValues(
	values: Readonly<Record<string, unknown>>,
	description: ModuleDescription | undefined,
	rules: ValueRules,
	isAutoMapped: boolean,
): FormValue[] {
	const known = description?.fields.size ? description : undefined;
	return Object.entries(values).flatMap(([given, value]): FormValue[] => {
		const name = given.trim().replace(LIST, '').replace(CHANGED_BY_PHP, '_');
		const field = known && fieldOf(known, name);
		if (known && !field && isAutoMapped) return [];
		if (isEmpty(value)) return [];
		checkFormName(given, name);
		if (known && !field) {
			throw new FieldError(
				given,
				`is no field of ${known.name}: check its name in the form’s HTML`,
			);
		}
		return [{ name, values: valuesOf(given, field, value, rules), field }];
	});
}

/** @throws FieldError for what is no name of a form, or one that the node gives itself */
export function checkFormName(called: string, name: string): void {
	if (RESERVED.has(name.toLowerCase())) {
		throw new FieldError(called, 'must not be among the fields: the node sends it itself');
	}
	if (!NAME.test(name)) {
		throw new FieldError(
			called,
			'is not a name that a form can have: copy it from the form’s HTML',
		);
	}
}

function fieldOf({ fields }: ModuleDescription, name: string): ModuleField | undefined {
	const own = fields.get(name);
	if (own || !LABEL.test(name)) return own;
	const label = inPhp(name.replace(LABEL, ''));
	return [...fields.values()].find((field) => inPhp(field.label) === label);
}

const inPhp = (name: string): string => name.trim().replace(CHANGED_BY_PHP, '_');

function isEmpty(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	if (Array.isArray(value)) return value.length === 0;
	return typeof value === 'string' && sendable(value).trim() === '';
}

function valuesOf(
	called: string,
	field: ModuleField | undefined,
	value: unknown,
	rules: ValueRules,
): string[] {
	if (field?.type === 'multipicklist') return choicesIn(writeValue(called, field, value, rules));
	if (!field && Array.isArray(value)) return value.map((part) => plain(called, part));
	return [writeValue(called, field, value, rules)];
}

/**
 * Returns the parameters of a form in their order. Several values of a field are written as a PHP list.
 *
 * @example
 * const rules = { timeZone: 'Europe/Moscow', normalizeMobile: true, validateChecksums: false,
 *   prefixes: new Map(), userId: '' };
 * const values = clientright.writeFormValues({ lastname: 'Образцова' }, undefined, rules, false);
 * clientright.formParameters('5b6c7d', values);
 * // => [['publicid', '5b6c7d'], ['urlencodeenable', '1'], ['lastname', 'Образцова']]
 */
export function formParameters(
	publicId: string,
	values: readonly FormValue[],
): Array<[name: string, value: string]> {
	const fields = values.flatMap(({ name, values: given, field }) => {
		const isList = field?.type === 'multipicklist' || given.length !== 1;
		return given.map((value): [string, string] => [isList ? `${name}[]` : name, value]);
	});
	return [['publicid', publicId], ['urlencodeenable', '1'], ...fields];
}

/** The response to a form (docs/protocols/vtiger.md, 15.4 and 15.5). */
export type FormAnswer = { accepted: true } | { accepted: false; message: string };

/**
 * Reads the URL that a form with a return URL redirects the browser to.
 *
 * @returns `undefined` if the URL does not contain the outcome of the form
 *
 * @example
 * const from = 'https://crm.example.org/modules/Webforms/capture.php';
 * clientright.readFormRedirect('https://example.org/thanks?success=true', from); // => { accepted: true }
 * clientright.readFormRedirect('https://example.org/thanks?error=Duplicate', from);
 * // => { accepted: false, message: 'Duplicate' }
 * clientright.readFormRedirect('https://example.org/', from); // => undefined
 */
export function readFormRedirect(location: string, from: string): FormAnswer | undefined {
	if (!URL.canParse(location, from)) return undefined;
	// The last parameter is used: the return URL may have parameters of its own.
	const said = [...new URL(location, from).searchParams].findLast(
		([name]) => name === 'success' || name === 'error',
	);
	if (!said) return undefined;
	const [name, text] = said;
	return name === 'success' ? { accepted: true } : { accepted: false, message: text.trim() };
}

/**
 * The reason why the CRM rejected a form, if its message is known. The CRM checks all of these before it creates a
 * record.
 */
export type FormRefusal = 'captcha' | 'duplicate' | 'mandatory' | 'unknownForm';

const REFUSALS: ReadonlyArray<[FormRefusal, RegExp]> = [
	['unknownForm', /webform not found/i],
	['captcha', /not a robot|captcha/i],
	['mandatory', /does not have a value|mandatory/i],
	['duplicate', /duplicate/i],
];

/**
 * Returns the reason of a message.
 *
 * @returns `undefined` for a message that may come from an error during the work
 *
 * @example
 * clientright.refusalOf('Webform not found.'); // => 'unknownForm'
 * clientright.refusalOf('Out of memory'); // => undefined
 */
export function refusalOf(message: string): FormRefusal | undefined {
	return REFUSALS.find(([, words]) => words.test(message))?.[0];
}

/**
 * Returns the names of the form's values that a record does not contain.
 *
 * @example
 * const rules = { timeZone: 'Europe/Moscow', normalizeMobile: true, validateChecksums: false,
 *   prefixes: new Map(), userId: '' };
 * const values = clientright.writeFormValues({ lastname: 'Образцова' }, undefined, rules, false);
 * clientright.valuesNotIn({ lastname: 'Образцова' }, values); // => []
 * clientright.valuesNotIn({ lastname: '' }, values); // => ['lastname']
 */
export function valuesNotIn(
	record: Readonly<Record<string, unknown>>,
	values: readonly FormValue[],
): string[] {
	return values
		.filter(({ name, values: sent, field }) => {
			const stored = record[field?.name ?? name];
			return !isStored(field?.type ?? '', sent, typeof stored === 'string' ? stored : '');
		})
		.map(({ name }) => name);
}

function isStored(type: string, sent: readonly string[], stored: string): boolean {
	const [value = ''] = sent;
	switch (type) {
		case 'boolean':
			return (value === '1') === (stored === '1');
		case 'currency':
		case 'double':
		case 'integer':
			return stored.trim() !== '' && Number(stored) === Number(value);
		case 'multipicklist': {
			const parts = choicesIn(stored);
			return parts.length === sent.length && sent.every((part) => parts.includes(part));
		}
		case 'time':
			return stored === value || stored === `${value}:00`;
		default:
			return plainText(stored) === plainText(value) && sent.length === 1;
	}
}

/** Converts text to its stored form: without HTML tags (docs/protocols/vtiger.md, 15.6), with uniform line ends. */
function plainText(text: string): string {
	return text
		.replace(/<[^<>]*>/g, '')
		.replace(/\r\n?/g, '\n')
		.trim();
}

/**
 * Returns the fields in which vtiger 8.4 stored `0` instead of nothing (docs/protocols/vtiger.md, 15.7).
 *
 * @example
 * const description = clientright.readDescription({
 *   name: 'Leads',
 *   idPrefix: '10',
 *   fields: [{ name: 'city', type: { name: 'string' } }],
 * });
 * clientright.zeroedFields({ city: '0' }, [], description); // => ['city']
 */
export function zeroedFields(
	record: Readonly<Record<string, unknown>>,
	values: readonly FormValue[],
	{ fields }: ModuleDescription,
): string[] {
	const sent = new Set(values.map(({ name, field }) => field?.name ?? name));
	const texts = new Set(['email', 'phone', 'string', 'text', 'url']);
	return [...fields.values()]
		.filter(({ name, type }) => texts.has(type) && !sent.has(name) && record[name] === '0')
		.map(({ name }) => name);
}

/**
 * Reads the public ID of a form, which is the field `publicid` in the form's HTML.
 *
 * @example
 * clientright.readPublicId(' 5b6c7d '); // => '5b6c7d'
 * clientright.readPublicId(''); // throws FieldError: is missing
 */
export function readPublicId(value: unknown): string {
	const id = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (id === '') throw new FieldError('publicId', 'is missing');
	if (/^[A-Za-z0-9]{1,64}$/.test(id)) return id;
	throw new FieldError(
		'publicId',
		`must be the value of "publicid" in the form’s HTML, letters and digits only, not "${previewValue(id)}"`,
	);
}
