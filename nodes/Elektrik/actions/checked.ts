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
		if (!(error instanceof ElektrikInputError)) throw error;
		throw new InputError(
			`The field "${error.field}" ${error.message}`,
			'Correct the field in the node or in the input item.',
		);
	}
}
