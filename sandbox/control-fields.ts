import { isObject, type JsonObject } from '../nodes/shared/wire';
import { SandboxControlError } from './control';

export type FieldKind = 'text' | 'number' | 'yes or no' | 'object' | 'list' | 'date' | 'any';

/** The fields that a JSON object of a control request may have. */
export type FieldKinds = Readonly<Record<string, FieldKind>>;

/**
 * Refuses unknown names and wrong types; `null` stands for an absent date.
 *
 * @throws SandboxControlError naming the field that cannot be understood
 */
export function checkFields(input: JsonObject, fields: FieldKinds): void {
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
