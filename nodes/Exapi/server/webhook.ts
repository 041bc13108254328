import type { Request } from 'express';
import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { messageOf } from '../../shared/errors';
import {
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
	TestRefusal,
	TooManyWaiting,
} from '../../shared/webhook';
import { ExapiRequestError } from '../protocol';
import { authenticate, type AuthenticatedRequest } from './authentication';
import { answerAgain, AT_WORK, errorAnswer, isAdded, signedAnswer, TRY_AGAIN } from './answers';
import type { BanList } from './bans';
import { type RequestContext, startExecution } from './execution';
import { claimOrder, type OrderAnswer, type OrderClaims, orderKey } from './order-claims';
import type { EarlierRequest } from './replay-cache';
import { readSettings, cachedCredentials, type TriggerSettings } from './settings';
import { triggerStateFor, type TriggerState } from './state';

const PROXY_CONSEQUENCE = 'bans and allowed addresses cannot tell them apart';

/**
 * Handles a request: closes the connection, responds immediately, or starts the workflow, whose response
 * is signed (docs/protocols/exapi.md, 1.5 to 1.7).
 */
export async function receive(node: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = node.getRequestObject();
	const response = node.getResponseObject();
	const address = normalizeAddress(request.ip ?? '');
	// If the settings cannot be read, the request is rejected: fail closed.
	let rejectWith: TriggerSettings['rejectWith'] = 'drop';
	try {
		const settings = await readSettings(node, cachedCredentials(node));
		rejectWith = settings.rejectWith;
		warnAboutProxy(node, request, address, PROXY_CONSEQUENCE);
		warnAboutClosedConnections(node, request, rejectWith);
		if (!settings.allowed.allow(address)) {
			const reason = `The address ${address} is not among the Allowed IP Addresses`;
			return reject(node, request, rejectWith, reason);
		}
		const memory = triggerStateFor(scopeOf(node), settings, node.logger);
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
		return await handleSafely(arrival, admitted, memory);
	} catch (error) {
		if (error instanceof TestRefusal) throw error;
		if (error instanceof ExapiRequestError && error.answerTo) {
			const { key, id } = error.answerTo;
			const answer = signedAnswer({ key }, { result: null, error: error.message, id });
			return refuse(node, response, error.message, () => respondImmediately(response, answer));
		}
		// It is not logged: the sender that causes it could fill the log.
		if (error instanceof TooManyWaiting) return reject(node, request, 'drop', error.message);
		logTriggerEvent(node, 'error', messageOf(error));
		return reject(node, request, rejectWith, messageOf(error));
	}
}

const NOT_ADMITTED =
	'The request was rejected: it is not an exapi message, its sender is unknown or banned, or its signature is wrong';

/**
 * Whether a request is rejected before its body is read: unknown senders are banned in its network, and
 * the body has not arrived. The body names the sender, and partners in that network are not banned, so a
 * body that has arrived is read.
 */
async function isShutOut(request: Request, network: string, bans: BanList): Promise<boolean> {
	if (request.complete) return false;
	if (!(await bans.isBanned({ network, sender: undefined }))) return false;
	return !(await hasArrived(request));
}

