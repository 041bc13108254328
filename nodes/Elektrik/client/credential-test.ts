import { randomBytes } from 'node:crypto';
import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { InputError, joinSentences, PartnerError } from '../../shared/errors';
import { createCredentialTestClient } from '../../shared/http';
import { readCredential } from './credential';
import { isUidRefused, UpdateRefused } from './failures';
import { updatePoints } from './portal';

const TIMEOUT = 15_000;

/**
 * Tests the `elektrikApi` credential. The portal takes one request, an update of points
 * (docs/protocols/elektrik.md, 3.8), so one is sent for a phone hash that nobody has: the portal then finds fault with the hash
 * if it knows the uid, and with the uid if not. It changes nothing.
 */
export async function elektrikApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const checked = readCredential(credential.data ?? {});
		const nobody = { phoneHash: randomBytes(16).toString('hex'), points: 0 };
		const send = createCredentialTestClient(this.helpers);
		await updatePoints(send, checked, nobody, { timeout: TIMEOUT, repeat: false });
		return { status: 'OK', message: 'The portal accepts point updates' };
	} catch (error) {
		return error instanceof UpdateRefused ? judgeRefusal(error) : failed(error);
	}
}

function judgeRefusal({ error }: UpdateRefused): INodeCredentialTestResult {
	if (isUidRefused(error)) {
		return { status: 'Error', message: `The portal does not know this UID: ${error}` };
	}
	if (/phone/i.test(error) && !/uid/i.test(error)) {
		return { status: 'OK', message: 'The portal knows this UID' };
	}
	return {
		status: 'Error',
		message: `The portal responded, but did not say whether it knows this UID: ${error}`,
	};
}

function failed(error: unknown): INodeCredentialTestResult {
	if (error instanceof PartnerError || error instanceof InputError) {
		const message = joinSentences(error.message, error.description);
		return { status: 'Error', message };
	}
	return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
}
