import fc from 'fast-check';
import type { INode } from 'n8n-workflow';
import { joinSentences, PartnerError, toNodeError } from '../../../nodes/shared/errors';

describe('joinSentences', () => {
	it.each([
		['bad gateway', 'bad gateway. Look there.'],
		['bad gateway.', 'bad gateway. Look there.'],
		['bad gateway \n', 'bad gateway. Look there.'],
		['Is it down?', 'Is it down? Look there.'],
		['a long page…', 'a long page… Look there.'],
		['“No access.”', '“No access.” Look there.'],
		['Нет доступа (закрыто)', 'Нет доступа (закрыто). Look there.'],
		['{"error":"closed"}', '{"error":"closed"}. Look there.'],
		['{"error":"It is closed."}', '{"error":"It is closed."} Look there.'],
		['', 'Look there.'],
	])('ends %j before the next sentence', (excerpt, expected) => {
		expect(joinSentences(excerpt, 'Look there.')).toBe(expected);
	});

	it('leaves the last one as it is', () => {
		expect(joinSentences('Check the URL.', 'Its response: bad gateway')).toBe(
			'Check the URL. Its response: bad gateway',
		);
	});

	it('ends whatever comes before another sentence', () => {
		fc.assert(
			fc.property(fc.array(fc.string()), (texts) => {
				const joined = joinSentences(...texts, 'Look there.');
				expect(joined).toMatch(/(^|[.!?…][)\]}"'’”»]* )Look there\.$/);
			}),
		);
	});
});

describe('an excerpt at the end of an error', () => {
	const error = () =>
		new PartnerError('HTTP 502', { outcome: 'unknown', description: 'Its response: bad gateway' });

	it('ends before advice that is added', () => {
		expect(error().addAdvice('Look there.').description).toBe(
			'Its response: bad gateway. Look there.',
		);
	});

	it('ends before what n8n’s error adds', () => {
		const node = { name: 'x', type: 'x', parameters: {} } as unknown as INode;
		expect(toNodeError(node, error(), 0, ['Items 0 to 3 were executed.']).description).toBe(
			'Its response: bad gateway. Items 0 to 3 were executed.',
		);
	});
});
