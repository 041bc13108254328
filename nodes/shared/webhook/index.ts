export { AllowedAddresses, isAddress, isPrivate, networkOf, plainAddress } from './address';
export { ANSWER_KEY, createAnswerKey, handedOnItem, warnAboutRespond } from './answer-key';
export {
	allowedAddressesOption,
	deadlineField,
	readDeadline,
	respondNotice,
	readWaitingLimits,
	responseModeField,
	triggerOptionsField,
	waitingOptions,
	type ResponseMode,
} from './fields';
export { fromParameters } from './parameters';
export { noticeProxy } from './proxy';
export { checkedWhenPublished } from './publishing';
export { readRawBody } from './raw-body';
export { isTestUrl, refuse, TestRefusal } from './refuse';
export { runRespond, type RespondingService } from './respond';
export { runHints } from './run-hints';
export { NO_EXECUTION, sendNow } from './send';
export { startingTrigger, type StartingTrigger } from './starting-trigger';
export { tell, tellOnce } from './telling';
export { testDeadline } from './late-answer';
export { hasArrived, readWithinLimits, TooManyWaiting, type WaitingLimits } from './waiting-bodies';
