export { AllowedAddresses, isPrivate, networkOf, plainAddress } from './address';
export {
	allowedAddressesOption,
	deadlineField,
	readDeadline,
	responseModeField,
	triggerOptionsField,
	type ResponseMode,
} from './fields';
export { fromParameters } from './parameters';
export { noticeProxy } from './proxy';
export { checkedWhenPublished } from './publishing';
export { readRawBody } from './raw-body';
export { NO_EXECUTION, sendNow } from './send';
export { tell, tellOnce } from './telling';
