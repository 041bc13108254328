export { type ExapiAnswer, excerpt, openAnswer, writeAnswer } from './answer';
export {
	isTimeZone,
	readDateTime,
	readDay,
	readMoment,
	type WireDate,
	writeDateTime,
} from './dates';
export {
	type AnswerFault,
	ExapiAnswerError,
	ExapiInputError,
	ExapiRequestError,
	HOLDS_LOST_DIGITS,
	LOST_DIGITS,
} from './errors';
export { askedFormat, askedNumbers, type IncomingParams, readParams } from './incoming';
export { wordsOf, type IntegerLike, type OddEntry } from './json';
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
export { ORDER_FIELDS, orderFromWire, type OrderInput, orderToWire, readOrderId } from './order';
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
export { type Outcome, resultFor } from './outgoing';
export {
	type OrderedGood,
	type PartnerOrder,
	readPartnerOrders,
	toPartnerOrder,
} from './partner-order';
export {
	checkKey,
	type ExapiRequest,
	findKey,
	idForItem,
	MAX_SENDER_LENGTH,
	type OpenedRequest,
	openRequest,
	readMessage,
	readRequest,
	type RequestId,
	type SignedMessage,
	writeRequest,
} from './request';
export { type ExapiKey, secretOf, sign, signatureMatches } from './signature';
