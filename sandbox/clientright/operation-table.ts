import { keyOf } from './authentication';
import { PhpFatalError, type PhpOutput, type PhpParameters, type UploadedFile } from './php';
import type { Quirks } from './quirks';

/** What an operation's code gets. */
export interface OperationCall {
	/**
	 * The parameters of the operation's own HTTP method, text as vtiger hands it over: `''` for what
	 * is not sent, and for `0`.
	 */
	parameter(name: string): string;
	/** The same parameters exactly as sent. */
	sent(): Record<string, string>;
	/** Files of a form, whatever the operation's HTTP method. */
	files: readonly UploadedFile[];
	/** The session's name; `null` without a session. */
	sessionName: string | null;
	/** `19x…` of the session's user; `null` without a session. */
	userId: string | null;
	/** Ends the session it runs in, as `logout` does. */
	endSession(): void;
	/** What it prints in front of the answer. */
	php: PhpOutput;
}

/** An operation of the web service. */
export interface Operation {
	name: string;
	/** Whose parameters it reads; a request with the other method is run with empty ones. */
	httpMethod: 'GET' | 'POST';
	/** Whether 7.2 does not have it. */
	isNew?: boolean;
	/** Whether it needs no session. */
	beforeLogin?: boolean;
	/**
	 * @returns the answer's `result`
	 * @throws WebserviceError for an answer with that code; PhpExit and PhpFatalError to break off
	 */
	run(call: OperationCall): unknown;
}

/** Operations by name; MySQL finds them whatever their case, and with spaces at the end. */
export class OperationTable {
	private readonly byName = new Map<string, Operation>();

	add(...operations: readonly Operation[]): void {
		for (const operation of operations) this.byName.set(keyOf(operation.name), operation);
	}

	/** @throws PhpFatalError when there is none: vtiger looks it up outside its error handling */
	find(name: string, { version }: Pick<Quirks, 'version'>): Operation {
		const operation = this.byName.get(keyOf(name));
		if (operation && !(operation.isNew && version === '7.2')) return operation;
		throw new PhpFatalError('Uncaught WebServiceException: Unknown operation requested');
	}
}

/**
 * A parameter as vtiger reads it: PHP takes `0` for nothing.
 *
 * @throws PhpFatalError for a list, which PHP 8 does not take for text
 */
export function parameterIn(parameters: PhpParameters, name: string): string {
	const value = parameters.get(name) ?? '';
	if (typeof value !== 'string') {
		throw new PhpFatalError('Uncaught TypeError: Argument #1 must be of type string, array given');
	}
	return value === '0' ? '' : value;
}

/** Parameters exactly as sent, without lists. */
export function textsIn(parameters: PhpParameters): Record<string, string> {
	const texts = [...parameters].filter((pair): pair is [string, string] => {
		return typeof pair[1] === 'string';
	});
	return Object.fromEntries(texts);
}

/** Parameters that say who asks for what, besides what is to be stored. */
const ENVELOPE = /^(operation|format|session.*|access_?key|phpsessid)$/i;
const OPEN_TO_ALL = /^(operation|format)$/i;

export function isEnvelope(name: string): boolean {
	return ENVELOPE.test(name);
}

/** Whether a parameter's value is to be kept out of logs, by its name. */
export function isSecret(name: string): boolean {
	return ENVELOPE.test(name) && !OPEN_TO_ALL.test(name);
}
