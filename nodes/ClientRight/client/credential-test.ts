import type {
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { explain } from '../../shared/errors';
import { createCredentialTestClient, isPlainHttp } from '../../shared/http';
import { readCredential } from './credential';
import { logIn } from './sessions';

const TIMEOUT = 15_000;

/**
 * Tests the `clientRightApi` credential by a complete login.
 *
 * @returns what is wrong: the URL, the user, the key, or a server that is not a vtiger
 */
export async function clientRightApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const checked = readCredential(credential.data ?? {});
		const send = createCredentialTestClient(this.helpers);
		const { vtigerVersion } = await logIn(
			{ credential: checked, send, timeout: TIMEOUT },
			undefined,
		);
		const crm = vtigerVersion === '' ? 'the CRM' : `vtiger ${vtigerVersion}`;
		const warning = isPlainHttp(checked) ? '. The connection is not encrypted' : '';
		return { status: 'OK', message: `Logged in to ${crm} as "${checked.username}"${warning}` };
	} catch (error) {
		return { status: 'Error', message: explain(error) };
	}
}
