import { DateTime } from 'luxon';
import { day } from './text-values';
import type { Choice, ModuleField } from './describe';
import { FieldError, previewValue } from '../../shared/wire/field-error';
import { asText, type WritingRules } from './values';

/** The context in which values are written. */
export interface ValueRules extends WritingRules {
	/** The numbers that the IDs of modules begin with, if known. */
	prefixes: ReadonlyMap<string, string>;
	/** The ID of the logged-in user, such as `19x5`. */
	userId: string;
}

const FULL_ID = /^([1-9]\d*)x([1-9]\d*)$/;
const NUMBER_ID = /^[1-9]\d*$/;
const DECIMAL = /^([+-]?)(\d+)(?:[.,](\d+))?$/;
/** Spaces between thousands, also no-break spaces. */
const BLANKS = /[\s\p{Zs}]/gu;
/** A comma that may separate thousands or decimals. */
const AMBIGUOUS = /^[+-]?[1-9]\d{0,2},\d{3}$/;
const TIME = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;
const ISO_MOMENT =
	/^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
const WRITTEN_MOMENT = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?:[ ,T]+(\d{1,2}:\d{2})(?::(\d{2}))?)?$/;
const WIRE_MOMENT = 'yyyy-MM-dd HH:mm:ss';
const YES = new Set(['да', 'yes', 'y', 'true', 'истина', 'on', '1']);
const NO = new Set(['нет', 'no', 'n', 'false', 'ложь', 'off', '0']);
/** Between the values of a multipicklist (docs/protocols/vtiger.md, 10.6). */
const BETWEEN = ' |##| ';
const SHOWN_CHOICES = 10;
/** An escape that vtiger 8.4 decodes before it reads the JSON (docs/protocols/vtiger.md, 10.9). */
const ESCAPE = /\\u[0-9a-f]{4}/i;

/**
 * Writes one value of a record as the CRM stores it. It rejects values that vtiger would accept and store as
 * empty or as another value (docs/protocols/vtiger.md, 10.6 and 10.7).
 *
 * @param field the field's description; `undefined` if the CRM has none
 * @param value a value that is not empty
 * @throws FieldError when the value must not be sent
 *
 * @example
 * const description = clientright.readDescription({
 *   name: 'Contacts',
 *   idPrefix: '12',
 *   labelFields: 'lastname',
 *   fields: [{ name: 'portal', type: { name: 'boolean' } }],
 * });
 * const rules = { timeZone: 'Europe/Moscow', normalizeMobile: true, validateChecksums: false,
 *   prefixes: new Map(), userId: '19x1' };
 * clientright.writeValue('portal', description.fields.get('portal'), 'да', rules); // => '1'
 */
export function writeValue(
	name: string,
	field: ModuleField | undefined,
	value: unknown,
	rules: ValueRules,
): string {
	switch (field?.type) {
		case 'boolean':
			return yesOrNo(name, value);
		case 'currency':
		case 'double':
			return decimal(name, value);
		case 'integer':
			return integer(name, value);
		case 'date':
			return day(name, value, rules);
		case 'datetime':
			return moment(name, value, rules.timeZone);
		case 'time':
			return time(name, value, rules.timeZone);
		case 'picklist':
			return choiceOf(name, field.choices, plain(name, value));
		case 'multipicklist':
			return choicesOf(name, field.choices, value);
		case 'reference':
			return referenceId(name, field.refersTo, value, rules.prefixes);
		case 'owner':
			return ownerId(name, value, rules.userId);
		default:
			return plain(name, value);
	}
}

/**
 * Writes a value for a comparison with stored values. Records may have values that a picklist no longer
 * offers, and a part of a text has no type.
 *
 * @throws FieldError when the value cannot be compared
 */
export function writeComparedValue(
	name: string,
	field: ModuleField | undefined,
	value: unknown,
	rules: ValueRules,
): string {
	if (field?.type !== 'picklist' && field?.type !== 'multipicklist') {
		return writeValue(name, field, value, rules);
	}
	const text = plain(name, value);
	return field.choices.find(({ label }) => label === text)?.value ?? text;
}

/**
 * Writes a value as text.
 *
 * @throws FieldError for text that vtiger 8.4 would misread
 */
