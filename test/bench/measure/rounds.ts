/** A side of a comparison: does its work once and gives the figure, of whatever unit. */
export type Side = () => Promise<number>;

/**
 * Runs the sides in turn, in the other direction every second round, so that neither always has
 * the machine as the other left it.
 *
 * @returns the figures of each side, a round at the same place of each
 */
export async function inTurn<Name extends string>(
	rounds: number,
	sides: Record<Name, Side>,
): Promise<Record<Name, number[]>> {
	const names = Object.keys(sides) as Name[];
	const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
		Name,
		number[]
	>;
	for (let round = 0; round < rounds; round++) {
		for (const name of round % 2 === 0 ? names : names.toReversed()) {
			figures[name].push(await sides[name]());
		}
	}
	return figures;
}
