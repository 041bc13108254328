export { InputError } from './input-error';
export {
	NOTHING_MORE_SENT,
	NOTHING_SENT,
	PartnerError,
	type Outcome,
	type PartnerErrorDetails,
} from './partner-error';
export { afterEarlier, afterRetry, RetriedFailure } from './retried-failure';
export { asSentence, joinSentences } from './sentences';
export { errorJson, toNodeError, type NodeError } from './to-node-error';
