import { isObject, type JsonObject } from '../../nodes/shared/wire';
import { objectIn, SandboxControlError } from '../control';
import { checkFields, type FieldKinds } from '../control-fields';
import type { Fault } from './faults';
import type { OrderChange, OrderSeed } from './order-types';
import type { PartnerMessage } from './partner';

const CALL: FieldKinds = { date: 'date', state: 'number', recall: 'date', comment: 'text' };

const ORDER_CHANGE: FieldKinds = {
	status: 'text',
	comment: 'text',
	callComment: 'text',
	call: 'object',
	details: 'object',
	sender: 'text',
};

const ORDER_SEED: FieldKinds = {
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

const FAULT: FieldKinds = {
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

const PARTNER_MESSAGE: FieldKinds = {
	url: 'text',
	kind: 'text',
	sender: 'text',
	secret: 'text',
	method: 'text',
	params: 'list',
	id: 'text',
	timeoutMs: 'number',
};

/** @throws SandboxControlError, as all of these, naming the field that cannot be understood */
export function readFault(input: JsonObject): Fault {
	checkFields(input, FAULT);
	// The kind, and the numbers that go with it, are checked where the fault is planned.
	return input as unknown as Fault;
}

export function readOrderChange(input: JsonObject): OrderChange {
	if (isObject(input.call)) checkFields(input.call, CALL);
	checkFields(input, ORDER_CHANGE);
	return input;
}

/** One order or a list of them. */
export function readOrderSeeds(body: unknown): OrderSeed[] {
	return (Array.isArray(body) ? body : [body]).map(objectIn).map((seed) => {
		if (Array.isArray(seed.calls)) seed.calls.forEach((call) => checkFields(objectIn(call), CALL));
		checkFields(seed, ORDER_SEED);
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

export function readPartnerMessage(input: JsonObject): PartnerMessage {
	checkFields(input, PARTNER_MESSAGE);
	const { url } = input;
	if (typeof url === 'string') return { ...input, url };
	throw new SandboxControlError('"url" is missing: the whole address of the webhook');
}
