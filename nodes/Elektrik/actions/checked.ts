import { InputError } from '../../shared/errors';
import { ElektrikInputError } from '../protocol';

/**
 * Prepares what is to be sent.
 *
 * @throws InputError naming the field that cannot be used; never a phone or the uid
 */
export function checked<T>(prepare: () => T): T {
	try {
		return prepare();
	} catch (error) {
		throw asInputError(error);
	}
}

/** What {@link checked} throws for an error; any other error as it is. */
export function asInputError(error: unknown): unknown {
	if (!(error instanceof ElektrikInputError)) return error;
	return new InputError(
		`The field "${error.field}" ${error.message}`,
		'Correct the field in the node or in the input item.',
	);
}
