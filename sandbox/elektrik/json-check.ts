import { isObject, parseJson } from '../../nodes/shared/wire';
import type { LoopbackRequest } from '../loopback';
import { known, notKnown, type CheckAnswer } from './check-answer';

/** The question (docs/protocols/elektrik.md, 2.2). */
export function writeJsonCheck(phoneHash: string): LoopbackRequest {
	return {
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ action: 'user.check', phone: phoneHash }),
	};
}

/** Takes docs/protocols/elektrik.md, 2.3, to the letter: a boolean and a number, no text for them. */
export function readJsonAnswer({ status, body }: { status: number; body: string }): CheckAnswer {
	const answer = parseJson(body);
	if (!isObject(answer)) return notKnown('The answer is not a JSON object');
	const { exist, points, error } = answer;
	if (typeof error === 'string') return notKnown(error);
	if (status !== 200) return notKnown(`HTTP status ${status}`);
	if (exist === false) return known(false, null);
	if (exist !== true) return notKnown('"exist" is neither true nor false');
	return typeof points === 'number' ? known(true, points) : notKnown('"points" is not a number');
}
