import type { IExecuteFunctions } from 'n8n-workflow';
import { describeItems } from '../../shared/items';
import { isPlainHttp, type ClientRightCredential } from '../webservice/credential';

const PLAIN_HTTP =
	'The URL in the credential begins with http://, so personal data and sessions are sent unprotected. Use https:// if the CRM offers it.';
const PRINTED_AROUND =
	'The CRM prints other text around its answers, most likely PHP warnings. They were stepped over. Ask its operator to turn display_errors off.';

/** Hints for the person at the editor, each shown once a run. */
export interface RunHints {
	onConnection: (credential: ClientRightCredential) => void;
	onPrintedAround: () => void;
	/** @param items those with texts that the CRM cannot store */
	onUnstorable: (items: readonly number[]) => void;
}

/** The hints of a run, which n8n shows beside its output. */
export function hintsOf(node: IExecuteFunctions): RunHints {
	let printedAround = false;
	const add = (message: string) => node.addExecutionHints({ message, location: 'outputPane' });
	return {
		onConnection(credential) {
			if (isPlainHttp(credential)) add(PLAIN_HTTP);
		},
		onPrintedAround() {
			if (!printedAround) add(PRINTED_AROUND);
			printedAround = true;
		},
		onUnstorable(items) {
			if (items.length > 0) add(unstorable(items));
		},
	};
}

function unstorable(items: readonly number[]): string {
	return `The texts of ${describeItems(items)} contain emoji or other characters that the CRM cannot store (its tables are utf8mb3): it saves ???? instead and reports success. Remove them first.`;
}
