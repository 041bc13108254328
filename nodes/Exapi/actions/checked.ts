import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../../shared/errors';
import { titleOf } from '../../shared/fields';
import { ExapiInputError } from '../protocol';

/**
 * Prepares what is to be sent.
 *
 * @param fields of the operation, by which the error calls the one that cannot be sent
 * @throws InputError naming the field that cannot be sent
 */
export function checked<T>(fields: readonly INodeProperties[], prepare: () => T): T {
	try {
		return prepare();
	} catch (error) {
		if (!(error instanceof ExapiInputError)) throw error;
		throw new InputError(
			`The field ${titleOf(fields, error.field)} ${error.message}`,
			'Correct the field in the node or in the input item.',
		);
	}
}
