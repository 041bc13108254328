export { textOfBody } from './body-text';
export {
	checkAddress,
	DEFAULT_MAX_ANSWER_BYTES,
	type Exchange,
	type HttpRequest,
	type HttpResponse,
	isPlainHttp,
} from './exchange';
export {
	createHttpClient,
	type HttpClient,
	isOutcomeUnknown,
	isSuccess,
	parseRetryAfter,
	retryByStatus,
	type RetryDecision,
	retryUnanswered,
	withRetries,
} from './client';
export { HttpFailure } from './failure';
export { type FormFile, type FormPart, multipartForm } from './multipart';
export { createCredentialTestClient } from './legacy-helper';
