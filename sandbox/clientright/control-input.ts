import { isObject, type JsonObject } from '../../nodes/shared/wire';
import { objectIn, SandboxControlError } from '../control';
import { checkFields, type FieldKinds } from '../control-fields';
import { checkCount } from '../fault-plan';
import type { CrmUser } from './authentication';
import type { Settings } from './crm-state';
import type { Fault } from './faults';
import type { FileSeed, RecordKind } from './record-types';
import type { SessionEnd } from './webservice-error';

const FAULT: FieldKinds = {
	kind: 'text',
	ms: 'any',
	status: 'any',
	retryAfter: 'any',
	code: 'any',
	message: 'text',
	result: 'any',
	operation: 'text',
	key: 'text',
	carryOut: 'yes or no',
	times: 'any',
	skip: 'any',
};

const FILE: FieldKinds = {
	title: 'text',
	path: 'text',
	content: 'text',
	contentBase64: 'text',
	forbidden: 'yes or no',
};

const SETTINGS: FieldKinds = {
	sessionLifetimeMs: 'number',
	challengeLifetimeMs: 'number',
	workMs: 'number',
};

const KINDS: readonly RecordKind[] = ['contact', 'account', 'project'];

/** @throws SandboxControlError, as all of these, naming the field that cannot be understood */
export function readFault(input: JsonObject): Fault {
	checkFields(input, FAULT);
	// The kind, and what goes with it, is checked where the fault is planned.
	return input as unknown as Fault;
}

/** One file or a list of them; bytes come as `contentBase64`. */
export function readFileSeeds(body: unknown): FileSeed[] {
	return (Array.isArray(body) ? body : [body]).map(objectIn).map((seed) => {
		checkFields(seed, FILE);
		const { contentBase64, title, ...rest } = seed;
		if (typeof title !== 'string') throw new SandboxControlError('"title" is missing');
		const bytes = typeof contentBase64 === 'string' && Buffer.from(contentBase64, 'base64');
		return { ...rest, title, ...(bytes ? { content: bytes } : {}) };
	});
}

export function readSettings(input: JsonObject): Partial<Settings> {
	checkFields(input, SETTINGS);
	for (const [name, value] of Object.entries(input)) checkCount(name, value);
	return input;
}

/** `{end, session}`, both of which may be absent. */
export function readSessionEnd(
	input: JsonObject,
): [end: SessionEnd | undefined, number: number | undefined] {
	checkFields(input, { end: 'text', session: 'number' });
	// Whether there is such an end is checked where the sessions are ended.
	return [input.end as SessionEnd | undefined, input.session as number | undefined];
}

/** `{ms, session}`; without a session: all. */
export function readSessionAge(input: JsonObject): [ms: number, number: number | undefined] {
	checkFields(input, { ms: 'number', session: 'number' });
	checkCount('ms', input.ms);
	return [Number(input.ms), input.session as number | undefined];
}

/** `{accessKey, active}`. */
export function readUser({ accessKey, active = true }: JsonObject): CrmUser {
	if (typeof accessKey === 'string' && accessKey !== '' && typeof active === 'boolean') {
		return { accessKey, active };
	}
	throw new SandboxControlError('Send {"accessKey": "…"}, with "active": false for a locked user');
}

/** `{kind, fields}`. */
export function readRecordSeed({ kind, fields }: JsonObject): {
	kind: RecordKind;
	fields: Record<string, string>;
} {
	const known = KINDS.find((name) => name === kind);
	if (known === undefined) {
		throw new SandboxControlError(`"kind" must be one of: ${KINDS.join(', ')}`);
	}
	if (!isObject(fields)) throw new SandboxControlError('"fields" must be a object');
	// That they are text is checked where the record is put in.
	return { kind: known, fields: fields as Record<string, string> };
}
