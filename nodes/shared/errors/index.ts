export { InputError } from './input-error';
export { PartnerError, type Outcome } from './partner-error';
export { errorJson, toNodeError, type NodeError } from './to-node-error';