/** Warns about proxies: by default, nginx treats a backend that closes a connection as down for 10 s. */
function warnAboutClosedConnections(
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

/** Returns the scope of the trigger's state. Requests to the test URL must not get partners banned. */
function scopeOf(node: IWebhookFunctions): string {
	const scope = `${String(node.getWorkflow().id)}:${node.getNode().id}`;
	return isTestUrl(node) ? `${scope}:test` : scope;
}

/** Reads the body. One that is too large or wrongly compressed is treated as empty. */
async function readText(node: IWebhookFunctions, request: Request): Promise<string> {
	try {
		return (await readRawBody(node, request)).toString('utf8');
	} catch {
		return '';
	}
}

/** Handles an authenticated request. From here on the partner gets a signed answer in every case. */
async function handleSafely(
	arrival: RequestContext,
	admitted: AuthenticatedRequest,
	memory: TriggerState,
): Promise<IWebhookResponseData> {
	try {
		return await handle(arrival, admitted, memory);
	} catch (error) {
		if (error instanceof TestRefusal) throw error;
		const { node, response } = arrival;
		logTriggerEvent(node, 'error', messageOf(error));
		return refuse(node, response, messageOf(error), () =>
			respondImmediately(response, errorAnswer(admitted)),
		);
	}
}

async function handle(
	arrival: RequestContext,
	admitted: AuthenticatedRequest,
	memory: TriggerState,
): Promise<IWebhookResponseData> {
	const { node, settings, response } = arrival;
	const { request } = admitted;
	if (!settings.methods.includes(request.method)) {
		const reason = `There is no method "${request.method}"`;
		return refuse(node, response, reason, () =>
			respondImmediately(response, errorAnswer(admitted, reason)),
		);
	}
	// Whoever tries the trigger in the editor wants to see the workflow run.
	const key = isTestUrl(node)
		? undefined
		: orderKey(request, admitted.key.sender, settings.orders.recognize);
	if (key !== undefined) return await handleOrder(arrival, admitted, memory.orders, key);
	if (!settings.repeatsIdentical) return startExecution(arrival, admitted);
	const { signature } = admitted;
	const earlier = await memory.repeats.claim(signature, admitted.key.sender, settings.deadline);
	if (earlier) return await sendAgain(arrival, admitted, earlier);
	const { repeats } = memory;
	return startExecution(arrival, admitted, {
		onAnswer: (answer) => {
			void repeats.store(signature, answerAgain(admitted, answer).body.toString());
		},
	});
}

/** An order that its partner may have sent before: only one attempt at it starts the workflow. */
async function handleOrder(
	{ node, response, address, settings }: RequestContext,
	admitted: AuthenticatedRequest,
	claims: OrderClaims,
	key: string,
): Promise<IWebhookResponseData> {
	const { sender } = admitted.key;
	const arrivedAt = performance.now();
	let claim: Awaited<ReturnType<typeof claimOrder>>;
	try {
		claim = await claimOrder(claims, key, sender, settings.deadline);
	} catch (error) {
		logTriggerEvent(node, 'error', `an order was refused, because ${messageOf(error)}`);
		return respondImmediately(response, errorAnswer(admitted, TRY_AGAIN));
	}
	if (claim === undefined) return respondImmediately(response, errorAnswer(admitted, AT_WORK));
	if ('answer' in claim) return respondImmediately(response, answerAgain(admitted, claim.answer));
	const { turn } = claim;
	const settle = (answer: OrderAnswer) => {
		if (isAdded(answer) || settings.orders.repeatsErrors) turn.keep(answer);
		else turn.release();
	};
	const waited = performance.now() - arrivedAt;
	const left = { ...settings, deadline: Math.max(settings.deadline - waited, MIN_DEADLINE_MS) };
	try {
		return startExecution({ node, response, address, settings: left }, admitted, {
			attempt: turn.attempt,
			onAnswer: settle,
			onLateAnswer: settle,
		});
	} catch (error) {
		turn.release();
		throw error;
	}
}

/** For an attempt that waited for another, which then failed. */
const MIN_DEADLINE_MS = 1_000;

/** Returns the first answer to an identical request, without an execution. */
async function sendAgain(
	{ response, settings }: RequestContext,
	admitted: AuthenticatedRequest,
	earlier: EarlierRequest,
): Promise<IWebhookResponseData> {
	const answer = await earlier.answer(settings.deadline);
	return respondImmediately(
		response,
		answer === undefined
			? errorAnswer(admitted, AT_WORK)
			: { status: 200, contentType: 'application/json', body: Buffer.from(answer) },
	);
}

/** Rejects an unauthenticated request: closes the connection, or returns an empty HTTP 401 for a proxy. */
function reject(
	node: IWebhookFunctions,
	request: Request,
	how: TriggerSettings['rejectWith'],
	reason: string,
): IWebhookResponseData {
	const response = node.getResponseObject();
	return refuse(node, response, reason, () => {
		if (how === '401') response.writeHead(401, { 'Content-Length': 0 }).end();
		// The response has no socket until the earlier response on this connection is sent.
		else request.socket.destroy();
		return NO_EXECUTION;
	});
}
