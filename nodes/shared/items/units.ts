import { PartnerError } from '../errors';
import type { RunMemory } from './memory';
import type { JobResult } from './schedule';

/** A unit of work with what it is known by. */
export interface KnownUnit<Unit> {
	unit: JobResult<Unit>;
	/** In the memory of the run. */
	name: string;
	/** The record that it is about. */
	key: string | undefined;
	/** Whether an earlier attempt carried out a later unit about the same record, and not this one. */
	isSuperseded: boolean;
}

/** Names the units, and finds those that would put older data over newer. */
export function knownUnits<Unit>(
	units: ReadonlyArray<JobResult<Unit>>,
	work: { key?(unit: Unit): string },
	memory: RunMemory,
): Array<KnownUnit<Unit>> {
	const lastDone = new Map<string, number>();
	const known = units.map((unit, position) => {
		const name = memory.nameOf(unit.done ? unit.value : undefined, position);
		const key = unit.done ? work.key?.(unit.value) : undefined;
		if (key !== undefined && memory.values.has(name)) lastDone.set(key, position);
		return { unit, name, key };
	});
	return known.map((one, position) => {
		const isOlder = one.key !== undefined && position < (lastDone.get(one.key) ?? -1);
		const isOpen = !memory.values.has(one.name) && !memory.errors.has(one.name);
		return { ...one, isSuperseded: isOlder && isOpen };
	});
}

/** n8n tries a node again that went on after an error; by then a later item may be through. */
export function superseded(): PartnerError {
	return new PartnerError('Not sent, because a later item about the same record was carried out', {
		outcome: 'notSent',
		description:
			'An earlier attempt of this node carried the later item out, so the partner has the newer data.',
	});
}
