import { FieldError, show } from './field-error';
import { idPrefix } from './values';

/** The modules whose ids fields hold, by the names of the fields. */
export type IdModules = Readonly<Record<string, string>>;

/** An id of vtiger's own form, `12x83859`, whose first number stands for the module. */
export interface PrefixedId {
	field: string;
	/** The module that it must be of. */
	module: string;
	prefix: string;
	value: unknown;
}

/**
 * The ids of an item that name their module.
 *
 * @throws FieldError when ids of two modules name the same one: whichever is wrong, a claim would be
 *   about another person or company
 */
export function prefixedIds(
	modules: IdModules,
	input: Readonly<Record<string, unknown>>,
): PrefixedId[] {
	const ids = Object.entries(modules).flatMap(([field, module]): PrefixedId[] => {
		const value = input[field];
		const prefix = idPrefix(value);
		return prefix === undefined ? [] : [{ field, module, prefix, value }];
	});
	ids.forEach((id, at) => {
		const earlier = ids
			.slice(0, at)
			.find(({ module, prefix }) => module !== id.module && prefix === id.prefix);
		if (earlier) throw sameModule(earlier, id);
	});
	return ids;
}

/**
 * @param prefixes of the modules, as far as the CRM tells them
 * @throws FieldError for an id of another module than its field is for
 */
export function checkModules(
	ids: readonly PrefixedId[],
	prefixes: ReadonlyMap<string, string>,
): void {
	for (const { field, module, prefix, value } of ids) {
		const right = prefixes.get(module);
		if (right === undefined || right === prefix) continue;
		throw new FieldError(
			field,
			`must be the ID of a record in ${module}, which starts with "${right}x", not "${show(value)}"`,
		);
	}
}

function sameModule(one: PrefixedId, other: PrefixedId): FieldError {
	return new FieldError(
		other.field,
		`must be the ID of a record in ${other.module}, not "${show(other.value)}": the ID in "${one.field}", of a record in ${one.module}, also starts with "${one.prefix}x"`,
	);
}
