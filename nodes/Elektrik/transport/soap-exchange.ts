import { textOfBody, type HttpRequest, type HttpResponse } from '../../shared/http';
import { PartnerError } from '../../shared/errors';
import type { CheckedEndpoint } from './check';
import { adviceForStatus, excerpt, isSuccess, UnusableAnswer } from './failures';
import { MAX_ANSWER_BYTES, type SendOptions } from './portal';

const CHECK_ENDPOINT =
	'Check the endpoint: with ?wsdl at its end it must give a WSDL, which tells where to send to.';

/** A request as the `soap` package wrote it. */
export interface WrittenMessage {
	url: string;
	body: string;
	headers: Record<string, string>;
}

/**
 * Fetches a WSDL, or a document that it imports.
 *
 * @throws PartnerError
 */
export async function fetchDocument(
	target: CheckedEndpoint,
	url: string,
	options: SendOptions,
): Promise<string> {
	return await exchange(target, { url, method: 'GET' }, options);
}

/**
 * Sends a message to where the WSDL says.
 *
 * @returns the text of the answer, which may be a fault
 * @throws PartnerError
 */
export async function sendMessage(
	target: CheckedEndpoint,
	message: WrittenMessage,
	options: SendOptions,
): Promise<string> {
	if (!isBeside(target.endpoint, message.url)) throw elsewhere(message.url);
	return await exchange(target, { ...message, method: 'POST' }, options);
}

/**
 * Whether an address is on the endpoint's host, at its port or at that of http and https. A WSDL may
 * name others, among them such as only this n8n can reach.
 */
export function isBeside(endpoint: string, address: string): boolean {
	if (!URL.canParse(address)) return false;
	const { protocol, hostname, port } = new URL(address);
	const own = new URL(endpoint);
	const isHttp = protocol === 'http:' || protocol === 'https:';
	return isHttp && hostname === own.hostname && (port === '' || port === own.port);
}

function elsewhere(address: string): PartnerError {
	const where = URL.canParse(address) ? new URL(address).origin : 'what is no address';
	return new PartnerError(`The WSDL says to send to ${where}, which is another host or port`, {
		outcome: 'rejected',
		description:
			'Nothing was asked there. The WSDL must name the endpoint’s own host and port: the portal would send there as well.',
	});
}

async function exchange(
	{ send, allowUnauthorizedCerts }: CheckedEndpoint,
	request: Pick<HttpRequest, 'url' | 'method' | 'body' | 'headers'>,
	{ timeout, signal }: SendOptions,
): Promise<string> {
	const response = await send({
		...request,
		timeout,
		signal,
		maxAnswerBytes: MAX_ANSWER_BYTES,
		allowUnauthorizedCerts,
	});
	const text = textOfBody(response);
	const mayBeFault = request.method === 'POST' && /\bFault\b/.test(text);
	if (!isSuccess(response.status) && !mayBeFault) throw noMessage(request, response, text);
	return text;
}

function noMessage(
	request: Pick<HttpRequest, 'url' | 'method'>,
	response: HttpResponse,
	text: string,
): UnusableAnswer {
	const what = request.method === 'GET' ? 'the question for its WSDL' : 'CheckUser';
	return new UnusableAnswer(
		`${new URL(request.url).host} answered ${what} with HTTP ${response.status}`,
		'rejected',
		response,
		`${adviceForStatus(response.status, CHECK_ENDPOINT)} ${excerpt(text)}`,
	);
}
