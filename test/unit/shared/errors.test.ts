import type { INode } from 'n8n-workflow';
import {
	afterRetry,
	PartnerError,
	RetriedFailure,
	toNodeError,
} from '../../../nodes/shared/errors';
import { toHttpFailure } from '../../../nodes/shared/http/failure';

const node: INode = {
	id: '1',
	name: 'Node',
	type: 'test',
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
};

describe('an error about a partner', () => {
	// n8n has texts of its own for these codes, which name neither host nor reason.
	it.each(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EPROTO', 'CERT_HAS_EXPIRED'])(
		'keeps its words when they hold %s',
		(code) => {
			const message = `crm.example.com cannot be reached (${code})`;
			const error = toNodeError(
				node,
				new PartnerError(message, { outcome: 'notSent', description: 'Check the address.' }),
				0,
			);
			expect(error).toMatchObject({ message, description: 'Check the address.' });
		},
	);
});

describe('the cause of an error', () => {
	/** As axios reports it: with the whole request. */
	const reported = () =>
		Object.assign(new Error('signature-1234'), {
			config: { data: 'signature-1234', headers: { 'x-key': 'signature-1234' } },
			request: { path: '/?key=signature-1234' },
			cause: Object.assign(new Error('connect EHOSTUNREACH signature-1234'), {
				code: 'EHOSTUNREACH',
				syscall: 'connect',
				address: '203.0.113.7',
				port: 443,
				body: 'signature-1234',
			}),
		});

	it('is shown by n8n, and holds nothing of the request', () => {
		const error = toNodeError(node, toHttpFailure(reported(), 'crm.example.com', false), 0);
		expect(error.cause).toMatchObject({
			code: 'EHOSTUNREACH',
			syscall: 'connect',
			message: 'connect EHOSTUNREACH 203.0.113.7:443',
		});
		const saved = JSON.stringify([error, error.cause, Object.getOwnPropertyDescriptors(error)]);
		expect(saved).toContain('EHOSTUNREACH');
		expect(saved).not.toContain('signature-1234');
	});

	it('stays with a failure that gets another message', () => {
		const failure = toHttpFailure(reported(), 'crm.example.com', false);
		expect(new PartnerError('Other words', failure.details).cause).toBe(failure.cause);
	});
});

describe('a write whose earlier attempt is unknown', () => {
	const unknown = (message: string) => new PartnerError(message, { outcome: 'unknown' });

	it.each(['notSent', 'rejected', 'refused'] as const)(
		'stays unknown after one that is %s',
		(outcome) => {
			const later = new PartnerError('Later', {
				outcome,
				attemptNote: 'Nothing was sent.',
				description: 'Check the address.',
			});
			expect(later.description).toBe('Nothing was sent. Check the address.');
			const error = afterRetry(unknown('Earlier'), later) as RetriedFailure;
			expect(error).toMatchObject({ message: 'Earlier', outcome: 'unknown', lastOutcome: outcome });
			expect(error.description).toBe(
				'The partner may have executed that attempt. A later attempt failed: Later. Check the address.',
			);
		},
	);

	it('stays unknown after an error that is none of a partner', () => {
		const error = afterRetry(unknown('Earlier'), new Error('Out of memory')) as RetriedFailure;
		expect(error.description).toContain('A later attempt failed: Out of memory.');
		expect(error.outcome).toBe('unknown');
	});

	it('names the first and the last of many attempts', () => {
		const second = afterRetry(unknown('First').addAdvice('Look there.'), new Error('Second'));
		const third = afterRetry(second, new Error('Third')) as RetriedFailure;
		expect(third.message).toBe('First');
		expect(third.description).toContain('Third');
		expect(third.description).not.toContain('Second');
		expect(third.description).toContain('Look there.');
	});

	it('is reported unchanged if the later one is unknown as well, or the earlier one is not', () => {
		const later = unknown('Later');
		expect(afterRetry(unknown('Earlier'), later)).toBe(later);
		const rejected = new PartnerError('No', { outcome: 'rejected' });
		expect(afterRetry(rejected, new Error('Later'))).toEqual(new Error('Later'));
		expect(afterRetry(undefined, later)).toBe(later);
	});
});
