import { isObject, type JsonObject } from '../../nodes/Exapi/protocol/json';
import { objectIn, SandboxControlError } from '../control';
import type { Fault } from './faults';
import type { OrderChange, OrderSeed } from './order-types';

type Kind = 'text' | 'number' | 'yes or no' | 'object' | 'list' | 'date' | 'any';
type Fields = Readonly<Record<string, Kind>>;

const CALL: Fields = { date: 'date', state: 'number', recall: 'date', comment: 'text' };

const ORDER_CHANGE: Fields = {
	status: 'text',
	comment: 'text',
	callComment: 'text',
	call: 'object',
	details: 'object',
	sender: 'text',
};

const ORDER_SEED: Fields = {
	orderId: 'text',
	sender: 'text',
	status: 'text',
	comment: 'text',
	callComment: 'text',
	calls: 'list',
	createdAt: 'date',
	approvedAt: 'date',
	fields: 'object',
	details: 'object',
};

const FAULT: Fields = {
	kind: 'text',
	ms: 'any',
	status: 'any',
	retryAfter: 'any',
	message: 'text',
	method: 'text',
	orderId: 'text',
	carryOut: 'yes or no',
	times: 'any',
	skip: 'any',
};

/** @throws SandboxControlError, as all of these, naming the field that cannot be understood */
export function readFault(input: JsonObject): Fault {
	check(input, FAULT);
	// The kind, and the numbers that go with it, are checked where the fault is planned.
	return input as unknown as Fault;
}

export function readOrderChange(input: JsonObject): OrderChange {
	if (isObject(input.call)) check(input.call, CALL);
	check(input, ORDER_CHANGE);
	return input;
}

/** One order or a list of them. */
export function readOrderSeeds(body: unknown): OrderSeed[] {
	return (Array.isArray(body) ? body : [body]).map(objectIn).map((seed) => {
		if (Array.isArray(seed.calls)) seed.calls.forEach((call) => check(objectIn(call), CALL));
		check(seed, ORDER_SEED);
		const { orderId } = seed;
		if (typeof orderId === 'string' && orderId !== '') return { ...seed, orderId };
		throw new SandboxControlError('"orderId" is missing');
	});
}

/** `{secret}` or `{secrets: […]}`. */
export function readSecrets({ secret, secrets = [secret] }: JsonObject): string[] {
	const isUsable = (one: unknown): one is string => typeof one === 'string' && one !== '';
	if (Array.isArray(secrets) && secrets.length > 0 && secrets.every(isUsable)) return secrets;
	throw new SandboxControlError('Send {"secret": "…"} or {"secrets": ["new", "old"]}');
}

export function readMaxFailures({ maxFailures }: JsonObject): number | null {
	if (maxFailures === null) return null;
	if (Number.isInteger(maxFailures) && Number(maxFailures) > 0) return Number(maxFailures);
	throw new SandboxControlError('"maxFailures" must be a whole number above 0, or null');
}

/** Refuses unknown names and wrong types; `null` stands for an absent date. */
function check(input: JsonObject, fields: Fields): void {
	for (const [name, value] of Object.entries(input)) {
		const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
		if (kind === undefined) {
			throw new SandboxControlError(
				`There is no field "${name}". There are: ${Object.keys(fields).join(', ')}`,
			);
		}
		if (!isOfKind(value, kind)) throw new SandboxControlError(`"${name}" must be a ${kind}`);
	}
}

function isOfKind(value: unknown, kind: Kind): boolean {
	switch (kind) {
		case 'text':
			return typeof value === 'string';
		case 'number':
			return typeof value === 'number';
		case 'yes or no':
			return typeof value === 'boolean';
		case 'object':
			return isObject(value);
		case 'list':
			return Array.isArray(value);
		case 'date':
			return typeof value === 'string' || value === null;
		case 'any':
			return true;
	}
}
