import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIncomingCheck, RefusedRequest } from '../../../nodes/Elektrik/server/exchange';
import type { Answer } from '../../../nodes/shared/reply/reply';

/**
 * A folder a case: a request as it comes, and the answer to it. `http.json` holds the request's
 * content type and the answer's status and content type.
 */
const CASES = join(__dirname, 'soap-cases');
const KNOWN = { exist: true, points: 12.5 } as const;

interface Http {
	contentType: string;
	answer: { status: number; contentType: string };
}

function answerTo(body: Buffer, contentType: string): Answer {
	try {
		const question = readIncomingCheck(body, contentType);
		expect(question).toMatchObject({
			protocol: 'soap',
			phoneHash: '0123456789abcdef0123456789abcdef',
		});
		return question.answer(KNOWN);
	} catch (error) {
		if (error instanceof RefusedRequest) return error.answer;
		throw error;
	}
}

it.each(readdirSync(CASES))('%s', (name) => {
	const read = (file: string) => readFileSync(join(CASES, name, file));
	const http = JSON.parse(read('http.json').toString()) as Http;
	const { status, contentType, body } = answerTo(read('request.xml'), http.contentType);
	expect({ status, contentType }).toEqual(http.answer);
	expect(body.toString()).toBe(read('response.xml').toString());
});
