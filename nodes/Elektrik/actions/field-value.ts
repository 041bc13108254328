import type { IDataObject } from 'n8n-workflow';

/** Gives the value of a field of an item. */
export type FieldReader = (json: IDataObject) => unknown;

/** `name`, `[0]` or `["name"]` of a path. */
const STEP = /\[(?:(["'])(.*?)\1|(\d+))\]|[^.[\]]+/g;

/**
 * Reads a field by its name, or by a path such as `contact.phone`, which is what n8n writes into a
 * parameter when a field is dragged there. A field that has the whole path for its name goes first.
 */
export function fieldReader(path: string): FieldReader {
	const steps = [...path.matchAll(STEP)].map(([name, , quoted, index]) => quoted ?? index ?? name);
	return (json) => (Object.hasOwn(json, path) ? json[path] : steps.reduce(valueOf, json));
}

function valueOf(value: unknown, step: string): unknown {
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
	return (value as IDataObject)[step];
}
