import { types } from 'node:util';
import { NOTHING_SENT, type CallOutcome, PartnerError, type PartnerErrorDetails } from '../errors';
import { errorsIn, systemCause } from './cause';

/**
 * Whether a redirect with this status guarantees that the request was not processed and may be sent
 * unchanged to the new address (RFC 9110, 15.4.8 and 15.4.9). Scripts return 301 and 302 also after they
 * have processed a request.
 */
export function promisesRepetition(status: number): boolean {
	return status === 307 || status === 308;
}

/** The stage at which a request failed. */
export type FailureKind =
	/** No connection: unknown name, closed port, no route, or no response to connecting. */
	| 'unreachable'
	/** No secure connection: the certificate was not accepted, or the port does not use TLS. */
	| 'tls'
	/** n8n's own protection against requests to internal addresses. */
	| 'blocked'
	/** The connection was closed before the first byte of the response. */
	| 'closed'
	/**
	 * The connection broke after the request or during the response, the response is not HTTP, or the
	 * request was redirected to an address that cannot be reached.
	 */
	| 'broken'
	/** What is sent could not be read from n8n's storage, or what came not be stored there. */
	| 'storage'
	| 'timeout'
	| 'tooLarge'
	/** The server redirected the request. */
	| 'redirected'
	/** The execution was stopped. */
	| 'cancelled';

const OUTCOMES: Record<FailureKind, CallOutcome> = {
	unreachable: 'notSent',
	tls: 'notSent',
	blocked: 'notSent',
	closed: 'unknown',
	broken: 'unknown',
	storage: 'unknown',
	timeout: 'unknown',
	tooLarge: 'unknown',
	redirected: 'rejected',
	cancelled: 'unknown',
};

/** A request without a usable HTTP response. */
export class HttpFailure extends PartnerError {
	override readonly name = 'HttpFailure';

	/** @param details the kind decides the default outcome */
	constructor(
		readonly kind: FailureKind,
		message: string,
		description = '',
		details: Partial<PartnerErrorDetails> = {},
	) {
		super(message, { outcome: OUTCOMES[kind], description, ...details });
	}

	/** Returns the same error for a request that was not sent. */
	beforeSending(): HttpFailure {
		return new HttpFailure(this.kind, this.message, this.description, { outcome: 'notSent' });
	}

	/**
	 * Returns the error of a request that a server had received and redirected before. That server was
	 * connected, and a retry would start there again.
	 *
	 * @param status status of the redirect; after 301 and 302, many scripts have processed the request
	 */
	afterRedirect(host: string, status: number): HttpFailure {
		if (this.outcome !== 'notSent') return this;
		const more = { ...this.details, wasSent: true, noConnection: false };
		if (promisesRepetition(status)) {
			return new HttpFailure(this.kind, this.message, this.advice, {
				...more,
				attemptNote: `The request was not processed: ${host} redirected it to this address.`,
			});
		}
		const kind = this.noConnection ? 'broken' : this.kind;
		return new HttpFailure(kind, this.message, this.advice, {
			...more,
			outcome: 'unknown',
			attemptNote: '',
			description: `${host} redirected the request to this address and may have processed it. ${this.advice}`,
		});
	}
}

/** Codes for a certificate that Node.js does not accept, always before anything is sent. */
const CERTIFICATE_CODES =
	/^(?!ERR_SSL)(.*(CERT|SELF_SIGNED|UNABLE_TO_).*|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|HOSTNAME_MISMATCH)$/;
const TLS_CODES = /^ERR_TLS|^ERR_SSL|^EPROTO$/;
const UNSECURED = /before secure TLS connection/;
const NAME_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN']);
const DIALING_CALLS = new Set(['connect', 'getaddrinfo']);
const CLOSED_CODES = new Set(['ECONNRESET', 'EPIPE']);
/** Codes of Node.js's HTTP parser. */
const PARSER_CODES = /^HPE_/;

const ASK_OPERATOR =
	'The network or a crash may have ended it. If it happens again, ask the operator of that server.';

/**
 * Converts an error of Node.js, axios or n8n's helper. These errors contain the whole request, including
 * its signature, so only what {@link systemCause} copies is passed on.
 *
 * What was observed on the socket decides whether the request may have been sent. A code decides only if
 * nothing was observed, and only if it cannot occur on an open connection: EHOSTUNREACH is also reported
 * for a route that breaks after the request was sent.
 *
 * @param answering whether the head of a response had been received
 * @param mayHaveLeft whether a byte of the request may have been sent; `undefined` if not observed
 */
export function toHttpFailure(
	error: unknown,
	host: string,
	answering: boolean,
	mayHaveLeft?: boolean,
): HttpFailure {
	if (error instanceof HttpFailure) return error;
	const traits = traitsOf(error);
	const cause = systemCause(error);
	if (!answering && mayHaveLeft !== true) {
		const failure = connectionFailure(traits, host, mayHaveLeft === false, cause);
		if (failure) return failure;
	}
	return new HttpFailure(...brokenExchange(traits.code, host, answering), { cause });
}

