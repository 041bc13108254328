import type { Request, Response } from 'express';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { interceptResponse } from '../../shared/reply/reply';
import {
	ANSWER_KEY,
	createAnswerKey,
	hasArrived,
	isTestUrl,
	networkOf,
	NO_EXECUTION,
	warnAboutProxy,
	normalizeAddress,
	readRawBody,
	readWithinLimits,
	refuse,
	respondImmediately,
	logTriggerEvent,
	warnOnce,
	testDeadline,
	TestRefusal,
	TooManyWaiting,
} from '../../shared/webhook';
import { ExapiRequestError, idForItem, readParams } from '../protocol';
import { authenticate, type AuthenticatedRequest } from './admission';
import { answerFrom, errorAnswer, EXAPI_RESPOND, FAILED, signedAnswer } from './answers';
import type { BanList } from './bans';
import type { EarlierRequest, ReplayCache } from './repeats';
import { readSettings, cachedCredentials, type TriggerSettings } from './settings';
import { triggerStateFor } from './state';

const PROXY_CONSEQUENCE = 'bans and allowed addresses cannot tell them apart';

/** A request on its way through the trigger. */
interface RequestContext {
	node: IWebhookFunctions;
	response: Response;
	address: string;
	settings: TriggerSettings;
}

/**
 * Receives a request: drops it, answers it at once, or starts the workflow, whose answer leaves
 * signed (docs/protocols/exapi.md, 1.5 to 1.7).
 */
export async function receive(node: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = node.getRequestObject();
	const response = node.getResponseObject();
	const address = normalizeAddress(request.ip ?? '');
	// Without partners nobody can be admitted: fail closed.
	let rejectWith: TriggerSettings['rejectWith'] = 'drop';
	try {
		const settings = await readSettings(node, cachedCredentials(node));
		rejectWith = settings.rejectWith;
		warnAboutProxy(node, request, address, PROXY_CONSEQUENCE);
		noticeClosedConnections(node, request, rejectWith);
		if (!settings.allowed.allow(address)) {
			const reason = `The address ${address} is not among the Allowed IP Addresses`;
			return reject(node, request, rejectWith, reason);
		}
		const memory = triggerStateFor(scopeOf(node), settings);
		const network = networkOf(address);
		if (await isShutOut(request, network, memory.bans)) {
			return reject(node, request, rejectWith, NOT_ADMITTED);
		}
		const body = await readWithinLimits(
			request,
			network,
			settings.waiting,
			async () => await readText(node, request),
		);
		const admitted = await authenticate(body, address, settings.partners, memory.bans);
		if (!admitted) return reject(node, request, rejectWith, NOT_ADMITTED);
		const arrival = { node, response, address, settings };
		return await handleSafely(arrival, admitted, memory.repeats);
	} catch (error) {
		if (error instanceof TestRefusal) throw error;
		if (error instanceof ExapiRequestError && error.answerTo) {
			const { key, id } = error.answerTo;
			const answer = signedAnswer({ key }, { result: null, error: error.message, id });
			return refuse(node, response, error.message, () => respondImmediately(response, answer));
		}
		// No failure of anybody, and nothing to tell: whoever causes it could fill the log.
		if (error instanceof TooManyWaiting) return reject(node, request, 'drop', error.message);
		logTriggerEvent(node, 'error', textOf(error));
		return reject(node, request, rejectWith, textOf(error));
	}
}

const NOT_ADMITTED =
	'The request was rejected: it is not an exapi message, its sender is unknown or banned, or its signature is wrong';

function textOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/**
 * Whether a request is refused before its body is read: unknown senders are banned in its network,
 * and the body has not arrived. Who sends it stands in the body; partners in that network are not
 * banned, so one that has arrived is looked at.
 */
async function isShutOut(request: Request, network: string, bans: BanList): Promise<boolean> {
	if (request.complete) return false;
	if (!(await bans.isBanned({ network, sender: undefined }))) return false;
	return !(await hasArrived(request));
}

/** nginx, by default, takes a backend that closes a connection for dead, and sends it nothing for 10 s. */
function noticeClosedConnections(
	node: IWebhookFunctions,
	request: Request,
	rejectWith: TriggerSettings['rejectWith'],
): void {
	if (rejectWith !== 'drop' || request.headers['x-forwarded-for'] === undefined) return;
	warnOnce(
		node,
		'closed',
		"requests come through a proxy while 'Reject With' is 'Closed Connection'. To a proxy, a closed connection looks like a broken n8n: it responds with HTTP 502, and may stop sending partners’ requests to n8n for a while. Set max_fails=0 for n8n in nginx, or choose 'HTTP 401'.",
	);
}

