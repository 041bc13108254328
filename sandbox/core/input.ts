import { isObject, type JsonObject } from '../../nodes/shared/wire';

/** A control request that cannot be executed; `status` is its HTTP status. */
export class SandboxControlError extends Error {
	override readonly name = 'SandboxControlError';

	constructor(
		message: string,
		readonly status: 400 | 403 | 404 | 409 | 502 | 504 = 400,
	) {
		super(message);
	}
}

export type FieldKind = 'text' | 'number' | 'yes or no' | 'object' | 'list' | 'date' | 'any';

/** The fields that a JSON object of a control request may have. */
export type FieldKinds = Readonly<Record<string, FieldKind>>;

/**
 * Refuses unknown names and wrong types; `null` stands for an absent date.
 *
 * @throws SandboxControlError naming the field that cannot be understood
 */
export function checkFields(input: object, fields: FieldKinds): void {
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

/** @throws SandboxControlError, as those below, naming the value that cannot be used */
export function checkCount(name: string, value: unknown): void {
	if (Number.isInteger(value) && Number(value) >= 0) return;
	throw new SandboxControlError(`"${name}" must be a whole number, 0 or more`);
}

export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
	if (allowed.includes(value)) return;
	throw new SandboxControlError(`"${name}" must be one of: ${allowed.join(', ')}`);
}

/** The values that each quirk of a system can have; the first one is its default. */
export type QuirkValues<Quirks> = {
	readonly [Name in keyof Quirks]: readonly [Quirks[Name], ...Array<Quirks[Name]>];
};

/** The default value of each quirk. */
export function defaultQuirks<Quirks extends object>(values: QuirkValues<Quirks>): Quirks {
	const defaults = Object.entries<readonly unknown[]>(values).map(([name, [value]]) => [
		name,
		value,
	]);
	return Object.fromEntries(defaults) as Quirks;
}

/** @throws SandboxControlError for a quirk or a value that does not exist */
export function checkQuirks<Quirks extends object>(
	input: object,
	values: QuirkValues<Quirks>,
): Partial<Quirks> {
	for (const [name, value] of Object.entries(input)) {
		if (!Object.hasOwn(values, name)) {
			throw new SandboxControlError(
				`There is no quirk "${name}". There are: ${Object.keys(values).join(', ')}`,
			);
		}
		checkOneOf(name, value, values[name as keyof Quirks]);
	}
	return input;
}

/** Returns the JSON object in the body of a control request. */
export function objectIn(body: unknown): JsonObject {
	if (isObject(body)) return body;
	throw new SandboxControlError('Send a JSON object with Content-Type: application/json');
}

/** Reads `?last=20`: how many of the latest entries of a list; all of them when it is absent. */
export function lastIn({ last }: Readonly<Record<string, unknown>>): number {
	if (last === undefined) return Infinity;
	const count = Number(last);
	if (Number.isInteger(count) && count > 0) return count;
	throw new SandboxControlError('"last" must be a whole number above 0');
}

function isOfKind(value: unknown, kind: FieldKind): boolean {
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

/** Reads the value of an option for a port; 0 is any free one. */
export function readPort(text: string): number {
	const port = Number(text);
	if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
	throw new Error(`"${text}" is not a port. Give a number from 0 to 65535`);
}
