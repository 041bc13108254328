import { sendable } from '../../shared/wire/text';
import type { ModuleDescription, ModuleField } from './describe';
import { choicesIn, plain, type ValueRules, writeValue } from './field-values';
import { FieldError, previewValue } from './values';

/** A field of a web form, as it is sent. */
export interface FormValue {
	/** As the form's HTML has it, or vtiger's own name. */
	name: string;
	/** What is sent: one value, or those of a multipicklist. */
	values: readonly string[];
	/** The field of the module that it fills; `undefined` where the CRM does not describe the module. */
	field: ModuleField | undefined;
}

const LABEL = /^label:/i;
const LIST = /\[\]$/;
/** PHP writes these characters of a name as `_`. */
const CHANGED_BY_PHP = /[ .]/g;
/** No header and no parameter ends within such a name. */
const NAME = /^[^\p{C}\p{Zl}\p{Zp}"\\[\]]{1,200}$/u;
/** In lower case. The node gives the first two itself, and the third would change the answer's form. */
const RESERVED = new Set(['publicid', 'urlencodeenable', 'callback']);

/** The address of the form's script, beside webservice.php (docs/protocols/vtiger.md, 15.1). */
export function captureUrl(webserviceUrl: string): string {
	return new URL('modules/Webforms/capture.php', webserviceUrl).href;
}

/**
 * Writes the fields of a form. A name is one of the form's HTML, `label:ИНН`, or vtiger's own (docs/protocols/vtiger.md,
 * 15.2).
 *
 * @param values by name; empty ones are not sent
 * @param isAutoMapped whether other properties may be among them, which are left out
 * @throws FieldError for a name that no field of the module has, and for a value that must not be sent
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

/** The parameters of a form, in their order; those with several values are PHP's lists. */
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

/** What a form's answer says (docs/protocols/vtiger.md, 15.4 and 15.5). */
export type FormAnswer = { accepted: true } | { accepted: false; message: string };

/**
 * Reads the address that a form with a return address sends the browser to.
 *
 * @returns `undefined` if it does not say what became of the form
 */
export function readFormRedirect(location: string, from: string): FormAnswer | undefined {
	if (!URL.canParse(location, from)) return undefined;
	// Behind what the return address has of its own.
	const said = [...new URL(location, from).searchParams].findLast(
		([name]) => name === 'success' || name === 'error',
	);
	if (!said) return undefined;
	const [name, text] = said;
	return name === 'success' ? { accepted: true } : { accepted: false, message: text.trim() };
}

/**
 * Why the CRM does not accept a form, as far as its words are known. All of these are found out before a
 * record is created.
 */
export type FormRefusal = 'captcha' | 'duplicate' | 'mandatory' | 'unknownForm';

const REFUSALS: ReadonlyArray<[FormRefusal, RegExp]> = [
	['unknownForm', /webform not found/i],
	['captcha', /not a robot|captcha/i],
	['mandatory', /does not have a value|mandatory/i],
	['duplicate', /duplicate/i],
];

/** @returns `undefined` for words that may come from the midst of the work */
export function refusalOf(message: string): FormRefusal | undefined {
	return REFUSALS.find(([, words]) => words.test(message))?.[0];
}

/** The values of a form that a record does not hold, by their names. */
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

/** As it is stored: without HTML tags (docs/protocols/vtiger.md, 15.6), and with line ends of one kind. */
function plainText(text: string): string {
	return text
		.replace(/<[^<>]*>/g, '')
		.replace(/\r\n?/g, '\n')
		.trim();
}

/** Fields of a record that hold the `0` of a vtiger 8.4 in place of nothing (docs/protocols/vtiger.md, 15.7). */
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

/** Checks the public id of a form: it is in the form's HTML, as the field `publicid`. */
export function readPublicId(value: unknown): string {
	const id = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	if (id === '') throw new FieldError('publicId', 'is missing');
	if (/^[A-Za-z0-9]{1,64}$/.test(id)) return id;
	throw new FieldError(
		'publicId',
		`must be the value of "publicid" in the form’s HTML, letters and digits only, not "${previewValue(id)}"`,
	);
}