/** Whoever tries the test URL must neither get partners banned nor use up their requests. */
function scopeOf(node: IWebhookFunctions): string {
	const scope = `${String(node.getWorkflow().id)}:${node.getNode().id}`;
	return isTestUrl(node) ? `${scope}:test` : scope;
}

/** A body that is too large or wrongly compressed counts as one without a message. */
async function readText(node: IWebhookFunctions, request: Request): Promise<string> {
	try {
		return (await readRawBody(node, request)).toString('utf8');
	} catch {
		return '';
	}
}

/** The partner has proved who it is: from here on it gets a signed answer, whatever happens. */
async function handleSafely(
	arrival: RequestContext,
	admitted: AuthenticatedRequest,
	repeats: ReplayCache,
): Promise<IWebhookResponseData> {
	try {
		return await handle(arrival, admitted, repeats);
	} catch (error) {
		if (error instanceof TestRefusal) throw error;
		const { node, response } = arrival;
		logTriggerEvent(node, 'error', textOf(error));
		return refuse(node, response, textOf(error), () =>
			respondImmediately(response, errorAnswer(admitted)),
		);
	}
}

async function handle(
	arrival: RequestContext,
	admitted: AuthenticatedRequest,
	repeats: ReplayCache,
): Promise<IWebhookResponseData> {
	const { settings, response } = arrival;
	const { method } = admitted.request;
	if (!settings.methods.includes(method)) {
		const reason = `There is no method "${method}"`;
		return refuse(arrival.node, response, reason, () =>
			respondImmediately(response, errorAnswer(admitted, reason)),
		);
	}
	const remembers = settings.repeatWindow > 0 && (method === 'addOrder' || settings.repeatReads);
	const earlier = remembers
		? await repeats.claim(admitted.signature, admitted.key.sender, settings.deadline)
		: undefined;
	if (earlier) return await sendAgain(arrival, admitted, earlier);
	const answerKey = createAnswerKey(arrival.node, EXAPI_RESPOND, settings.responseMode);
	const { sent } = interceptResponse(response, {
		deadline: settings.deadline,
		compose: (outcome) => {
			const reasons: string[] = [];
			const warn = (message: string) => {
				logTriggerEvent(arrival.node, 'warn', message);
				reasons.push(message);
			};
			const { responseMode, timeZone } = settings;
			const answer = answerFrom(admitted, outcome, responseMode, timeZone, warn, answerKey);
			// Whoever tries the trigger reads why; a partner must not.
			if (reasons.length === 0 || !isTestUrl(arrival.node)) return answer;
			return errorAnswer(admitted, `${FAILED}: ${reasons.join('; ')}`);
		},
		fallback: (error) => {
			logTriggerEvent(arrival.node, 'error', textOf(error));
			return errorAnswer(admitted);
		},
		composeAfterDisconnect: remembers,
	});
	if (remembers) {
		void sent.then(async (answer) => {
			await repeats.keep(admitted.signature, (answer ?? errorAnswer(admitted)).body.toString());
		});
	}
	return { workflowData: outputsFor(arrival, admitted, answerKey) };
}

/** A request that came before, word for word: its first answer once more, and no execution. */
async function sendAgain(
	{ response, settings }: RequestContext,
	admitted: AuthenticatedRequest,
	earlier: EarlierRequest,
): Promise<IWebhookResponseData> {
	const answer = await earlier.answer(settings.deadline);
	return respondImmediately(
		response,
		answer === undefined
			? errorAnswer(admitted, 'The request is still being processed')
			: { status: 200, contentType: 'application/json', body: Buffer.from(answer) },
	);
}

function outputsFor(
	{ node, address, settings }: RequestContext,
	{ request, key }: AuthenticatedRequest,
	answerKey: string | undefined,
): NonNullable<IWebhookResponseData['workflowData']> {
	const json = {
		sender: key.sender,
		method: request.method,
		params: request.params,
		...readParams(request),
		id: idForItem(request.id),
		ip: address,
	} as IDataObject;
	const item = {
		json,
		...(answerKey !== undefined && { [ANSWER_KEY]: answerKey }),
		...testDeadline(node, settings.deadline),
	};
	if (!settings.outputPerMethod) return [[item]];
	return settings.methods.map((method) => (method === request.method ? [item] : []));
}

/** Who is not admitted gets no byte; behind a proxy that makes a 502 of it, a bare 401. */
function reject(
	node: IWebhookFunctions,
	request: Request,
	how: TriggerSettings['rejectWith'],
	reason: string,
): IWebhookResponseData {
	const response = node.getResponseObject();
	return refuse(node, response, reason, () => {
		if (how === '401') response.writeHead(401, { 'Content-Length': 0 }).end();
		// The response has no socket yet while an earlier one on the same connection is not sent.
		else request.socket.destroy();
		return NO_EXECUTION;
	});
}
