import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { explain } from '../../shared/errors';
import { createCredentialTestClient } from '../../shared/http';
import { getOrderStatusCall } from '../protocol';
import { ExapiClient } from './client';
import { readCredential } from './credential';
import { CLOSED, RefusedRequest, RemoteError } from './failures';

const TIMEOUT = 15_000;
/** An order number that no CRM has. A request without any number makes some scripts fail. */
const NO_ORDER = 'n8n-connection-test';

const ACCEPTED: INodeCredentialTestResult = {
	status: 'OK',
	message: 'The CRM accepts this sender and its signature',
};

/**
 * Tests the `exapiApi` credential by one signed read that changes nothing.
 *
 * @returns whether the CRM accepts the sender, or what is wrong: the URL, or sender and secret
 */
export async function exapiApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const checked = readCredential(credential.data ?? {});
		const client = new ExapiClient(checked, createCredentialTestClient(this.helpers));
		await client.call(getOrderStatusCall([NO_ORDER], 'list'), {
			changes: false,
			repeat: false,
			purpose: 'credentialTest',
			timeout: TIMEOUT,
		});
		return ACCEPTED;
	} catch (error) {
		return error instanceof RemoteError
			? ACCEPTED
			: { status: 'Error', message: explainRefusal(error) };
	}
}

function explainRefusal(error: unknown): string {
	if (error instanceof RefusedRequest) {
		const { how } = error.sign;
		const what = how === CLOSED ? 'closed the connection' : `refused the request (${how})`;
		const isSure = error.sign.httpStatus === 401 || error.sign.httpStatus === 403;
		const otherwise = isSure || how === CLOSED ? '' : ', or the CRM is down behind its proxy';
		return `The CRM ${what}: sender or secret is wrong, or this address is banned${otherwise}. Correct them before you test again: repeated failures ban a sender.`;
	}
	return explain(error);
}
