import type { JsonObject } from '../../nodes/shared/wire';
import { objectIn, SandboxControlError } from '../control';
import { checkFields, type FieldKinds } from '../control-fields';
import type { ElectricianChange, ElectricianSeed } from './electricians';
import type { Fault } from './faults';
import type { PortalCheck } from './portal-check';

const ELECTRICIAN_CHANGE: FieldKinds = { name: 'text', points: 'number' };

const ELECTRICIAN_SEED: FieldKinds = { phone: 'text', ...ELECTRICIAN_CHANGE };

const FAULT: FieldKinds = {
	kind: 'text',
	ms: 'any',
	status: 'any',
	retryAfter: 'any',
	message: 'text',
	phone: 'text',
	carryOut: 'yes or no',
	times: 'any',
	skip: 'any',
};

const CHECK: FieldKinds = {
	url: 'text',
	protocol: 'text',
	phone: 'text',
	phoneHash: 'text',
	namespace: 'text',
	arParameters: 'yes or no',
	timeoutMs: 'number',
};

/** @throws SandboxControlError, as all of these, naming the field that cannot be understood */
export function readFault(input: JsonObject): Fault {
	checkFields(input, FAULT);
	// The kind, and the numbers that go with it, are checked where the fault is planned.
	return input as unknown as Fault;
}

/** One electrician or a list of them. */
export function readElectricianSeeds(body: unknown): ElectricianSeed[] {
	return (Array.isArray(body) ? body : [body]).map(objectIn).map((seed) => {
		checkFields(seed, ELECTRICIAN_SEED);
		const { phone } = seed;
		if (typeof phone === 'string') return { ...seed, phone };
		throw new SandboxControlError('"phone" is missing');
	});
}

export function readElectricianChange(input: JsonObject): ElectricianChange {
	checkFields(input, ELECTRICIAN_CHANGE);
	return input;
}

export function readCheck(input: JsonObject): PortalCheck {
	checkFields(input, CHECK);
	const { url } = input;
	if (typeof url === 'string') return { ...input, url };
	throw new SandboxControlError('"url" is missing: the whole address of the webhook');
}

export function readUid({ uid }: JsonObject): string {
	if (typeof uid === 'string' && uid !== '') return uid;
	throw new SandboxControlError('Send {"uid": "…"}');
}
