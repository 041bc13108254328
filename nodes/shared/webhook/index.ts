export { AllowedAddresses, isPrivate, networkOf, plainAddress } from './address';
export { noticeProxy } from './proxy';
export { readRawBody } from './raw-body';
export { NO_EXECUTION, sendNow } from './send';
export { tell, tellOnce } from './telling';
