export {
	AllowedAddresses,
	isAddress,
	isPrivate,
	networkOf,
	noticeProxy,
	plainAddress,
} from './address';
export {
	ANSWER_KEY,
	createAnswerKey,
	handedOnItem,
	type RespondingService,
	runRespond,
	startingTrigger,
	type StartingTrigger,
	warnAboutRespond,
} from './respond';
export {
	allowedAddressesOption,
	checkedWhenPublished,
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
export { isTestUrl, NO_EXECUTION, refuse, sendNow, tell, tellOnce, TestRefusal } from './send';
export { runHints } from './run-hints';
export { testDeadline } from './late-answer';