export function plain(field: string, value: unknown): string {
	if (typeof value === 'boolean') return value ? '1' : '0';
	const text = DateTime.isDateTime(value) ? (value.toISO() ?? '') : asText(field, value);
	const escape = ESCAPE.exec(text);
	if (!escape) return text;
	throw new FieldError(
		field,
		`must not contain "${escape[0]}": a vtiger 8.4 takes it for a character of its own and fails`,
	);
}

function yesOrNo(field: string, value: unknown): string {
	const word = ['boolean', 'number', 'string'].includes(typeof value) ? String(value) : '';
	const answer = word.trim().toLowerCase();
	if (YES.has(answer)) return '1';
	if (NO.has(answer)) return '0';
	throw new FieldError(field, `must be true, false, да or нет, not "${previewValue(value)}"`);
}

/** Writes a number with a decimal point: vtiger stores `20000,5` as 20000. */
function decimal(field: string, value: unknown): string {
	const text = asText(field, value).replace(BLANKS, '');
	if (AMBIGUOUS.test(text)) {
		const readings = [text.replace(',', '.'), text.replace(',', '')].join(' or ');
		throw new FieldError(field, `may be ${readings}: write "${previewValue(value)}" with a point`);
	}
	const [, sign = '', whole, fraction] = DECIMAL.exec(text) ?? [];
	if (whole === undefined) {
		throw new FieldError(field, `must be a number such as 1500.50, not "${previewValue(value)}"`);
	}
	return `${sign === '-' ? '-' : ''}${whole}${fraction === undefined ? '' : `.${fraction}`}`;
}

function integer(field: string, value: unknown): string {
	const text = asText(field, value).replace(BLANKS, '');
	const [, sign = '', whole, fraction = ''] = DECIMAL.exec(text) ?? [];
	if (whole !== undefined && /^0*$/.test(fraction) && !AMBIGUOUS.test(text)) {
		return `${sign === '-' ? '-' : ''}${whole}`;
	}
	throw new FieldError(field, `must be a whole number, not "${previewValue(value)}"`);
}

/** Writes a date and time in UTC, as vtiger does (docs/protocols/vtiger.md, 9.10). */
function moment(field: string, value: unknown, zone: string): string {
	const read = readMoment(value, zone);
	if (read?.isValid) return read.toUTC().toFormat(WIRE_MOMENT);
	throw new FieldError(
		field,
		`must be a date and time such as 2026-01-31T10:00:00+03:00, not "${previewValue(value)}"`,
	);
}

function readMoment(value: unknown, zone: string): DateTime | undefined {
	if (DateTime.isDateTime(value)) return value;
	if (value instanceof Date) return DateTime.fromJSDate(value);
	if (typeof value !== 'string') return undefined;
	const text = value.trim();
	if (ISO_MOMENT.test(text)) {
		return DateTime.fromISO(text.replace(' ', 'T').replace(/\s+(?=[+-]|Z$)/i, ''), { zone });
	}
	const [, date, month, year, clock = '00:00', seconds = '00'] = WRITTEN_MOMENT.exec(text) ?? [];
	if (date === undefined) return undefined;
	return DateTime.fromFormat(`${date}.${month}.${year} ${clock}:${seconds}`, 'd.M.yyyy H:mm:ss', {
		zone,
	});
}

/** Writes the time of a calendar entry. That of a date and time is in the workflow's zone. */
function time(field: string, value: unknown, zone: string): string {
	if (DateTime.isDateTime(value)) return value.setZone(zone).toFormat('HH:mm:ss');
	const text = asText(field, value);
	if (TIME.test(text)) return text;
	throw new FieldError(field, `must be a time such as 10:00, not "${previewValue(value)}"`);
}

/** Finds a value of a picklist by value or label: vtiger would store any text. */
function choiceOf(field: string, choices: readonly Choice[], text: string): string {
	const found =
		choices.find(({ value }) => value === text) ??
		choices.find(({ label }) => label === text) ??
		choices.find(({ label, value }) => [label, value].some((name) => isSame(name, text)));
	if (found) return found.value;
	if (choices.length === 0) return text;
	const shown = choices.slice(0, SHOWN_CHOICES).map(({ value }) => value);
	throw new FieldError(
		field,
		`must be one of ${shown.join(', ')}${choices.length > SHOWN_CHOICES ? ', …' : ''}, not "${previewValue(text)}"`,
	);
}

