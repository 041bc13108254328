import { QUICK } from '../../extent';
import { REWRITES } from './committed';
import { MODES, play, type Mode } from './cell';
import { isSpared, type Fault } from './fault';
import { LARGE_FAULTS } from './large-faults';
import { SPOILT_FAULTS } from './spoilt-faults';
import { STATUS_FAULTS } from './status-faults';
import type { Observation, Service, Subject } from './subject';
import { TRANSPORT_FAULTS } from './transport-faults';
import { VTIGER_FAULTS } from './vtiger-faults';

/** In the order of the table. */
export const FAULTS: readonly Fault[] = [
	...TRANSPORT_FAULTS,
	...STATUS_FAULTS,
	...SPOILT_FAULTS,
	...VTIGER_FAULTS,
	...LARGE_FAULTS,
];

/** One run: an operation, a fault, how often it strikes, and what came of it. */
export interface Cell {
	subject: Subject;
	fault: Fault;
	mode: Mode;
	observation: Observation;
}

/** Cells side by side: of those that mostly wait, and of those that keep the machine busy. */
const WAITING_AT_ONCE = 24;
const BUSY_AT_ONCE = 12;

/** Else one mode of each fault: the one in which most can go wrong. */
export const PLAYS_ALL_MODES = REWRITES || !QUICK;

/** Plays every fault on every operation of a service. */
export async function playMatrix(service: Service): Promise<Cell[]> {
	const wanted = FAULTS.flatMap((fault) =>
		service.subjects
			.filter((subject) => !isSpared(fault, service, subject))
			.flatMap((subject) => playedModesOf(fault).map((mode) => ({ subject, fault, mode }))),
	);
	const waits = ({ fault }: { fault: Fault }) => fault.timeout !== undefined;
	// One after the other: beside busy ones, a request of a waiting one may leave when its time is over.
	const waiting = await playAll(service, wanted.filter(waits), WAITING_AT_ONCE);
	const others = wanted.filter((cell) => !waits(cell));
	return [...waiting, ...(await playAll(service, others, BUSY_AT_ONCE))];
}

export function modesOf({ lastingOnly, effect }: Fault): readonly Mode[] {
	const once = lastingOnly === true || effect === 'usable';
	return once ? MODES.filter(({ passing }) => !passing) : MODES;
}

/** With Retry On Fail, where something may be sent twice; and passing, so that the second try works. */
function playedModesOf(fault: Fault): readonly Mode[] {
	return PLAYS_ALL_MODES ? modesOf(fault) : modesOf(fault).slice(-1);
}

/** Plays an operation without any fault: what it gives then. */
export async function playUndisturbed(service: Service, subject: Subject): Promise<Observation> {
	const none: Fault = { title: 'None', effect: 'usable', carriedOut: true };
	return await play(service, subject, none, { passing: false, retry: false });
}

async function playAll(
	service: Service,
	wanted: ReadonlyArray<Omit<Cell, 'observation'>>,
	atOnce: number,
): Promise<Cell[]> {
	const cells: Cell[] = [];
	const left = [...wanted];
	const playOn = async () => {
		for (let cell = left.shift(); cell; cell = left.shift()) {
			const observation = await play(service, cell.subject, cell.fault, cell.mode);
			cells.push({ ...cell, observation });
		}
	};
	await Promise.all(Array.from({ length: atOnce }, playOn));
	return cells;
}
