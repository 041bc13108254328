export { checkAddress } from './address';
export { createHttpClient, type HttpClient } from './client';
export type { Exchange } from './exchange';
export { HttpFailure } from './failure';
export { createCredentialTestClient } from './legacy-helper';
export { DEFAULT_MAX_ANSWER_BYTES, type HttpRequest, type HttpResponse } from './message';
export { leavesOpen } from './redirect';
export { repeating, retryAfter, type Repetition } from './repeat';
export { textOfBody } from './text';
