import { SandboxControlError } from '../control';
import { sendToLoopback } from '../loopback';
import { notKnown, type CheckAnswer } from './check-answer';
import { CHECK_DIALECTS, CHECK_PROTOCOLS, type CheckProtocol } from './check-dialects';
import { checkPhone, type Electricians } from './electricians';
import { targetNamespaceIn } from './soap-check';

/** A question of the portal: does a distributor know this electrician? */
export interface PortalCheck {
	/** Whole address of the distributor's webhook, on this machine. */
	url: string;
	/** Default `json`. */
	protocol?: CheckProtocol;
	/** 7 and ten digits; of anyone, not only of the portal's electricians. */
	phone?: string;
	/** Instead of a phone: what is sent for it, word for word. */
	phoneHash?: string;
	/** SOAP: of CheckUser; default that of the WSDL at `<url>?wsdl`, which is fetched first. */
	namespace?: string;
	/** SOAP: `phone` within an element `arParameters`; default no. */
	arParameters?: boolean;
	/** How long to wait for an answer, in milliseconds; default 120,000. */
	timeoutMs?: number;
}

/** What came of it. */
export interface CheckExchange extends CheckAnswer {
	/** HTTP status, or `closed`: the connection ended without an answer. */
	status: number | 'closed';
	contentType: string;
	/** Text of the answer; '' when there was none. */
	body: string;
	/** Text of the POST. */
	sent: string;
}

/**
 * Asks a distributor as the portal does when an electrician registers (docs/protocols/elektrik.md, 2.1 and 4.1).
 *
 * @throws SandboxControlError for a question that cannot be put, an address that is not of this
 *   machine, and when nothing listens there or no answer comes
 */
export async function askDistributor(
	check: PortalCheck,
	electricians: Electricians,
): Promise<CheckExchange> {
	const { url, protocol = 'json', arParameters = false, timeoutMs } = check;
	if (!CHECK_PROTOCOLS.includes(protocol)) {
		throw new SandboxControlError(`"protocol" must be one of: ${CHECK_PROTOCOLS.join(', ')}`);
	}
	const phoneHash = check.phoneHash ?? hashFor(check.phone, electricians);
	const namespace = protocol === 'soap' ? (check.namespace ?? (await namespaceOf(check))) : '';
	const request = CHECK_DIALECTS[protocol].write(phoneHash, { namespace, arParameters });
	const sent = String(request.body ?? '');
	const answer = await sendToLoopback(url, { ...request, timeoutMs });
	if (answer === 'closed') {
		const learnt = notKnown('The connection was closed without an answer');
		return { status: 'closed', ...learnt, contentType: '', body: '', sent };
	}
	const { status, headers, body } = answer;
	const learnt = CHECK_DIALECTS[protocol].read(answer);
	return { status, ...learnt, contentType: headers['content-type'] ?? '', body, sent };
}

function hashFor(phone: string | undefined, electricians: Electricians): string {
	if (phone === undefined) throw new SandboxControlError('"phone" or "phoneHash" is missing');
	checkPhone(phone);
	return electricians.hashOf(phone);
}

async function namespaceOf({ url, timeoutMs }: PortalCheck): Promise<string> {
	const answer = await sendToLoopback(`${url}?wsdl`, { method: 'GET', timeoutMs });
	const namespace = answer === 'closed' ? undefined : targetNamespaceIn(answer.body);
	if (namespace !== undefined) return namespace;
	throw new SandboxControlError(`There is no WSDL at ${url}?wsdl. Give "namespace" to do without`);
}
