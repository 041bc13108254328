export { excerpt } from '../../shared/wire/text';
export { type ExapiAnswer, openAnswer, openAnswerInTurns, writeAnswer } from './answer';
export {
	isTimeZone,
	readDateTime,
	readDay,
	readMoment,
	type WireDate,
	writeDateTime,
} from './time';
export {
	type AnswerFault,
	checkKey,
	ExapiAnswerError,
	ExapiInputError,
	type ExapiRequest,
	ExapiRequestError,
	findKey,
	HOLDS_LOST_DIGITS,
	idForItem,
	LOST_DIGITS,
	MAX_SENDER_LENGTH,
	type OpenedRequest,
	openRequest,
	readMessage,
	readMessageInTurns,
	readRequest,
	readRequestInTurns,
	type RequestId,
	type SignedMessage,
	writeRequest,
} from './message';
export { type ExapiKey, findMatchingSecret, sign, signatureMatches } from './signature';
export {
	requestedFormat,
	requestedOrderIds,
	type IncomingParams,
	type WorkflowResult,
	readParams,
	resultFor,
} from './serving';
export { wordsOf, type IntegerLike, type OddEntry } from './values';
export { matchOrders } from './matching';
export {
	addOrderCall,
	type AnswerFormat,
	getOrdersCall,
	getOrderStatusCall,
	getOrderStatusRCall,
	type MethodCall,
	readAddOrderResult,
	readCrmId,
} from './methods';
export {
	ORDER_FIELDS,
	type OrderedGood,
	orderFromWire,
	type OrderInput,
	orderToWire,
	type PartnerOrder,
	readOrderId,
	readPartnerOrders,
	toPartnerOrder,
} from './order';
export {
	type CallLogEntry,
	type OrderState,
	type OrderStatus,
	type PlacedOrder,
	readRevision,
	readStatusAnswer,
	revisionAfter,
	revisionOf,
	toOrderState,
	type WireOrderState,
	type WireStatusAnswer,
} from './order-status';
