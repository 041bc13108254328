import { SandboxControlError } from './control';

export const ON_OR_OFF = [false, true] as const;

/** The values that each quirk of a system can have. */
export type AllowedQuirks<Quirks> = {
	readonly [Name in keyof Quirks]: ReadonlyArray<Quirks[Name]>;
};

/**
 * Checks quirks that may have come as JSON.
 *
 * @throws SandboxControlError naming the quirk that does not exist or cannot have that value
 */
export function checkQuirks<Quirks extends object>(
	input: object,
	allowed: AllowedQuirks<Quirks>,
): Partial<Quirks> {
	for (const [name, value] of Object.entries(input)) {
		const values: readonly unknown[] | undefined = Object.hasOwn(allowed, name)
			? allowed[name as keyof Quirks]
			: undefined;
		if (values === undefined) {
			throw new SandboxControlError(
				`There is no quirk "${name}". There are: ${Object.keys(allowed).join(', ')}`,
			);
		}
		if (!values.includes(value)) {
			throw new SandboxControlError(`"${name}" must be one of: ${values.join(', ')}`);
		}
	}
	return input;
}
