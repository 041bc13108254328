import { PartnerError } from '../errors';
import type { RunMemory } from './memory';
import type { JobResult } from './schedule';

/** A unit of work, and where it stands among those about the same record. */
export interface KnownUnit<Unit> {
	unit: JobResult<Unit>;
	/** The record that it is about. */
	key: string | undefined;
	/** Whether an earlier attempt carried out a later unit about the same record, and not this one. */
	isSuperseded: boolean;
}

/** Finds the units that would put older data over newer. */
export function knownUnits<Unit>(
	units: ReadonlyArray<JobResult<Unit>>,
	work: { key?(unit: Unit): string },
	{ values, standing }: RunMemory,
): Array<KnownUnit<Unit>> {
	const keys = units.map((unit) => (unit.done ? work.key?.(unit.value) : undefined));
	const lastDone = new Map<string, number>();
	keys.forEach((key, position) => {
		if (key !== undefined && values.has(position)) lastDone.set(key, position);
	});
	return units.map((unit, position) => {
		const key = keys[position];
		const isOlder = key !== undefined && position < (lastDone.get(key) ?? -1);
		const isOpen = !values.has(position) && !standing.has(position);
		return { unit, key, isSuperseded: isOlder && isOpen };
	});
}

/**
 * The failure of a unit that is not tried again: n8n tries a node again that went on after an error,
 * and by then a later item may be through.
 */
export function supersededFailure(failure: PartnerError): PartnerError {
	return new PartnerError(failure.message, failure.details).advise(
		'It was not tried again, since a later item about the same record was carried out.',
	);
}
