import { randomUUID } from 'node:crypto';
import { sign, writeRequest, type ExapiKey, type ExapiRequest } from '../../nodes/Exapi/protocol';

type WriteMessage = (request: ExapiRequest, key: ExapiKey) => string;

/**
 * What a partner may put into a POST, by kind:
 * - `right`: signed as it must be;
 * - `wrongSignature`: signed with another secret;
 * - `malformed`: the message is broken JSON;
 * - `badInner`: rightly signed, but the request in it is broken JSON.
 */
export const WRITE_MESSAGE = {
	right: writeRequest,
	wrongSignature: (request, key) => writeRequest(request, { ...key, secret: randomUUID() }),
	malformed: (request, key) => withoutEnd(writeRequest(request, key)),
	badInner: (request, key) => {
		const text = withoutEnd(JSON.stringify(request));
		return JSON.stringify({ sender: key.sender, sign: sign(text, key), request: text });
	},
} as const satisfies Record<string, WriteMessage>;

function withoutEnd(json: string): string {
	return json.slice(0, -1);
}
