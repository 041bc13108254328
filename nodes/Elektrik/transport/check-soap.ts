import { PartnerError } from '../../shared/errors';
import { repeating } from '../../shared/http';
import { isObject, type JsonObject } from '../../shared/wire';
import { MessageLimitError, readCheckUserResponse, type UserCheck } from '../protocol';
import type { CheckedEndpoint, Checker } from './check';
import { readingCheck } from './check-json';
import { excerpt, judge } from './failures';
import type { SendOptions } from './portal';
import { createMessageWriter, type MessageWriter } from './soap-client';
import { fetchDescription } from './soap-description';
import { sendMessage } from './soap-exchange';

/** What was learned from the endpoint's WSDL. */
interface Connection {
	write: MessageWriter;
	answerNames: readonly string[];
}

/**
 * Asks by SOAP 1.2 as the portal does (docs/protocols/elektrik.md, 4.1): reads the endpoint's WSDL, once a run, and
 * calls `CheckUser` by it. Errors are `PartnerError`s.
 */
export function soapChecker(target: CheckedEndpoint): Checker {
	let connection: Promise<Connection> | undefined;
	return async (phoneHash, options) => {
		const call = async () => {
			try {
				// A WSDL that could not be read is read again for the next item.
				connection ??= connect(target, options);
				connection.catch(() => (connection = undefined));
				return await ask(target, await connection, phoneHash, options);
			} catch (error) {
				throw explained(error);
			}
		};
		return await repeating(call, judge, options.signal);
	};
}

async function connect(target: CheckedEndpoint, options: SendOptions): Promise<Connection> {
	const description = await fetchDescription(target, options);
	const write = await createMessageWriter(description);
	return { write, answerNames: description.answerNames };
}

async function ask(
	target: CheckedEndpoint,
	{ write, answerNames }: Connection,
	phoneHash: string,
	options: SendOptions,
): Promise<{ check: UserCheck; raw: unknown }> {
	const text = await sendMessage(target, write(phoneHash), options);
	const answer = readCheckUserResponse(text, answerNames);
	if ('fault' in answer) throw faultError(answer.fault);
	const raw = answer.result;
	return { check: readingCheck(checkWithin(raw) ?? raw, excerpt(JSON.stringify(raw))), raw };
}

/** The result may be a part's, such as the `return` of PHP and Axis, or in an element of its own. */
const MAX_RESULT_DEPTH = 3;

/** The object that has `exist`: the result itself, or one within it. */
function checkWithin(result: JsonObject, depth = MAX_RESULT_DEPTH): JsonObject | undefined {
	if ('exist' in result) return result;
	if (depth === 0) return undefined;
	const inner = Object.values(result).filter(isObject);
	return inner.map((value) => checkWithin(value, depth - 1)).find((found) => found !== undefined);
}

function faultError(fault: string): PartnerError {
	const words = fault === '' ? 'it gave no reason' : fault;
	return new PartnerError(`The endpoint answered with a fault: ${words}`, {
		outcome: 'rejected',
		description:
			'These are the endpoint’s own words. If it is a workflow of yours, look at its executions.',
	});
}

/** The library's errors hold the whole exchange, so nothing of them goes on. */
function explained(error: unknown): unknown {
	if (error instanceof PartnerError) return error;
	if (error instanceof MessageLimitError) {
		return new PartnerError(`The endpoint’s SOAP message was refused: ${error.message}`, {
			outcome: 'rejected',
			description:
				'Messages are limited, so that none can hold up n8n. If this is the right endpoint, ask its operator for a shorter and simpler message.',
		});
	}
	return new PartnerError('What the endpoint answered is not a SOAP message', {
		outcome: 'rejected',
		description:
			'Check the endpoint: with ?wsdl at its end it must give a WSDL. It may also speak JSON only.',
	});
}
