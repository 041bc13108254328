export {
	AllowedAddresses,
	isAddress,
	isPrivate,
	networkOf,
	warnAboutProxy,
	normalizeAddress,
} from './address';
export {
	ANSWER_KEY,
	createAnswerKey,
	handedOnItem,
	type RespondingService,
	runHints,
	runRespond,
	warnAboutRespond,
} from './respond';
export {
	allowedAddressesOption,
	validateOnPublish,
	deadlineField,
	fromParameters,
	readDeadline,
	readWaitingLimits,
	respondNotice,
	type ResponseMode,
	responseModeField,
	triggerOptionsField,
	waitingOptions,
} from './fields';
export {
	hasArrived,
	readRawBody,
	readWithinLimits,
	TooManyWaiting,
	type WaitingLimits,
} from './body';
export {
	isTestUrl,
	NO_EXECUTION,
	refuse,
	respondImmediately,
	logTriggerEvent,
	warnOnce,
	TestRefusal,
} from './send';
export { startingTrigger, testDeadline, type StartingTrigger } from './starting-trigger';