function isSame(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/** Writes the values of a multipicklist as one text: vtiger stores only the first value of a JSON list. */
function choicesOf(field: string, choices: readonly Choice[], value: unknown): string {
	return partsOf(field, choices, value)
		.map((part) => choiceOf(field, choices, part))
		.join(BETWEEN);
}

/** The values of a multipicklist, as the CRM stores them. */
export function choicesIn(stored: string): string[] {
	return stored
		.split(BETWEEN.trim())
		.map((part) => part.trim())
		.filter((part) => part !== '');
}

function partsOf(field: string, choices: readonly Choice[], value: unknown): string[] {
	if (Array.isArray(value)) return value.map((part) => plain(field, part));
	const text = plain(field, value);
	if (choices.some((choice) => choice.value === text || choice.label === text)) return [text];
	if (text.startsWith('[')) {
		const list = parsedList(text);
		if (list) return list.map((part) => plain(field, part));
	}
	const parts = text.includes('|##|') ? text.split('|##|') : text.split(/[;,\n]/);
	return parts.map((part) => part.trim()).filter((part) => part !== '');
}

function parsedList(text: string): unknown[] | undefined {
	try {
		const list: unknown = JSON.parse(text);
		return Array.isArray(list) ? list : undefined;
	} catch {
		return undefined;
	}
}

/** Writes the ID of another record: checks the number of its module, or adds it if only one module is possible. */
function referenceId(
	field: string,
	modules: readonly string[],
	value: unknown,
	prefixes: ReadonlyMap<string, string>,
): string {
	const text = asText(field, value);
	const known = modules.map((module) => prefixes.get(module));
	const [, prefix] = FULL_ID.exec(text) ?? [];
	if (prefix !== undefined) {
		if (known.length === 0 || known.includes(undefined) || known.includes(prefix)) return text;
		throw new FieldError(
			field,
			`must be the ID of a record in ${modules.join(' or ')}, which starts with ${known.map((own) => `"${own ?? ''}x"`).join(' or ')}, not "${previewValue(value)}"`,
		);
	}
	const [only] = known;
	if (NUMBER_ID.test(text) && known.length === 1 && only !== undefined) return `${only}x${text}`;
	throw new FieldError(
		field,
		`must be the ID of a record with the number of its module in front, such as 12x83859, not "${previewValue(value)}"`,
	);
}

/** Writes the ID of a user or a group. A number alone is a user. */
function ownerId(field: string, value: unknown, userId: string): string {
	const text = asText(field, value);
	if (FULL_ID.test(text)) return text;
	const [, prefix] = FULL_ID.exec(userId) ?? [];
	if (NUMBER_ID.test(text) && prefix !== undefined) return `${prefix}x${text}`;
	throw new FieldError(
		field,
		`must be the ID of a user or a group, such as 19x5, not "${previewValue(value)}"`,
	);
}

/**
 * Writes the ID of a record, such as `12x83859`. The number of the module is added to a number alone.
 *
 * @throws FieldError for any other value, and for an ID of another module
 *
 * @example
 * clientright.writeRecordId('recordId', '7', 'Contacts', '12'); // => '12x7'
 * clientright.writeRecordId('recordId', '11x7', 'Contacts', '12');
 * // throws FieldError: must be the ID of a record in Contacts, which starts with "12x", not "11x7"
 */
export function writeRecordId(
	field: string,
	value: unknown,
	module: string,
	prefix: string | undefined,
): string {
	const text = asText(field, value ?? '');
	if (text === '') throw new FieldError(field, 'is missing');
	const [, own] = FULL_ID.exec(text) ?? [];
	if (own !== undefined) {
		if (prefix === undefined || own === prefix) return text;
		throw new FieldError(
			field,
			`must be the ID of a record in ${module}, which starts with "${prefix}x", not "${previewValue(text)}"`,
		);
	}
	if (!NUMBER_ID.test(text)) {
		throw new FieldError(
			field,
			`must be an ID such as 12x83859 or 83859, not "${previewValue(text)}"`,
		);
	}
	if (prefix !== undefined) return `${prefix}x${text}`;
	throw new FieldError(
		field,
		`must have the number of its module in front, such as 12x${text}: the CRM does not tell this user the number of ${module}`,
	);
}
