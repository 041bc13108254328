import { types } from 'node:util';

/** Codes of Node.js, the system and OpenSSL. Any other text might come from a partner. */
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;
const SYSCALL = /^[a-z]{1,20}$/;
const ADDRESS = /^[\da-f.:]{2,45}$/i;
const MAX_DEPTH = 5;
const MAX_PARTS = 4;

/** The system's error for a user who looks for the cause. It contains nothing of the request. */
class SystemCause extends Error {
	override readonly name = 'SystemCause';

	constructor(
		message: string,
		readonly code: string,
		readonly syscall: string | undefined,
	) {
		super(message);
		// The stack would only show where the error was copied.
		delete this.stack;
	}
}

/**
 * Copies the system's part of a failed request's error: code, call and address. The copy has nothing else,
 * because the errors of axios and n8n contain the whole request, including its signature.
 *
 * @returns `undefined` when the error has no code
 */
export function systemCause(error: unknown): SystemCause | undefined {
	const found = systemErrors(error);
	const [first] = found;
	if (first === undefined) return undefined;
	const messages = new Set(found.map(describe));
	return new SystemCause(
		[...messages].slice(0, MAX_PARTS).join('; '),
		first.code ?? '',
		first.syscall,
	);
}

type SystemError = NodeJS.ErrnoException & { address?: unknown; port?: unknown };

/** Finds the innermost errors that have a code: Node.js reports several if a host has several addresses. */
function systemErrors(error: unknown): SystemError[] {
	let found: SystemError[] = [];
	let current = error;
	for (let depth = 0; types.isNativeError(current) && depth < MAX_DEPTH; depth++) {
		const inner = errorsIn(current).filter(hasCode);
		if (inner.length > 0) found = inner;
		else if (hasCode(current)) found = [current];
		current = current.cause;
	}
	return found;
}

/**
 * Returns the errors that Node.js reports together, one per address. They are recognized without
 * `instanceof`: in another context, Node.js has another `Error` class.
 */
export function errorsIn(error: Error): unknown[] {
	const { errors } = error as Partial<AggregateError>;
	return Array.isArray(errors) ? errors : [];
}

function hasCode(error: unknown): error is SystemError {
	return types.isNativeError(error) && CODE.test(String((error as SystemError).code));
}

function describe({ code = '', syscall = '', address, port }: SystemError): string {
	const host = typeof address === 'string' && ADDRESS.test(address) ? address : '';
	const place = host !== '' && Number.isInteger(port) ? `${host}:${String(port)}` : host;
	return [SYSCALL.test(syscall) ? syscall : '', code, place]
		.filter((part) => part !== '')
		.join(' ');
}
