/** A request to a partner. */
export interface HttpRequest {
	/** Complete, nothing is appended. */
	url: string;
	method: 'GET' | 'POST';
	headers?: Record<string, string>;
	/** Sent as its UTF-8 bytes. */
	body?: string;
	/** For the whole exchange, the connection included, in milliseconds. */
	timeout: number;
	/** Milliseconds of the timeout that are left, if the caller has waited before it sent. */
	remaining?: number;
	/** Largest answer that is read, in bytes, counted after decompression. */
	maxAnswerBytes: number;
	/** Accept any certificate: the credential's "Ignore SSL Issues". */
	allowUnauthorizedCerts: boolean;
	/** Ends the exchange, as when a user stops the execution. */
	signal?: AbortSignal | undefined;
}

/** An answer of whatever status, read to its end and decompressed. */
export interface HttpResponse {
	status: number;
	/** By lower-case names. */
	headers: Record<string, string>;
	body: Buffer;
}

/** Default for the size of an answer, in bytes. */
export const DEFAULT_MAX_ANSWER_BYTES = 16 * 1024 * 1024;
