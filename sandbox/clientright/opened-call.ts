import type { CrmState } from './crm-state';
import { isSecret } from './envelope';
import { parameterIn, textsIn, type Operation, type OperationCall } from './operations';
import type { PhpParameters } from './php-parameters';
import type { PhpOutput } from './php-output';
import { allParameters, type PhpRequest } from './php-request';
import type { ReceivedCall } from './request-log';
import type { Session } from './sessions';
import { webserviceError, type WebserviceError } from './webservice-error';

/** A request whose operation is known. */
export interface OpenedCall {
	operation: Operation;
	call: OperationCall;
	admission: Admission;
	/** Lower case. */
	format: string;
	php: PhpOutput;
	/** Its entry in the log. */
	received: ReceivedCall;
}

/** The session that a request asks for, or why it gets none. */
interface Admission {
	session?: Session;
	error?: WebserviceError;
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
export function openCall(
	request: PhpRequest,
	received: ReceivedCall,
	php: PhpOutput,
	state: CrmState,
): OpenedCall {
	const all = allParameters(request, state.quirks.cookiesAsParameters);
	received.parameters = withoutSecrets(textsIn(all), state);
	received.sessionParameters = ['sessionName', 'sessionId'].filter((name) => all.has(name));
	const operation = state.operations.find(parameterIn(all, 'operation'));
	received.operation = operation.name;
	const parameters = operation.httpMethod === 'GET' ? request.get : request.post;
	const keyField = KEY_FIELDS[operation.name];
	received.key = (keyField && textsIn(parameters)[keyField]) || null;
	const admission = admit(operation, request, all, state);
	received.session = admission.session?.number ?? null;
	const format = parameterIn(all, 'format').toLowerCase() || 'json';
	const call = callOf(parameters, admission.session, php, state);
	return { operation, call, admission, format, php, received };
}

function admit(
	operation: Operation,
	request: PhpRequest,
	all: PhpParameters,
	{ sessions, quirks }: CrmState,
): Admission {
	if (operation.name === 'extendsession') {
		// It looks for its own name among the parameters of a POST, and for no session of ours.
		return request.post.has('operation')
			? {}
			: { error: webserviceError('AUTHENTICATION_REQUIRED') };
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
	session: Session | undefined,
	php: PhpOutput,
	state: CrmState,
): OperationCall {
	return {
		parameter: (name) => parameterIn(parameters, name),
		sent: () => textsIn(parameters),
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
	{ sessions, authentication }: CrmState,
): Record<string, string> {
	const accessKeys = authentication.accessKeys();
	const hides = ([name, value]: [string, string]) =>
		isSecret(name) || sessions.find(value) !== undefined || accessKeys.includes(value);
	return Object.fromEntries(Object.entries(parameters).filter((entry) => !hides(entry)));
}
