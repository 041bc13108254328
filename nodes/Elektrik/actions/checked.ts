import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import { titleOf } from '../../shared/fields';
import { ElektrikInputError } from '../protocol';

/**
 * Prepares what is to be sent.
 *
 * @param fields of the operation, by which the error calls the one that cannot be used
 * @throws InputError naming the field that cannot be used; never a phone or the uid
 */
export function checked<T>(fields: readonly INodeProperties[], prepare: () => T): T {
	try {
		return prepare();
	} catch (error) {
		throw asInputError(fields, error);
	}
}

/** What {@link checked} throws for an error; any other error as it is. */
export function asInputError(fields: readonly INodeProperties[], error: unknown): unknown {
	if (!(error instanceof ElektrikInputError)) return error;
	return new InputError(
		`The field ${titleOf(fields, error.field)} ${error.message}`,
		'Correct the field in the node or in the input item.',
	);
}
