export { InputError } from './input-error';
export { PartnerError, type Outcome, type PartnerErrorDetails } from './partner-error';
export { errorJson, toNodeError, type NodeError } from './to-node-error';
