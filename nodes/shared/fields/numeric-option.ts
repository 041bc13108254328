import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../errors';
import type { ParameterReader } from '../items';
import { titleOf } from './title';

/**
 * Reads a numeric option. It holds for the whole run, so the first item decides.
 *
 * @param option its field, which says what is read when it is not set, and what the limits are
 * @throws InputError for what is not a number within the limits
 */
export function readNumericOption(parameter: ParameterReader, option: INodeProperties): number {
	const { name, default: preset, typeOptions: { minValue = 0, maxValue = Infinity } = {} } = option;
	const value = Number(parameter(`options.${name}`, 0, preset));
	if (!(value >= minValue && value <= maxValue)) {
		throw new InputError(
			`The option ${titleOf([option], name)} must be a number from ${minValue} to ${maxValue}`,
		);
	}
	return value;
}
