import { InputError } from '../errors';
import type { ParameterReader } from '../items';

/**
 * Reads a numeric option. It holds for the whole run, so the first item decides.
 *
 * @throws InputError for what is not a number from `min` to `max`
 */
export function readNumericOption(
	parameter: ParameterReader,
	name: string,
	fallback: number,
	{ min, max }: { min: number; max: number },
): number {
	const value = Number(parameter(`options.${name}`, 0, fallback));
	if (!(value >= min && value <= max)) {
		throw new InputError(`The option "${name}" must be a number from ${min} to ${max}`);
	}
	return value;
}
