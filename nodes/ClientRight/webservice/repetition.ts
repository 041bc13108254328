import { HttpFailure, type Repetition } from '../../shared/http';
import { FileNotGiven, UnusableAnswer } from './failures';

/**
 * What a call does at the CRM, which decides whether it may be sent again when its answer was
 * lost: a read may; an upsert finds the record of the first time; a write would make a second one.
 */
export type Effect = 'read' | 'upsert' | 'write';

/** Given by servers in front of the CRM. */
const PASSING_STATUS = new Set([502, 503, 504]);
const LOST = new Set(['broken', 'closed', 'timeout']);

/** Whether to make a failed call again. */
export function judge(error: unknown, effect: Effect): Repetition {
	if (error instanceof HttpFailure) {
		return { again: error.noConnection || (effect !== 'write' && LOST.has(error.kind)) };
	}
	if (!(error instanceof UnusableAnswer || error instanceof FileNotGiven)) return { again: false };
	const again = error.status === 429 || (effect !== 'write' && PASSING_STATUS.has(error.status));
	return again && error.retryAfter !== undefined ? { again, after: error.retryAfter } : { again };
}
