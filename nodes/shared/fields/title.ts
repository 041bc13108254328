import type { INodeProperties } from 'n8n-workflow';

/**
 * How an error calls a field: by the label that stands in the editor, then by the name that input
 * items and expressions know it by. A name that is no field's, such as that of a user's own column,
 * stands alone.
 *
 * @param fields of the operation or the trigger, as its description has them
 */
export function titleOf(fields: readonly INodeProperties[], name: string): string {
	const label = labelIn(fields, name);
	return label === undefined ? `"${name}"` : `"${label}" (${name})`;
}

/** Looks in collections as well. */
function labelIn(fields: readonly INodeProperties[], name: string): string | undefined {
	const own = fields.find((field) => field.name === name);
	if (own) return own.displayName;
	for (const { options = [] } of fields) {
		for (const option of options) {
			const inner = 'values' in option ? option.values : 'type' in option ? [option] : [];
			const label = labelIn(inner, name);
			if (label !== undefined) return label;
		}
	}
	return undefined;
}
