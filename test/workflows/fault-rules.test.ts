import { play } from './faults/cell';
import type { Effect } from './faults/effect';
import { EXAPI } from './faults/exapi-service';
import { FAULTS } from './faults/matrix';
import { brokenRules } from './faults/rules';
import type { Kind, Observation, Subject } from './faults/subject';

/** The rules and the search for secrets must be able to find something. */

const works: Observation = {
	works: true,
	status: 'success',
	message: '',
	description: '',
	itemIndex: undefined,
	hints: [],
	output: '[{"crmId":1}]',
	sent: 1,
	received: 1,
	held: 1,
	strayed: 0,
	poured: 0,
	leaks: [],
	milliseconds: 10,
};
const fails: Observation = {
	...works,
	works: false,
	output: '[]',
	message: '127.0.0.1:1 did something',
	description: 'Check there first.',
	itemIndex: 0,
};

const subjectOf = (kind: Kind): Subject => ({
	title: 'subject',
	kind,
	operation: 'a.b',
	parameters: {},
	isMeant: () => true,
});

const LASTING = { passing: false, retry: false };
const PASSED = { passing: true, retry: true };

function broken(kind: Kind, effect: Effect, observation: Observation, mode = LASTING): string[] {
	const fault = { title: 'fault', effect, carriedOut: true };
	const cell = { subject: subjectOf(kind), fault, mode, observation };
	return brokenRules(EXAPI, cell, works).map((text) => /: (.*?)\. \{/.exec(text)?.[1] ?? text);
}

describe('a rule', () => {
	it('is not broken by what is right', () => {
		expect(broken('write', 'usable', works)).toEqual([]);
		expect(broken('write', 'lost', fails)).toEqual([]);
	});

	it.each<[string, Kind, Effect, Observation, typeof PASSED?]>([
		['a secret is never seen', 'read', 'lost', { ...fails, leaks: ['message'] }],
		['no other host gets a request', 'read', 'lost', { ...fails, strayed: 1 }],
		['it comes to an end', 'read', 'lost', { ...fails, milliseconds: 60_000 }],
		['an answer without end is not read to its end', 'read', 'lost', { ...fails, poured: 5e7 }],
		[
			'an error tells a person what happened, to which item, and what to do',
			'read',
			'lost',
			{ ...fails, description: '' },
		],
		[
			'an error about a connection names the host',
			'read',
			'notSent',
			{ ...fails, message: 'offline', description: 'Nothing was sent.', sent: 0, held: 0 },
		],
		[
			'a success gives what there is without a fault',
			'read',
			'usable',
			{ ...works, output: '[{}]' },
		],
		['a success is at the partner’s', 'upsert', 'usable', { ...works, held: 0 }],
		['nothing is doubled', 'upsert', 'lost', { ...fails, held: 2 }],
		[
			'the partner never gets a write twice',
			'write',
			'keptOff',
			{ ...fails, held: 0, received: 2 },
		],
		['a write that may have been executed is sent once', 'write', 'lost', { ...fails, sent: 2 }],
		[
			'a write that may have been executed says to check first',
			'write',
			'lost',
			{ ...fails, description: 'Try again.' },
		],
		['a write without an answer is no success', 'write', 'lost', works],
		['what looks like a refusal is not sent again', 'read', 'refusal', { ...fails, sent: 2 }],
		[
			'what looks like a refusal is not sent again',
			'read',
			'barred',
			{ ...fails, held: 0, sent: 2 },
		],
		['no request goes out once the user has stopped it', 'read', 'stopped', { ...fails, sent: 2 }],
		['three requests a try are enough', 'read', 'lost', { ...fails, sent: 4 }],
		['a usable answer is used', 'read', 'usable', fails],
		[
			'an error says so when nothing was sent',
			'read',
			'notSent',
			{ ...fails, held: 0, description: 'Check it.' },
		],
		[
			'an error does not say that nothing was sent when a request left',
			'read',
			'lost',
			{ ...fails, description: 'Nothing was sent.' },
		],
		[
			'what never reached the partner is not there, and is no success',
			'upsert',
			'keptOff',
			{ ...fails, held: 1 },
		],
		[
			'what has surely not been done is done once the fault has passed, with Retry On Fail',
			'write',
			'keptOff',
			{ ...fails, held: 0 },
			PASSED,
		],
		[
			'what can be repeated is done once the fault has passed, with Retry On Fail',
			'upsert',
			'lost',
			fails,
			PASSED,
		],
	])('finds a breach: %s', (says, kind, effect, observation, mode = LASTING) => {
		expect(broken(kind, effect, observation, mode)).toEqual([says]);
	});
});

it('a secret in an error is found wherever it is', async () => {
	const fault = FAULTS.find(({ title }) => title === 'HTTP 404')!;
	const { leaks } = await play(
		{ ...EXAPI, secretsIn: () => ['HTTP 404'] },
		EXAPI.subjects[0]!,
		fault,
		LASTING,
	);
	expect(leaks).toEqual(['message', 'stack', 'error as JSON', 'saved run']);
});
