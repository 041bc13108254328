import { InputError } from '../../shared/errors';
import { FieldError } from '../webservice/records';

/**
 * Prepares what is to be sent.
 *
 * @throws InputError naming the field that cannot be sent
 */
export function checked<T>(prepare: () => T): T {
	try {
		return prepare();
	} catch (error) {
		if (!(error instanceof FieldError)) throw error;
		throw new InputError(
			`The field "${error.field}" ${error.message}`,
			'Correct the field in the node or in the input item.',
		);
	}
}
