import type { Request, RequestHandler, Response } from 'express';
import type { LogEntry } from '../core/log';
import { deliver, respond, type Delivery, type Reply } from '../core/player';
import { asWebserviceError, WebserviceError, webserviceError } from './errors';
import { nothingDone, vtigerReplies, type ReceivedCall } from './faults';
import {
	isSecret,
	parameterIn,
	textsIn,
	type Operation,
	type OperationCall,
	type OperationTable,
} from './operation-table';
import {
	allParameters,
	failureMessage,
	limitsOf,
	PhpExit,
	PhpFatalError,
	PhpOutput,
	readPhpRequest,
	successMessage,
	type PhpParameters,
	type PhpRequest,
} from './php';
import type { Quirks } from './quirks';
import type { Session } from './sessions';
import type { ClientRightState, Figures } from './state';

/** A request whose operation is known. */
interface OpenedCall {
	operation: Operation;
	call: OperationCall;
	access: Access;
	/** Lower case. */
	format: string;
	php: PhpOutput;
	/** Its entry in the log. */
	received: ReceivedCall;
}

/** The session that a request asks for, or why it gets none. */
interface Access {
	session?: Session;
	error?: WebserviceError;
}

/** vtiger's one entry point, `webservice.php`; the request's body must be there, raw. */
export function webservice(state: ClientRightState, operations: OperationTable): RequestHandler {
	return async (req, res) => {
		const request = readPhpRequest(req, limitsOf(state.quirks, state.mostFileBytes));
		const received = state.log.add(req, unreadCall(req));
		const php = new PhpOutput(state.quirks);
		let call: OpenedCall;
		try {
			call = openCall(request, received, php, state, operations);
		} catch (error) {
			deliver(replyTo(error, { php, received }))(res);
			received.status = res.statusCode;
			return;
		} finally {
			if (received.operation !== null) state.figures.operations.count(received.operation);
		}
		const end = countAtOnce(received, state.figures);
		try {
			const delivery = await inSession(call, state, () => answerCall(call, state, res));
			countError(received, state.figures);
			// The response may be at the client before this connection knows that it has left.
			end();
			delivery(res);
			received.status = res.headersSent ? res.statusCode : null;
		} finally {
			end();
		}
	};
}

/** The log's entry of a request that has not been read yet. */
export function unreadCall({ method }: Request): Omit<ReceivedCall, keyof LogEntry> {
	return {
		httpMethod: method,
		operation: null,
		parameters: {},
		sessionParameters: [],
		session: null,
		key: null,
		status: null,
		errorCode: null,
	};
}

function countAtOnce({ operation, session, key }: ReceivedCall, figures: Figures): () => void {
	const ends: Array<() => void> = [];
	if (session !== null) ends.push(figures.sessions.begin(String(session)));
	if (key !== null) {
		ends.push((operation === 'CreateContact' ? figures.mobiles : figures.inns).begin(key));
	}
	return () => ends.forEach((end) => end());
}

function countError({ operation, errorCode }: ReceivedCall, figures: Figures): void {
	if (errorCode === null) return;
	figures.errorCodes.count(String(errorCode));
	if (operation === 'login') figures.logins.count('failedLogins');
}

/** Waits for the session, holds it during the work, and leaves it before anything is sent. */
async function inSession(
	call: OpenedCall,
	state: ClientRightState,
	work: () => Promise<Delivery>,
): Promise<Delivery> {
	const { session, error } = call.access;
	const leave = session && (await state.sessions.enter(session));
	try {
		if (session) state.sessions.use(session);
		else state.sessions.sweep();
		if (error) throw error;
		return await work();
	} catch (refusal) {
		if (refusal instanceof WebserviceError) return deliver(replyTo(refusal, call));
		throw refusal;
	} finally {
		leave?.();
	}
}

async function answerCall(
	opened: OpenedCall,
	state: ClientRightState,
	res: Response,
): Promise<Delivery> {
	const { received, call } = opened;
	return await respond(state.faults, received, {
		res,
		carryOut: () => run(opened, state.quirks),
		nothingDone: () => nothingDone(state.quirks),
		ownReply: vtigerReplies(received, () => call.endSession(), state.quirks),
	});
}

