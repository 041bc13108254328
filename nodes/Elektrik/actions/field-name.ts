import { InputError } from '../../shared/errors';
import { titleOf } from '../../shared/fields';
import type { ElektrikRun } from './operation';

/**
 * Reads a parameter that names a field of the input items. It holds for the whole run.
 *
 * @throws InputError when it is empty
 */
export function readFieldName({ parameter, fields }: ElektrikRun, name: string): string {
	const value = parameter(name, 0, '');
	const field = typeof value === 'string' ? value.trim() : '';
	if (field !== '') return field;
	throw new InputError(
		`The parameter ${titleOf(fields, name)} is empty`,
		'Give the name of a field, not its value.',
	);
}
