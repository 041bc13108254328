export { InputError } from './input-error';
export { PartnerError, type Outcome, type PartnerErrorDetails } from './partner-error';
export { afterRetry, RetriedFailure } from './retried-failure';
export { errorJson, toNodeError, type NodeError } from './to-node-error';
