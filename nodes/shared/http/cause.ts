import { types } from 'node:util';

/** Codes of Node, the system and OpenSSL; anything else might be text of somebody else. */
const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;
const SYSCALL = /^[a-z]{1,20}$/;
const ADDRESS = /^[\da-f.:]{2,45}$/i;
const MAX_DEPTH = 5;
const MAX_PARTS = 4;

/** What the system reported, for whoever looks for the reason: nothing of the request is in it. */
class SystemCause extends Error {
	override readonly name = 'SystemCause';

	constructor(
		message: string,
		readonly code: string,
		readonly syscall: string | undefined,
	) {
		super(message);
		// A stack would only show where it was copied.
		delete this.stack;
	}
}

/**
 * Copies what a failed request's error says about the system: code, call, address. It is built from
 * these alone, since the errors of axios and n8n hold the whole request, signature and all.
 *
 * @returns `undefined` where there is no code
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

/** The innermost errors that have a code: Node reports several where a host has several addresses. */
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
 * The errors that Node reports together, one an address. Errors are recognized by what they are: in a
 * context of its own, Node's are of another `Error` than ours.
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
