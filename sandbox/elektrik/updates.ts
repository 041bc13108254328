import { isObject, type JsonObject } from '../../nodes/shared/wire';
import type { Electrician, Electricians } from './electricians';
import type { UpdateOutcome } from './request-log';

/** The portal's answer (docs/protocols/elektrik.md, 3.3): `error` only beside `result: false`. */
export interface PortalAnswer {
	success: boolean;
	result?: boolean;
	error?: string;
}

/** What a request asks for, looked at but not carried out. */
export interface ReadUpdate {
	action: unknown;
	phoneHash: unknown;
	points: unknown;
	/** Whose points; `undefined` where the request names nobody. */
	electrician?: Electrician;
	outcome: UpdateOutcome;
	answer: PortalAnswer;
}

const UPDATED: PortalAnswer = { success: true, result: true };

/** Failures in the portal's own words (docs/protocols/elektrik.md, 3.5). */
export const FAILURES = {
	uidIncorrect: 'UID incorrect',
	phoneHashIncorrect: 'Phone hash incorrect',
} as const;

/**
 * Reads a request of a distributor (docs/protocols/elektrik.md, 3.2).
 *
 * @param message its JSON; `undefined` for what is none
 */
export function readUpdate(message: unknown, electricians: Electricians): ReadUpdate {
	const fields = isObject(message) ? message : {};
	const { action = null, phone: phoneHash = null, points = null, uid } = fields;
	const electrician =
		typeof phoneHash === 'string' ? electricians.findByHash(phoneHash) : undefined;
	const read = { action, phoneHash, points, electrician };
	const problem = problemOf(fields);
	if (problem !== undefined) {
		// How the portal takes such requests is not described (docs/protocols/elektrik.md, 5.4).
		return { ...read, outcome: 'notUnderstood', answer: { success: false, error: problem } };
	}
	if (uid !== electricians.uid) return { ...read, ...failure('uidIncorrect') };
	if (!electrician) return { ...read, ...failure('phoneHashIncorrect') };
	return { ...read, outcome: 'updated', answer: UPDATED };
}

function failure(outcome: keyof typeof FAILURES): Pick<ReadUpdate, 'outcome' | 'answer'> {
	return { outcome, answer: { success: true, result: false, error: FAILURES[outcome] } };
}

function problemOf({ action, points }: JsonObject): string | undefined {
	if (action !== 'user.update.points') return 'Action unknown';
	return isNumber(points) && Number(points) >= 0 ? undefined : 'Points incorrect';
}

/** PHP takes a number written as text for a number. */
function isNumber(value: unknown): boolean {
	return typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));
}
