import { ElektrikInputError } from './errors';

const DECIMAL = /^\d+(\.\d+)?$/;

/**
 * Reads an amount of points ("количество бонусов"): a number, 0 or more, also as a text, which is
 * how databases give decimals.
 *
 * @throws ElektrikInputError naming `field`
 */
export function readPoints(value: unknown, field = 'points'): number {
	const points = typeof value === 'string' ? fromText(value.trim(), field) : value;
	if (points === undefined || points === null) throw new ElektrikInputError(field, 'is missing');
	if (typeof points !== 'number' || !(points >= 0 && points <= Number.MAX_SAFE_INTEGER)) {
		throw new ElektrikInputError(field, 'must be a number, 0 or more');
	}
	// PHP would read -0 as a float.
	return points === 0 ? 0 : points;
}

function fromText(text: string, field: string): number | undefined {
	if (text === '') return undefined;
	if (DECIMAL.test(text)) return Number(text);
	throw new ElektrikInputError(
		field,
		'must be a number, 0 or more, written with digits and a point only',
	);
}
