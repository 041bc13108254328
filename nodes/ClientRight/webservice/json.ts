export type JsonObject = Record<string, unknown>;

/** Whether it is an object of JSON: neither `null` nor a list. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
