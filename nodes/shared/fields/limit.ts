import type { INodeProperties } from 'n8n-workflow';
import { InputError } from '../errors';
import type { ParameterReader } from '../items';
import { titleOf } from './title';

/** How many results of a list are wanted: all, or at most so many. */
export const limitFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/**
 * Reads {@link limitFields} of an item.
 *
 * @returns how many, `Infinity` for all
 * @throws InputError for what is no number of results
 */
export function readLimit(parameter: ParameterReader, item: number): number {
	if (parameter('returnAll', item, false)) return Number.POSITIVE_INFINITY;
	const given = parameter('limit', item, 50);
	// An expression may give anything: of what is none, no result would be left.
	const limit = given === null || given === '' ? Number.NaN : Number(given);
	if (Number.isInteger(limit) && limit >= 1) return limit;
	throw new InputError(
		`The field ${titleOf(limitFields, 'limit')} must be a whole number, 1 or more`,
		'Correct the number or its expression, or turn on "Return All".',
	);
}
