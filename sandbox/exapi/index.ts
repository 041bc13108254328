export { ExapiCrm, type ExapiStatistics, type OrderView, type PartnerView } from './crm';
export { SANDBOX_PARTNER, type ExapiOptions } from './crm-state';
export type { FailureCount } from './admission';
export { FAULT_KINDS, type Fault, type FaultKind, type PlannedFault } from './faults';
export * from './order-types';
export { DEFAULT_QUIRKS, PHP_QUIRKS, type Quirks } from './quirks';
export type { ReceivedRequest } from './request-log';
export { SAMPLE_ORDERS } from './sample-orders';
export { createExapiSystem, type ExapiSystem } from './exapi-system';
