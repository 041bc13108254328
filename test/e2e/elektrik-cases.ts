import { emptyItem, respondCheck, type Chain, type TriggerParameters } from './elektrik-workflows';
import { failingNode, nothing, set, stopAndError, wait } from './trigger-workflows';

type Case = [path: string, TriggerParameters, Chain];

const respondNode = { responseMode: 'responseNode' };

export const FAILED = 'The check could not be processed';
export const LATE = 'The check was not processed in time';

/** Workflows that do not know the electrician, without an IF for it. */
export const NOT_FOUND: Case[] = [
	['no-items', {}, [nothing()]],
	['no-items-midway', {}, [nothing(), set({ points: 1 })]],
	['empty-item', {}, [emptyItem()]],
	['exist-false', {}, [set({ exist: false, points: 7 })]],
	['respond-false', respondNode, [respondCheck(false)]],
	['respond-false-last', {}, [respondCheck(false)]],
];

/** Workflows that know the electrician with 12.5 points. */
export const FOUND: Case[] = [
	['points', {}, [set({ points: 12.5, name: 'row of a database' })]],
	['text', {}, [set({ exist: '1', points: '12.50' })]],
	['respond', respondNode, [respondCheck(true, 12.5), set({ anything: 'else' })]],
	['respond-last', {}, [set({ anything: 'else' }), respondCheck(true, 12.5)]],
];

/** Workflows that give no proper answer, and the reason that the portal gets. */
export const FAILURES: Array<[...Case, reason: string]> = [
	['node-fails', {}, [failingNode()], FAILED],
	['stop-and-error', {}, [stopAndError()], FAILED],
	['no-points', {}, [set({ exist: true })], FAILED],
	['odd-points', {}, [set({ points: 'many' })], FAILED],
	['another-row', {}, [set({ password: 'row of a database' })], FAILED],
	['nothing-behind', {}, [], FAILED],
	['respond-midway', {}, [respondCheck(true, 12.5), set({ points: 1 })], FAILED],
	[
		'claims-to-be-respond',
		{},
		[set({ elektrikAnswer: '{"exist":true,"points":9}', answerKey: 'mine' })],
		FAILED,
	],
	['never-reached', respondNode, [nothing(), respondCheck(true, 1)], FAILED],
	['too-slow', { deadline: 1 }, [wait(3), set({ points: 1 })], LATE],
];
