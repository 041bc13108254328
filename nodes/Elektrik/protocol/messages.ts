import { findObject, isObject, type JsonObject, parseFound, parseJson } from '../../shared/wire';
import { ElektrikInputError, ElektrikMessageError, textOfError } from './errors';
import { readPhoneHash } from './phone-hash';

const DECIMAL = /^\d+(\.\d+)?$/;

/**
 * Reads an amount of points ("количество бонусов"): a number, 0 or more, also as a text, which is
 * how databases give decimals.
 *
 * @throws ElektrikInputError naming `field`
 */
export function readPoints(value: unknown, field = 'points'): number {
	const points = typeof value === 'string' ? fromText(value.trim(), field) : value;
	if (points === undefined || points === null) throw new ElektrikInputError(field, 'is missing');
	if (typeof points !== 'number' || !(points >= 0 && points <= Number.MAX_SAFE_INTEGER)) {
		throw new ElektrikInputError(field, 'must be a number, 0 or more');
	}
	// PHP would read -0 as a float.
	return points === 0 ? 0 : points;
}

function fromText(text: string, field: string): number | undefined {
	if (text === '') return undefined;
	if (DECIMAL.test(text)) return Number(text);
	throw new ElektrikInputError(
		field,
		'must be a number, 0 or more, written with digits and a point only',
	);
}

/** What the portal asks for (docs/protocols/elektrik.md, 2.2), and what the distributor tells (3.2). */
export const CHECK_ACTION = 'user.check';
export const UPDATE_ACTION = 'user.update.points';

/** Whether an electrician is known to the distributor, and with how many points (docs/protocols/elektrik.md, 2.3). */
export type UserCheck = { exist: true; points: number } | { exist: false };

/** The portal's answer to an update of points (docs/protocols/elektrik.md, 3.3). */
export type UpdateAnswer =
	| { accepted: true }
	/** @property error the portal's own words, such as "UID incorrect" */
	| { accepted: false; error: string };

/** Writes the portal's question about an electrician. */
export function writeCheckRequest(phoneHash: string): string {
	return JSON.stringify({ action: CHECK_ACTION, phone: phoneHash });
}

/**
 * Reads the portal's question.
 *
 * @param body text of the POST
 * @returns the phone hash, in lower case
 * @throws ElektrikMessageError saying what is wrong with it, in words for the portal's operator
 */
export function readCheckRequest(body: string): string {
	const request = parseJson(body);
	if (!isObject(request)) throw new ElektrikMessageError('The body is not a JSON object');
	const { action, phone } = request;
	if (action !== CHECK_ACTION) {
		throw new ElektrikMessageError(
			action === undefined
				? `There is no "action"; this address knows "${CHECK_ACTION}"`
				: `The action is not known; this address knows "${CHECK_ACTION}"`,
		);
	}
	const phoneHash = readPhoneHash(phone);
	if (phoneHash === undefined) throw new ElektrikMessageError(ODD_HASH);
	return phoneHash;
}

/** For whoever sends another thing for a phone. */
export const ODD_HASH = '"phone" is not an md5 hash of 32 hex digits';

/** Writes the distributor's answer. */
export function writeCheckAnswer(check: UserCheck): string {
	return JSON.stringify(
		check.exist ? { exist: true, points: check.points } : { exist: check.exist },
	);
}

/** Writes the answer to a question that cannot be answered. */
export function writeErrorAnswer(error: string): string {
	return JSON.stringify({ error });
}

/**
 * Reads a distributor's answer: JSON, or the object that a SOAP answer holds.
 *
 * @throws ElektrikMessageError when `exist` or its points are missing
 * @throws ElektrikInputError when the points are no number
 */
export function readCheckAnswer(answer: unknown): UserCheck {
	const exist = isObject(answer) ? readYesNo(answer.exist) : undefined;
	if (!isObject(answer) || exist === undefined) {
		throw new ElektrikMessageError('The response has no "exist" with true or false');
	}
	return exist ? { exist, points: readPoints(answer.points) } : { exist };
}

/** A yes or no as JSON, PHP, XML and databases have it; `undefined` for anything else. */
export function readYesNo(value: unknown): boolean | undefined {
	const isPlain = typeof value === 'boolean' || typeof value === 'number';
	const text = typeof value === 'string' ? value.trim().toLowerCase() : isPlain && String(value);
	if (text === 'true' || text === '1') return true;
	return text === 'false' || text === '0' ? false : undefined;
}

/** Writes an update of points. `uid` is the distributor's identifier. */
export function writeUpdateRequest(phoneHash: string, points: number, uid: string): string {
	return JSON.stringify({ action: UPDATE_ACTION, phone: phoneHash, points, uid });
}

/** An answer has two values. */
const MAX_VALUES = 1_000;

/**
 * Finds the portal's answer to an update in the text of an HTTP answer, whatever PHP printed around.
 *
 * @returns `undefined` when there is none
 */
export function findUpdateAnswer(text: string): JsonObject | undefined {
	return findAnswer(
		text,
		({ result, success }) => readYesNo(result) !== undefined || readYesNo(success) !== undefined,
	);
}

/** As {@link findUpdateAnswer}, for a distributor's answer, which may be an error. */
export function findCheckAnswer(text: string): JsonObject | undefined {
	return findAnswer(text, (answer) => 'exist' in answer || 'error' in answer);
}

function findAnswer(
	text: string,
	isAnswer: (object: JsonObject) => boolean,
): JsonObject | undefined {
	return findObject(text, MAX_VALUES, (json) => {
		const object = parseFound(json);
		return isObject(object) && isAnswer(object) ? object : undefined;
	})?.read;
}

/**
 * Reads the portal's answer to an update.
 *
 * @param body text of the answer; what PHP prints around the JSON is skipped
 * @throws ElektrikMessageError when it is none of the answers of docs/protocols/elektrik.md, 3.3
 */
export function readUpdateAnswer(body: string): UpdateAnswer {
	const answer = findUpdateAnswer(body);
	if (!answer) {
		throw new ElektrikMessageError(
			isObject(parseJson(body))
				? 'The response has no "result" with true or false'
				: 'The response is not a JSON object',
		);
	}
	const result = readYesNo(answer.result);
	const success = readYesNo(answer.success);
	const { error } = answer;
	if (result === true && success !== false) return { accepted: true };
	if (result === false || success === false) {
		return { accepted: false, error: textOfError(error) };
	}
	throw new ElektrikMessageError('The response has no "result" with true or false');
}