async function run(opened: OpenedCall, quirks: Quirks): Promise<Reply> {
	const { operation, call, php, format, received } = opened;
	let reply: Reply;
	try {
		const result: unknown = await operation.run(call);
		received.carriedOut = true;
		reply = php.json(successMessage(result, quirks));
	} catch (error) {
		reply = replyTo(error, opened);
	}
	if (format === 'json' || reply.contentType !== 'application/json') return reply;
	// vtiger finds out when it writes the answer that it has no other format.
	return php.fatal(new PhpFatalError('Uncaught TypeError: no valid callback'), 'application/json');
}

function replyTo(error: unknown, { php, received }: Pick<OpenedCall, 'php' | 'received'>): Reply {
	if (error instanceof PhpExit) return php.exit(error);
	if (error instanceof PhpFatalError) return php.fatal(error);
	const refusal = asWebserviceError(error);
	received.errorCode = refusal.code;
	return php.json(failureMessage(refusal));
}

/** The fields that upserts look a record up by. */
const KEY_FIELDS: Readonly<Record<string, string>> = {
	CreateContact: 'mobile',
	CreateAccount: 'inn',
};

/**
 * Reads a request in vtiger's order, and completes its entry in the log.
 *
 * @throws PhpFatalError for an unknown operation, or lists where text is due
 */
function openCall(
	request: PhpRequest,
	received: ReceivedCall,
	php: PhpOutput,
	state: ClientRightState,
	operations: OperationTable,
): OpenedCall {
	const all = allParameters(request, state.quirks.cookiesAsParameters);
	received.parameters = withoutSecrets(textsIn(all), state);
	received.sessionParameters = ['sessionName', 'sessionId'].filter((name) => all.has(name));
	const operation = operations.find(parameterIn(all, 'operation'), state.quirks);
	received.operation = operation.name;
	const parameters = operation.httpMethod === 'GET' ? request.get : request.post;
	const keyField = KEY_FIELDS[operation.name];
	received.key = (keyField && textsIn(parameters)[keyField]) || null;
	const access = openSession(operation, request, all, state);
	received.session = access.session?.number ?? null;
	const format = parameterIn(all, 'format').toLowerCase() || 'json';
	const call = callOf(parameters, request, access.session, php, state);
	return { operation, call, access, format, php, received };
}

function openSession(
	operation: Operation,
	request: PhpRequest,
	all: PhpParameters,
	{ sessions, quirks }: ClientRightState,
): Access {
	if (operation.name === 'extendsession') {
		// It looks for its own name among the parameters of a POST, and 7.2 for no session of ours.
		if (!request.post.has('operation'))
			return { error: webserviceError('AUTHENTICATION_REQUIRED') };
		if (quirks.version === '7.2') return {};
	}
	const sessionId = quirks.acceptsSessionId ? parameterIn(all, 'sessionId') : '';
	const name = parameterIn(all, 'sessionName') || sessionId;
	if (name === '' || name.toLowerCase() === 'null') {
		return operation.beforeLogin ? {} : { error: webserviceError('AUTHENTICATION_REQUIRED') };
	}
	const session = sessions.find(name);
	return session ? { session } : { error: webserviceError('INVALID_SESSIONID') };
}

function callOf(
	parameters: PhpParameters,
	{ files }: PhpRequest,
	session: Session | undefined,
	php: PhpOutput,
	state: ClientRightState,
): OperationCall {
	return {
		parameter: (name) => parameterIn(parameters, name),
		sent: () => textsIn(parameters),
		files,
		sessionName: session?.name ?? null,
		userId: session?.userId ?? null,
		endSession: () => {
			if (session) state.sessions.close(session);
		},
		php,
	};
}

/** Secrets by name, and wherever else they were put. */
function withoutSecrets(
	parameters: Record<string, string>,
	{ sessions, authentication }: ClientRightState,
): Record<string, string> {
	const accessKeys = authentication.accessKeys();
	const hides = ([name, value]: [string, string]) =>
		isSecret(name) || sessions.find(value) !== undefined || accessKeys.includes(value);
	return Object.fromEntries(Object.entries(parameters).filter((entry) => !hides(entry)));
}
