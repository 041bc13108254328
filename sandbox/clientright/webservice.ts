import type { Request, RequestHandler, Response } from 'express';
import type { CrmState } from './crm-state';
import { delivery, strike, type Delivery } from './fault-effects';
import { openCall, type OpenedCall } from './opened-call';
import { failureMessage, PhpExit, PhpFatalError, PhpOutput, type Reply } from './php-output';
import { readPhpRequest } from './php-request';
import { asWebserviceError, WebserviceError } from './webservice-error';

/** vtiger's one entry point, `webservice.php`; the request's body is to be there, raw. */
export function webservice(state: CrmState): RequestHandler {
	return async (req, res) => {
		const request = await readPhpRequest(req, state.maxBodyBytes);
		const received = state.log.add(originOf(req));
		const php = new PhpOutput(state.quirks);
		let call: OpenedCall;
		try {
			call = openCall(request, received, php, state);
		} catch (error) {
			state.figures.begin(received)();
			delivery(replyTo(error, { php, received }))(res);
			received.status = res.statusCode;
			return;
		}
		const end = state.figures.begin(received);
		try {
			const deliver = await inSession(call, state, () => answer(call, state, res));
			state.figures.finish(received);
			end();
			deliver(res);
			received.status = res.headersSent ? res.statusCode : null;
		} finally {
			end();
		}
	};
}

export function originOf(req: Request): {
	httpMethod: string;
	remoteAddress: string;
	remotePort: number;
} {
	const { remoteAddress = '', remotePort = 0 } = req.socket;
	return { httpMethod: req.method, remoteAddress, remotePort };
}

/** Waits for the session, holds it during the work, and leaves it before anything is sent. */
async function inSession(
	call: OpenedCall,
	state: CrmState,
	work: () => Promise<Delivery>,
): Promise<Delivery> {
	const { session, error } = call.admission;
	const leave = session && (await state.sessions.enter(session));
	try {
		if (session) state.sessions.use(session);
		else state.sessions.sweep();
		if (error) throw error;
		return await work();
	} catch (refusal) {
		if (refusal instanceof WebserviceError) return delivery(replyTo(refusal, call));
		throw refusal;
	} finally {
		leave?.();
	}
}

async function answer(opened: OpenedCall, state: CrmState, res: Response): Promise<Delivery> {
	const { received, call } = opened;
	const carryOut = () => run(opened);
	const fault = state.faults.take(received);
	if (!fault) return delivery(await carryOut());
	return await strike({ fault, received, res, carryOut, endSession: () => call.endSession() });
}

async function run(opened: OpenedCall): Promise<Reply> {
	const { operation, call, php, format, received } = opened;
	let reply: Reply;
	try {
		const result: unknown = await operation.run(call);
		received.carriedOut = true;
		reply = php.json({ success: true, result });
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
