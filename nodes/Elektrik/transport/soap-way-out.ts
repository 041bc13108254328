import type { AxiosPromise } from 'axios';
import type { IHttpClient } from 'soap';
import { textOfBody, type HttpRequest, type HttpResponse } from '../../shared/http';
import { PartnerError } from '../../shared/errors';
import type { CheckedEndpoint } from './check';
import { adviceForStatus, excerpt, isSuccess, UnusableAnswer } from './failures';
import { MAX_ANSWER_BYTES, type SendOptions } from './portal';

const CHECK_ENDPOINT =
	'Check the endpoint: with ?wsdl at its end it must give a WSDL, which tells where to send to.';

/**
 * The `soap` package's way to the network: ours. It sends the WSDL's request, and those for what it
 * imports, without a body, and passes the options of a call on.
 */
export function soapWayOut(target: CheckedEndpoint): IHttpClient {
	const request: IHttpClient['request'] = (url, body, callback, headers, options) => {
		const { timeout, signal } = options as SendOptions;
		if (!isBeside(target.endpoint, url)) {
			callback(elsewhere(url));
			return undefined as unknown as AxiosPromise;
		}
		const sent = exchange(target, {
			url,
			...(typeof body === 'string'
				? { method: 'POST', body, headers: textHeaders(headers) }
				: { method: 'GET' }),
			timeout,
			signal,
			maxAnswerBytes: MAX_ANSWER_BYTES,
			allowUnauthorizedCerts: target.allowUnauthorizedCerts,
		});
		sent.then(
			(response) => void callback(null, response, response.data),
			(error: unknown) => void callback(error),
		);
		// The type wants axios's promise; the package does not use what is returned.
		return sent as unknown as AxiosPromise;
	};
	return { request };
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

interface TextResponse {
	status: number;
	headers: Record<string, string>;
	data: string;
}

async function exchange(target: CheckedEndpoint, request: HttpRequest): Promise<TextResponse> {
	const response = await target.send(request);
	const { status, headers } = response;
	const data = textOfBody(response);
	const mayBeFault = request.method === 'POST' && /\bFault\b/.test(data);
	if (!isSuccess(status) && !mayBeFault) throw noMessage(request, response, data);
	return { status, headers, data };
}

function noMessage(request: HttpRequest, response: HttpResponse, text: string): UnusableAnswer {
	const what = request.method === 'GET' ? 'the question for its WSDL' : 'CheckUser';
	return new UnusableAnswer(
		`${new URL(request.url).host} answered ${what} with HTTP ${response.status}`,
		'rejected',
		response,
		`${adviceForStatus(response.status, CHECK_ENDPOINT)} ${excerpt(text)}`,
	);
}

function textHeaders(headers: object = {}): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
