import { PartnerError, type Outcome } from '../errors';

/** Where on its way a request failed. */
export type FailureKind =
	/** No connection: name unknown, port closed, no route, or no answer to the dialling. */
	| 'unreachable'
	/** A connection, but no TLS: certificate not accepted, or not a TLS port. */
	| 'tls'
	/** n8n's own protection against requests to internal addresses. */
	| 'blocked'
	/** The connection was closed before a byte of the answer came. */
	| 'closed'
	/** The connection broke within the answer, or what came is not HTTP. */
	| 'broken'
	| 'timeout'
	| 'tooLarge'
	/** The server sent the request elsewhere. */
	| 'redirected'
	/** The execution was stopped. */
	| 'cancelled';

const OUTCOMES: Record<FailureKind, Outcome> = {
	unreachable: 'notSent',
	tls: 'notSent',
	blocked: 'notSent',
	closed: 'unknown',
	broken: 'unknown',
	timeout: 'unknown',
	tooLarge: 'unknown',
	redirected: 'rejected',
	cancelled: 'unknown',
};

/** A request without a usable HTTP answer. */
export class HttpFailure extends PartnerError {
	override readonly name = 'HttpFailure';

	/** @param outcome by default what the kind leaves open */
	constructor(
		readonly kind: FailureKind,
		message: string,
		description = '',
		outcome = OUTCOMES[kind],
	) {
		super(message, { outcome, description });
	}

	/** The same, of a request that was not even begun. */
	beforeSending(): HttpFailure {
		return new HttpFailure(this.kind, this.message, this.description, 'notSent');
	}
}

const TLS_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO$/;
const UNREACHABLE_CODES = new Set([
	'ENOTFOUND',
	'EAI_AGAIN',
	'ECONNREFUSED',
	'EHOSTUNREACH',
	'ENETUNREACH',
	'EADDRNOTAVAIL',
	'EACCES',
	'EPERM',
]);

const ASK_OPERATOR =
	'The network or a crash may have ended it. If it happens again, ask the operator of that server.';

/**
 * Names what Node, axios or n8n's helper reported. Their errors hold the whole request, signature
 * and all, so nothing of them but the code goes on.
 *
 * @param answering whether the head of an answer had come before it failed
 */
export function toHttpFailure(error: unknown, host: string, answering: boolean): HttpFailure {
	if (error instanceof HttpFailure) return error;
	const { code, syscall, text } = traitsOf(error);
	if (/ssrf/i.test(text)) return blocked(host);
	if (/before secure TLS connection/.test(text) || TLS_CODES.test(code)) return tls(host, code);
	if (UNREACHABLE_CODES.has(code) || syscall === 'connect') return unreachable(host, code);
	if (!answering && (code === 'ECONNRESET' || code === 'EPIPE')) {
		return new HttpFailure(
			'closed',
			`${host} closed the connection without an answer`,
			ASK_OPERATOR,
		);
	}
	return answering
		? new HttpFailure(
				'broken',
				`The connection to ${host} broke in the middle of the answer`,
				ASK_OPERATOR,
			)
		: new HttpFailure(
				'broken',
				`What ${host} answered is not HTTP${code ? ` (${code})` : ''}`,
				'Check the address: it may have the port of another service.',
			);
}

/** The failure of a request that n8n’s protection does not let out; nothing was sent. */
export function blocked(host: string): HttpFailure {
	return new HttpFailure(
		'blocked',
		`This n8n does not allow requests to ${host}`,
		'Its protection against requests to internal addresses (N8N_SSRF_PROTECTION_ENABLED) blocks this host. Ask the administrator of this n8n to allow it.',
	);
}

function unreachable(host: string, code: string): HttpFailure {
	const reason =
		code === 'ENOTFOUND' || code === 'EAI_AGAIN'
			? 'its name is not known'
			: code === 'ECONNREFUSED'
				? 'nothing listens at that port'
				: 'no connection could be made';
	return new HttpFailure(
		'unreachable',
		`${host} cannot be reached: ${reason}${code ? ` (${code})` : ''}`,
		'Nothing was sent. Check the address, and whether this n8n is allowed to connect to it.',
	);
}

function tls(host: string, code: string): HttpFailure {
	const certificate = code !== 'EPROTO' && /CERT|SELF_SIGNED|UNABLE_TO_/.test(code);
	return new HttpFailure(
		'tls',
		certificate
			? `The certificate of ${host} is not accepted (${code})`
			: `A secure connection to ${host} could not be made${code ? ` (${code})` : ''}`,
		certificate
			? 'Nothing was sent. Ask the partner for a valid certificate, or turn on "Ignore SSL Issues (Insecure)" in the credential if you trust this network.'
			: 'Nothing was sent. Check whether the address must begin with http:// instead of https://, or has another port.',
	);
}

function traitsOf(error: unknown): { code: string; syscall: string; text: string } {
	const texts: string[] = [];
	let code = '';
	let syscall = '';
	for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth++) {
		const system = cause as NodeJS.ErrnoException;
		texts.push(system.name, system.constructor.name, system.message);
		code ||= typeof system.code === 'string' ? system.code : '';
		syscall ||= system.syscall ?? (isFailedDialling(cause) ? 'connect' : '');
		cause = system.cause;
	}
	return { code, syscall, text: texts.join(' ') };
}

/** Node dials all addresses of a host; when none answers, its error holds theirs and no `syscall`. */
function isFailedDialling(error: Error): boolean {
	if (!(error instanceof AggregateError) || error.errors.length === 0) return false;
	return error.errors.every((one: unknown) => (one as NodeJS.ErrnoException).syscall === 'connect');
}
