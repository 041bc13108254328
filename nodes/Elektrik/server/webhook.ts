import type { Request } from 'express';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
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
	type Question,
	readQuestion,
	RefusedRequest,
} from './exchange';
import { readSettings, type TriggerSettings } from './fields';

/** The name of the webhook that takes GET: n8n knows this and `default` only. */
export const WSDL_WEBHOOK = 'setup';

/**
 * Receives a request: gives the WSDL, refuses at once, or starts the workflow, whose answer leaves
 * in the protocol that was asked in (docs/protocols/elektrik.md, 2.3 and 4.3).
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
		return start(node, settings, readQuestion(body, contentType), address);
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
		logTriggerEvent(node, 'error', textOf(error));
		const answer = errorByType(contentType, 500, FAILED);
		return refuse(node, response, textOf(error), () => respondImmediately(response, answer));
	}
}

/** From here on the portal gets an answer to its question, whatever happens. */
function start(
	node: IWebhookFunctions,
	{ deadline, responseMode }: TriggerSettings,
	question: Question,
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
			const answer = answerFrom(question, outcome, responseMode, warn, answerKey);
			// Whoever tries the trigger reads why; the portal must not.
			if (reasons.length === 0 || !isTestUrl(node)) return answer;
			return question.failure(`${FAILED}: ${reasons.join('; ')}`);
		},
		fallback: (error) => {
			logTriggerEvent(node, 'error', textOf(error));
			return question.failure(FAILED);
		},
	});
	const { phoneHash, protocol } = question;
	const json = { action: CHECK_ACTION, phoneHash, protocol, ip };
	const item = {
		json,
		...(answerKey !== undefined && { [ANSWER_KEY]: answerKey }),
		...testDeadline(node, deadline),
	};
	return { workflowData: [[item]] };
}

/** @throws RefusedRequest when n8n cannot read it: too large, or not encoded as it says */
async function bodyOf(node: IWebhookFunctions, request: Request): Promise<Buffer> {
	try {
		return await readRawBody(node, request);
	} catch {
		const reason = 'The body cannot be read';
		const answer = errorByType(request.headers['content-type'], 400, reason);
		throw new RefusedRequest(reason, answer);
	}
}

/** Answers a GET: with the WSDL, or where to find it. */
function describe(node: IWebhookFunctions, request: Request): Answer {
	const asksForWsdl = Object.keys(request.query).some((name) => name.toLowerCase() === 'wsdl');
	if (asksForWsdl) {
		return {
			status: 200,
			contentType: 'text/xml; charset=utf-8',
			// It names the host that was asked for, which the client could choose.
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

function textOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
