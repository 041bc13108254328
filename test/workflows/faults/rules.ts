import { TRIES } from './cell';
import { UNCLEAR, type Effect } from './effect';
import { effectOf, isWrite } from './fault';
import type { Cell } from './matrix';
import type { Observation, Service } from './subject';

/** What must hold whatever goes wrong, by the kind of the operation and the effect of the fault. */
interface Rule {
	says: string;
	isBroken(cell: Judged): boolean;
}

interface Judged extends Cell, Observation {
	effect: Effect;
	tries: number;
	/** What the operation gives when nothing goes wrong. */
	undisturbed: Observation;
}

const REQUESTS_A_TRY = 3;
const MEGABYTE = 1024 * 1024;
/** What the system keeps of an answer that nobody reads any more. */
const BUFFERED = 14 * MEGABYTE;
/** For a cell that waits for nothing, on a machine that is very busy. */
const LONGEST_MILLISECONDS = 45_000;
const CHECK_FIRST = /\bcheck (there|the CRM (again|before)|on the portal)\b/i;
const NO_WORDS = /undefined|\[object|NaN|^\s*$/;

const RULES: readonly Rule[] = [
	{ says: 'a secret is never seen', isBroken: ({ leaks }) => leaks.length > 0 },
	{ says: 'no other host gets a request', isBroken: ({ strayed }) => strayed > 0 },
	{
		says: 'it comes to an end',
		isBroken: ({ milliseconds, fault: { timeout = 0 }, tries }) =>
			milliseconds > LONGEST_MILLISECONDS + tries * REQUESTS_A_TRY * timeout * 1000,
	},
	{
		says: 'an answer without end is not read to its end',
		isBroken: ({ poured, sent, subject: { maxMegabytes = 16 } }) =>
			poured > sent * (maxMegabytes * MEGABYTE + BUFFERED),
	},
	{
		says: 'an error tells a person what happened, to which item, and what to do',
		isBroken: ({ works, message, description, itemIndex, effect }) =>
			!works &&
			(NO_WORDS.test(message) ||
				itemIndex !== 0 ||
				(NO_WORDS.test(description) && effect !== 'stopped')),
	},
	{
		says: 'an error about a connection names the host',
		isBroken: ({ effect, works, message }) =>
			effect === 'notSent' && !works && !/127\.0\.0\.1|no-such-host/.test(message),
	},
	{
		says: 'a success gives what there is without a fault',
		isBroken: ({ works, output, undisturbed, subject }) =>
			works && !subject.showsSecrets && !isSame(output, undisturbed.output, subject.asksAfterLoss),
	},
	{
		says: 'a success is at the partner’s',
		isBroken: ({ works, subject, held }) => works && isWrite(subject.kind) && held !== 1,
	},
	{ says: 'nothing is doubled', isBroken: ({ held }) => held > 1 },
	{
		says: 'the partner never gets a write twice',
		isBroken: ({ subject, received }) => subject.kind === 'write' && received > 1,
	},
	{
		says: 'a write that may have been executed is sent once',
		isBroken: ({ subject, effect, sent }) =>
			subject.kind === 'write' && UNCLEAR.includes(effect) && sent !== 1,
	},
	{
		says: 'a write that may have been executed says to check first',
		isBroken: ({ subject, effect, works, description }) =>
			subject.kind === 'write' &&
			UNCLEAR.includes(effect) &&
			!works &&
			!subject.struckBefore &&
			!CHECK_FIRST.test(description),
	},
	{
		says: 'a write without an answer is no success',
		isBroken: ({ subject, effect, works }) =>
			subject.kind === 'write' &&
			['lost', 'refusal', 'stopped'].includes(effect) &&
			works &&
			!subject.asksAfterLoss,
	},
	{
		says: 'what looks like a refusal is not sent again',
		isBroken: ({ effect, sent }) => ['refusal', 'barred'].includes(effect) && sent !== 1,
	},
	{
		says: 'no request goes out once the user has stopped it',
		isBroken: ({ effect, sent, works }) => effect === 'stopped' && (sent !== 1 || works),
	},
	{
		says: 'three requests a try are enough',
		isBroken: ({ sent, tries }) => sent > REQUESTS_A_TRY * tries,
	},
	{
		says: 'a usable answer is used',
		isBroken: ({ effect, works }) => effect === 'usable' && !works,
	},
	{
		says: 'an error says so when nothing was sent',
		isBroken: ({ effect, works, description }) =>
			effect === 'notSent' && !works && !/Nothing was sent/.test(description),
	},
	{
		says: 'an error does not say that nothing was sent when a request left',
		isBroken: ({ works, sent, description }) =>
			!works && sent > 0 && /nothing was sent/i.test(description),
	},
	{
		says: 'what never reached the partner is not there, and is no success',
		isBroken: ({ effect, mode, works, held }) =>
			(effect === 'barred' || (['notSent', 'keptOff'].includes(effect) && !mode.passing)) &&
			(works || held > 0),
	},
	{
		says: 'what has surely not been done is done once the fault has passed, with Retry On Fail',
		isBroken: ({ effect, mode, works }) =>
			['notSent', 'keptOff'].includes(effect) && mode.passing && mode.retry && !works,
	},
	{
		says: 'what can be repeated is done once the fault has passed, with Retry On Fail',
		isBroken: ({ effect, mode, works, subject }) =>
			['lost', 'either'].includes(effect) &&
			subject.kind !== 'write' &&
			mode.passing &&
			mode.retry &&
			!works,
	},
];

/** The rules that a cell breaks, in words; none when all is well. */
export function brokenRules(service: Service, cell: Cell, undisturbed: Observation): string[] {
	const judged: Judged = {
		...cell,
		...cell.observation,
		effect: effectOf(cell.fault, service, cell.subject),
		tries: cell.mode.retry ? TRIES : 1,
		undisturbed,
	};
	const { subject, fault, mode, observation } = cell;
	const how = [mode.passing ? 'once' : 'lasting', mode.retry ? 'Retry On Fail' : ''];
	const where = [subject.title, fault.title, ...how].filter((part) => part !== '').join(', ');
	return RULES.filter((rule) => rule.isBroken(judged)).map(
		({ says }) => `${where}: ${says}. ${JSON.stringify(observation)}`,
	);
}

/** After a lost answer only the partner's own number is not known. */
function isSame(output: string, expected: string, asksAfterLoss = false): boolean {
	const withoutNumber = expected.replace(/"crmId":\d+/, '"crmId":null');
	return output === expected || (asksAfterLoss && output === withoutNumber);
}
