import type { StructureLimits } from '../../shared/wire';

/** A signed message has three values, and one that is laid out otherwise not many more. */
export const MAX_VALUES = 100;

/**
 * Limits of a signed message. Whoever sends more has not signed anything, and would have megabytes
 * of it parsed.
 */
export const SIGNED_MESSAGE: StructureLimits = { maxValues: MAX_VALUES, maxDepth: MAX_VALUES };
