import { findObject, isObject, type JsonObject, parseFound, parseJson } from '../../shared/wire';
import { ElektrikInputError, ElektrikMessageError, textOfError } from './errors';
import { readPhoneHash } from './phone-hash';

const DECIMAL = /^\d+(\.\d+)?$/;

/**
 * Reads a number of points ("количество бонусов"), 0 or more. It may be text, as databases return
 * decimals.
 *
 * @throws ElektrikInputError that names `field`
 *
 * @example
 * elektrik.readPoints('12.50'); // => 12.5
 * elektrik.readPoints('12,50'); // throws ElektrikInputError: must be a number, 0 or more, written with digits and a point only
 */
export function readPoints(value: unknown, field = 'points'): number {
	const points = typeof value === 'string' ? fromText(value.trim(), field) : value;
	if (points === undefined || points === null) throw new ElektrikInputError(field, 'is missing');
	if (typeof points !== 'number' || !(points >= 0 && points <= Number.MAX_SAFE_INTEGER)) {
		throw new ElektrikInputError(field, 'must be a number, 0 or more');
	}
	// Converts -0 to 0.
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

/** The actions of the portal's check (docs/protocols/elektrik.md, 2.2) and of the distributor's update (3.2). */
export const CHECK_ACTION = 'user.check';
export const UPDATE_ACTION = 'user.update.points';

/** Whether the distributor knows an electrician, and the point balance (docs/protocols/elektrik.md, 2.3). */
export type UserCheck = { exist: true; points: number } | { exist: false };

/** The portal's response to an update of points (docs/protocols/elektrik.md, 3.3). */
export type UpdateAnswer =
	| { accepted: true }
	/** @property error the portal's own words, such as "UID incorrect" */
	| { accepted: false; error: string };

/**
 * Writes the portal's check of an electrician.
 *
 * @example
 * elektrik.writeCheckRequest('5d41402abc4b2a76b9719d911017c592');
 * // => '{"action":"user.check","phone":"5d41402abc4b2a76b9719d911017c592"}'
 */
export function writeCheckRequest(phoneHash: string): string {
	return JSON.stringify({ action: CHECK_ACTION, phone: phoneHash });
}

/**
 * Reads the portal's check.
 *
 * @param body text of the POST
 * @returns the phone hash, in lower case
 * @throws ElektrikMessageError with a message for the portal's operator
 *
 * @example
 * elektrik.readCheckRequest('{"action":"user.check","phone":"5d41402abc4b2a76b9719d911017c592"}');
 * // => '5d41402abc4b2a76b9719d911017c592'
 * elektrik.readCheckRequest('{"action":"user.check","phone":"1"}');
 * // throws ElektrikMessageError: "phone" is not an md5 hash of 32 hex digits
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

/** Reason sent to the client when `phone` is not a hash. */
export const ODD_HASH = '"phone" is not an md5 hash of 32 hex digits';

/**
 * Writes the distributor's response to a check.
 *
 * @example
 * elektrik.writeCheckAnswer({ exist: true, points: 120 }); // => '{"exist":true,"points":120}'
 * elektrik.writeCheckAnswer({ exist: false }); // => '{"exist":false}'
 */
export function writeCheckAnswer(check: UserCheck): string {
	return JSON.stringify(
		check.exist ? { exist: true, points: check.points } : { exist: check.exist },
	);
}

/**
 * Writes the response to a check that could not be processed.
 *
 * @example
 * elektrik.writeErrorAnswer('The database is down'); // => '{"error":"The database is down"}'
 */
export function writeErrorAnswer(error: string): string {
	return JSON.stringify({ error });
}

/**
 * Reads a distributor's response to a check: parsed JSON, or the object in a SOAP response.
 *
 * @throws ElektrikMessageError when `exist` is missing
 * @throws ElektrikInputError when `points` is missing or not a number
 *
 * @example
 * elektrik.readCheckAnswer({ exist: 'true', points: '120' }); // => { exist: true, points: 120 }
 * elektrik.readCheckAnswer({ exist: 0 }); // => { exist: false }
 */
export function readCheckAnswer(answer: unknown): UserCheck {
	const exist = isObject(answer) ? readYesNo(answer.exist) : undefined;
	if (!isObject(answer) || exist === undefined) {
		throw new ElektrikMessageError('The response has no "exist" with true or false');
	}
	return exist ? { exist, points: readPoints(answer.points) } : { exist };
}

/**
 * Reads a boolean as JSON, PHP, XML and databases write it.
 *
 * @returns `undefined` for any other value
 *
 * @example
 * elektrik.readYesNo('1'); // => true
 * elektrik.readYesNo(false); // => false
 * elektrik.readYesNo('maybe'); // => undefined
 */
export function readYesNo(value: unknown): boolean | undefined {
	const isPlain = typeof value === 'boolean' || typeof value === 'number';
	const text = typeof value === 'string' ? value.trim().toLowerCase() : isPlain && String(value);
	if (text === 'true' || text === '1') return true;
	return text === 'false' || text === '0' ? false : undefined;
}

/**
 * Writes an update of points.
 *
 * @param uid the distributor's identifier
 *
 * @example
 * elektrik.writeUpdateRequest('5d41402abc4b2a76b9719d911017c592', 120, 'invented');
 * // => '{"action":"user.update.points","phone":"5d41402abc4b2a76b9719d911017c592","points":120,"uid":"invented"}'
 */
export function writeUpdateRequest(phoneHash: string, points: number, uid: string): string {
	return JSON.stringify({ action: UPDATE_ACTION, phone: phoneHash, points, uid });
}

/** The most JSON values in a response. A response has two. */
const MAX_VALUES = 1_000;

/**
 * Finds the portal's response to an update in the text of an HTTP response, ignoring what PHP printed
 * around it.
 *
 * @returns `undefined` when there is none
 *
 * @example
 * elektrik.findUpdateAnswer('Notice: undefined index {"result":true}'); // => { result: true }
 * elektrik.findUpdateAnswer('<html>'); // => undefined
 */
export function findUpdateAnswer(text: string): JsonObject | undefined {
	return findAnswer(
		text,
		({ result, success }) => readYesNo(result) !== undefined || readYesNo(success) !== undefined,
	);
}

/**
 * Finds a distributor's response to a check, which may be an error, as {@link findUpdateAnswer} does.
 *
 * @example
 * elektrik.findCheckAnswer('Notice: undefined index {"exist":false}'); // => { exist: false }
 */
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
 * Reads the portal's response to an update.
 *
 * @param body text of the response. What PHP printed around the JSON is ignored
 * @throws ElektrikMessageError for a response that docs/protocols/elektrik.md, 3.3, does not have
 *
 * @example
 * elektrik.readUpdateAnswer('{"result":true}'); // => { accepted: true }
 * elektrik.readUpdateAnswer('{"result":false,"error":"UID incorrect"}');
 * // => { accepted: false, error: 'UID incorrect' }
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
