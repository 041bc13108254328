export {
	checkAddress,
	DEFAULT_MAX_ANSWER_BYTES,
	type Exchange,
	type HttpRequest,
	type HttpResponse,
	textOfBody,
} from './exchange';
export {
	createHttpClient,
	type HttpClient,
	isOutcomeUnknown,
	withRetries,
	type RetryDecision,
	parseRetryAfter,
} from './client';
export { HttpFailure } from './failure';
export { type FormFile, type FormPart, multipartForm } from './multipart';
export { createCredentialTestClient } from './legacy-helper';
