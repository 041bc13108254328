import { isWithin } from '../../shared/wire';

/** A signed message has three values, and one that is laid out otherwise not many more. */
export const MAX_VALUES = 100;

/**
 * Whether JSON text has no more values than a signed message. Whoever sends more has not signed
 * anything, and would have megabytes of it parsed.
 */
export function isSmallStructure(text: string): boolean {
	return isWithin(text, { maxValues: MAX_VALUES, maxDepth: MAX_VALUES });
}
