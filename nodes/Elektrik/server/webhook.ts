import type { Request } from 'express';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { messageOf } from '../../shared/errors';
import { type Answer, interceptResponse } from '../../shared/reply/reply';
import {
	ANSWER_KEY,
	createAnswerKey,
	isTestUrl,
	warnAboutProxy,
	normalizeAddress,
	readRawBody,
	refuse,
	respondImmediately,
	logTriggerEvent,
	networkOf,
	NO_EXECUTION,
	readWithinLimits,
	testDeadline,
	TestRefusal,
	TooManyWaiting,
} from '../../shared/webhook';
import { CHECK_ACTION, writeErrorAnswer, writeWsdl } from '../protocol';
import {
	answerFrom,
	ELEKTRIK_RESPOND,
	errorByType,
	FAILED,
	ownAddress,
	type IncomingCheck,
	readIncomingCheck,
	RefusedRequest,
} from './exchange';
import { readSettings, type TriggerSettings } from './fields';

/** The name of the webhook for GET: n8n supports only this name and `default`. */
export const WSDL_WEBHOOK = 'setup';

/**
 * Handles a request: returns the WSDL, rejects the request immediately, or starts the workflow, whose
 * response is sent in the protocol of the request (docs/protocols/elektrik.md, 2.3 and 4.3).
 */
export async function receive(node: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = node.getRequestObject();
	const response = node.getResponseObject();
	const contentType = request.headers['content-type'];
	try {
		const settings = readSettings(node);
		const address = normalizeAddress(request.ip ?? '');
		warnAboutProxy(node, request, address, 'allowed addresses cannot tell them apart');
		if (!settings.allowed.allow(address)) {
			const answer = errorByType(contentType, 403, 'This address is not allowed to send checks');
			const reason = `The address ${address} is not among the Allowed IP Addresses`;
			return refuse(node, response, reason, () => respondImmediately(response, answer));
		}
		if (node.getWebhookName() === WSDL_WEBHOOK)
			return respondImmediately(response, describe(node, request));
		const body = await readWithinLimits(
			request,
			networkOf(address),
			settings.waiting,
			async () => await bodyOf(node, request),
		);
		return start(node, settings, readIncomingCheck(body, contentType), address);
	} catch (error) {
		if (error instanceof TestRefusal) throw error;
		if (error instanceof TooManyWaiting) {
			request.socket.destroy();
			return NO_EXECUTION;
		}
		if (error instanceof RefusedRequest) {
			return refuse(node, response, error.message, () =>
				respondImmediately(response, error.answer),
			);
		}
		logTriggerEvent(node, 'error', messageOf(error));
		const answer = errorByType(contentType, 500, FAILED);
		return refuse(node, response, messageOf(error), () => respondImmediately(response, answer));
	}
}

/** Starts the workflow. From here on the portal gets a response in every case. */
function start(
	node: IWebhookFunctions,
	{ deadline, responseMode }: TriggerSettings,
	incoming: IncomingCheck,
	ip: string,
): IWebhookResponseData {
	const reasons: string[] = [];
	const answerKey = createAnswerKey(node, ELEKTRIK_RESPOND, responseMode);
	interceptResponse(node.getResponseObject(), {
		deadline,
		compose: (outcome) => {
			const warn = (message: string) => {
				logTriggerEvent(node, 'warn', message);
				reasons.push(message);
			};
			const answer = answerFrom(incoming, outcome, responseMode, warn, answerKey);
			// The test URL shows a user the cause, which the portal must not see.
			if (reasons.length === 0 || !isTestUrl(node)) return answer;
			return incoming.failure(`${FAILED}: ${reasons.join('; ')}`);
		},
		fallback: (error) => {
			logTriggerEvent(node, 'error', messageOf(error));
			return incoming.failure(FAILED);
		},
	});
	const { phoneHash, protocol } = incoming;
	const json = { action: CHECK_ACTION, phoneHash, protocol, ip };
	const item = {
		json,
		...(answerKey !== undefined && { [ANSWER_KEY]: answerKey }),
		...testDeadline(node, deadline),
	};
	return { workflowData: [[item]] };
}

/** @throws RefusedRequest when n8n cannot read the body: it is too large, or its encoding is wrong */
async function bodyOf(node: IWebhookFunctions, request: Request): Promise<Buffer> {
	try {
		return await readRawBody(node, request);
	} catch {
		const reason = 'The body cannot be read';
		const answer = errorByType(request.headers['content-type'], 400, reason);
		throw new RefusedRequest(reason, answer);
	}
}

/** Builds the response to a GET: the WSDL, or where to find it. */
function describe(node: IWebhookFunctions, request: Request): Answer {
	const asksForWsdl = Object.keys(request.query).some((name) => name.toLowerCase() === 'wsdl');
	if (asksForWsdl) {
		return {
			status: 200,
			contentType: 'text/xml; charset=utf-8',
			// It contains the host of the request, which the client can choose.
			headers: { 'Cache-Control': 'no-store, no-transform' },
			body: Buffer.from(writeWsdl(ownAddress(node, request))),
		};
	}
	return {
		status: 405,
		contentType: 'application/json; charset=utf-8',
		headers: { Allow: 'POST' },
		body: Buffer.from(
			writeErrorAnswer('Send checks by POST. The WSDL is at this address with ?wsdl'),
		),
	};
}
