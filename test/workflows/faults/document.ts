import { UNCLEAR } from './effect';
import { effectOf, isSpared, isWrite, type Fault } from './fault';
import { FAULTS, modesOf, type Cell } from './matrix';
import type { Observation, Service, Subject } from './subject';

/** What users read, numbered as they first come up. */
class Footnotes {
	private readonly texts: string[] = [];

	constructor(private readonly wireNames: readonly string[]) {}

	numberOf({ message, description }: Observation): number {
		const words = [`**${anonymous(message)}**`, anonymous(description)].join(' ').trim();
		const text = this.wireNames.reduce((all, name) => all.replaceAll(name, '‹operation›'), words);
		if (!this.texts.includes(text)) this.texts.push(text);
		return this.texts.indexOf(text) + 1;
	}

	list(): string[] {
		return this.texts.map((text, index) => `${index + 1}. ${text}`);
	}
}

/** The part of the document about one service, out of its cells. */
export function sectionOf(service: Service, cells: readonly Cell[]): string {
	const notes = new Footnotes(service.wireNames ?? []);
	const table = (passing: boolean) => tableOf(service, cells, passing, notes);
	const lines = [
		`## ${service.title}`,
		'',
		`Sends nothing, so no fault applies: ${service.local.map((name) => `\`${name}\``).join(', ')}.`,
		'',
		'### The fault lasts',
		'',
		...table(false),
		'',
		'### The fault affects one request',
		'',
		...table(true),
		'',
		'### What the user reads',
		'',
		...notes.list(),
	];
	if (service.local.length === 0) lines.splice(1, 2);
	return `${lines.join('\n')}\n`;
}

function tableOf(
	service: Service,
	cells: readonly Cell[],
	passing: boolean,
	notes: Footnotes,
): string[] {
	const faults = FAULTS.filter(
		(fault) =>
			modesOf(fault).some((mode) => mode.passing === passing) &&
			service.subjects.some((subject) => !isSpared(fault, service, subject)),
	);
	const head = ['Fault', ...service.subjects.map(({ title, kind }) => `${title} (${kind})`)];
	const rows = faults.map((fault) => [
		`${fault.title}${fault.strike && !fault.carriedOut ? ' (not executed)' : ''}`,
		...service.subjects.map((subject) => {
			if (isSpared(fault, service, subject)) return '—';
			const [off, on] = [false, true].map((retry) =>
				observationOf(cells, subject, fault, passing, retry),
			);
			return textOf({ service, subject, fault, off: off!, on: on! }, notes);
		}),
	]);
	return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}

function observationOf(
	cells: readonly Cell[],
	subject: Subject,
	fault: Fault,
	passing: boolean,
	retry: boolean,
): Observation {
	const cell = cells.find(
		({ mode, ...other }) =>
			other.subject === subject &&
			other.fault === fault &&
			mode.passing === passing &&
			mode.retry === retry,
	);
	if (!cell) throw new Error(`${subject.title} was not played with "${fault.title}"`);
	return cell.observation;
}

interface Pair {
	service: Service;
	subject: Subject;
	fault: Fault;
	/** Retry On Fail off, and on. */
	off: Observation;
	on: Observation;
}

function textOf(pair: Pair, notes: Footnotes): string {
	const { subject, off, on } = pair;
	const outcome = inBoth(outcomeOf(pair, off, notes), outcomeOf(pair, on, notes));
	const sent = inBoth(`sent ${off.sent}×`, `${on.sent}×`, `sent ${on.sent}×`);
	const stored = inBoth(`stored: ${off.held}`, String(on.held), `stored: ${on.held}`);
	return [outcome, sent, ...(isWrite(subject.kind) ? [stored] : [])].join('; ');
}

/** @param full how `on` reads where it stands alone */
function inBoth(off: string, on: string, full = on): string {
	return off === full ? off : `${off}, with retry ${on}`;
}

function outcomeOf(
	{ service, subject, fault }: Pair,
	observation: Observation,
	notes: Footnotes,
): string {
	if (observation.works) return 'works';
	const number = notes.numberOf(observation);
	const effect = effectOf(fault, service, subject);
	const isUnclear = subject.kind === 'write' && !subject.struckBefore && UNCLEAR.includes(effect);
	return isUnclear
		? `outcome unknown, at most one ${service.record}, check first [${number}]`
		: `error [${number}]`;
}

/** Without what differs from run to run. */
function anonymous(text: string): string {
	return text
		.replace(/(127\.0\.0\.1|no-such-host\.invalid):\d+/g, 'crm.example.com')
		.replace(/localhost:\d+/g, 'elsewhere.example.com')
		.replace(/\b(?:\d+_)?[0-9a-f]{32}\b/g, '…')
		.replace(/(['"])\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\1/g, '$1…$1')
		.replace(/[<>|]/g, (character) => `\\${character}`);
}