function connectionFailure(
	{ code, syscall, text, names }: Traits,
	host: string,
	isKnown: boolean,
	cause: Error | undefined,
): HttpFailure | undefined {
	if (/ssrf/i.test(names)) return blocked(host);
	if (CERTIFICATE_CODES.test(code)) return badCertificate(host, code, cause);
	const isTls = TLS_CODES.test(code) || (CLOSED_CODES.has(code) && syscall !== 'connect');
	if (UNSECURED.test(text) || (isKnown && isTls)) return noTls(host, code, cause);
	if (isKnown || NAME_CODES.has(code) || DIALING_CALLS.has(syscall)) {
		return unreachable(host, code, cause);
	}
	return undefined;
}

function brokenExchange(
	code: string,
	host: string,
	answering: boolean,
): [kind: FailureKind, message: string, description: string] {
	const shownCode = code === '' ? '' : ` (${code})`;
	if (answering) {
		return ['broken', `The connection to ${host} broke during the response`, ASK_OPERATOR];
	}
	if (CLOSED_CODES.has(code)) {
		return ['closed', `${host} closed the connection without a response`, ASK_OPERATOR];
	}
	if (code === '' || PARSER_CODES.test(code)) {
		return [
			'broken',
			`${host} did not return a valid HTTP response${shownCode}`,
			'Check the URL: it may contain the port of another service.',
		];
	}
	return [
		'broken',
		`The connection to ${host} broke before the response${shownCode}`,
		ASK_OPERATOR,
	];
}

/** Creates the error of a request that n8n's protection blocked; nothing was sent. */
export function blocked(host: string): HttpFailure {
	return new HttpFailure(
		'blocked',
		`This n8n does not allow requests to ${host}`,
		'Its protection against requests to internal addresses (N8N_SSRF_PROTECTION_ENABLED) blocks this host. Ask the administrator of this n8n to allow it.',
	);
}

/** Creates the error of a request whose connection was not made in time. */
export function connectTimeoutOf(host: string, milliseconds: number): HttpFailure {
	return new HttpFailure(
		'unreachable',
		`${host} cannot be reached: no connection within ${milliseconds / 1000} s`,
		CHECK_ADDRESS,
		NO_CONNECTION,
	);
}

const CHECK_ADDRESS = 'Check the address, and whether this n8n is allowed to connect to it.';
const NO_CONNECTION = { attemptNote: NOTHING_SENT, noConnection: true };

function unreachable(host: string, code: string, cause: Error | undefined): HttpFailure {
	const reason = NAME_CODES.has(code)
		? 'its name is not known'
		: code === 'ECONNREFUSED'
			? 'nothing listens on that port'
			: 'no connection could be made';
	return new HttpFailure(
		'unreachable',
		`${host} cannot be reached: ${reason}${code ? ` (${code})` : ''}`,
		CHECK_ADDRESS,
		{ ...NO_CONNECTION, cause },
	);
}

function badCertificate(host: string, code: string, cause: Error | undefined): HttpFailure {
	return new HttpFailure(
		'tls',
		`The certificate of ${host} is not accepted (${code})`,
		"Ask the partner for a valid certificate, or turn on 'Ignore SSL Issues (Insecure)' in the credential if you trust this network.",
		{ ...NO_CONNECTION, cause },
	);
}

function noTls(host: string, code: string, cause: Error | undefined): HttpFailure {
	return new HttpFailure(
		'tls',
		`A secure connection to ${host} could not be established${code ? ` (${code})` : ''}`,
		'Check whether the address must begin with http:// instead of https://, or has another port.',
		{ ...NO_CONNECTION, cause },
	);
}

interface Traits {
	code: string;
	syscall: string;
	/** Names of the errors and their classes. */
	names: string;
	text: string;
}

function traitsOf(error: unknown): Traits {
	const names: string[] = [];
	const texts: string[] = [];
	let code = '';
	let syscall = '';
	for (let cause = error, depth = 0; types.isNativeError(cause) && depth < 5; depth++) {
		const system: NodeJS.ErrnoException = cause;
		names.push(system.name, system.constructor.name);
		texts.push(system.message);
		code ||= typeof system.code === 'string' ? system.code : '';
		syscall ||= system.syscall ?? (isFailedDialing(cause) ? 'connect' : '');
		cause = system.cause;
	}
	return { code, syscall, names: names.join(' '), text: texts.join(' ') };
}

/** Whether Node.js could connect to none of a host's addresses: its error then has theirs, but no `syscall`. */
function isFailedDialing(error: Error): boolean {
	const errors = errorsIn(error);
	const isDialing = (one: unknown) => (one as NodeJS.ErrnoException).syscall === 'connect';
	return errors.length > 0 && errors.every(isDialing);
}
