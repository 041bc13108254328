import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../../../shared/errors';
import { titleOf } from '../../../shared/fields';
import { sendable } from '../../../shared/wire/control-characters';
import type { WireFields } from '../../webservice/form';
import { isObject } from '../../../shared/wire';

const LOGIN_OPERATIONS = new Set(['getchallenge', 'login']);
/** In lower case; the node gives them itself. */
const PROTECTED = new Set(['operation', 'sessionid', 'sessionname']);
/**
 * All that vtiger and PHP write names with. PHP ends a name at a NUL, and MySQL compares without
 * accents, so other characters would get protected names past the guard.
 */
const NAME = /^[A-Za-z0-9_.]+$/;
/** Characters of a name that are shown. */
const SHOWN = 40;
const NAME_ADVICE = 'A name has only the Latin letters A to Z, digits, "_" and ".".';

/**
 * @param fields of the operation, for errors
 * @throws InputError when there is none, when it is no name, or when it would spoil the node's own logins
 */
export function readOperationName(fields: readonly INodeProperties[], value: unknown): string {
	const name = typeof value === 'string' ? value.trim() : '';
	if (name === '') {
		throw new InputError(
			`The field ${titleOf(fields, 'operationName')} is missing`,
			'Name the operation to call.',
		);
	}
	if (!NAME.test(name)) {
		throw new InputError(
			`The field ${titleOf(fields, 'operationName')} is not a name of an operation`,
			NAME_ADVICE,
		);
	}
	if (LOGIN_OPERATIONS.has(name.toLowerCase())) {
		throw new InputError(
			`The operation "${name}" is not called like this`,
			'The node logs in by itself. For a session of your own use “Session: Log In”.',
		);
	}
	return name;
}

/**
 * Reads the parameters of any operation, changing nothing about them.
 *
 * @param fields of the operation, for errors
 * @param value a JSON object or its text
 * @throws InputError for anything else, and for names that belong to the node
 */
export function readParameters(fields: readonly INodeProperties[], value: unknown): WireFields {
	const title = titleOf(fields, 'parameters');
	const parameters = typeof value === 'string' ? parse(value) : value;
	if (!isObject(parameters)) {
		throw new InputError(
			`The field ${title} is not a JSON object`,
			'Write it in braces, for example { "elementType": "Contacts" }.',
		);
	}
	const written: Record<string, string> = {};
	for (const [name, parameter] of Object.entries(parameters)) {
		if (PROTECTED.has(nameForPhp(name))) {
			throw new InputError(
				`The field ${title} must not hold "${name}"`,
				'The node gives operation and session itself.',
			);
		}
		if (!NAME.test(name)) {
			throw new InputError(
				`The field ${title} must not hold the name ${JSON.stringify(name.slice(0, SHOWN))}`,
				NAME_ADVICE,
			);
		}
		if (parameter !== null && parameter !== undefined) written[name] = asText(parameter);
	}
	return written;
}

/** PHP reads ` sessionName` and `sessionName[]` into the same variable. */
function nameForPhp(name: string): string {
	return (name.split('[')[0] ?? '').trim().toLowerCase();
}

/** Without the control characters that vtiger 8.4 would give back raw. */
function asText(value: unknown): string {
	if (typeof value === 'string') return sendable(value);
	return JSON.stringify(value, (_, part: unknown) => cleaned(part));
}

function cleaned(part: unknown): unknown {
	if (typeof part === 'string') return sendable(part);
	if (!isObject(part)) return part;
	return Object.fromEntries(Object.entries(part).map(([name, value]) => [sendable(name), value]));
}

function parse(text: string): unknown {
	try {
		return text.trim() === '' ? {} : JSON.parse(text);
	} catch {
		return undefined;
	}
}
