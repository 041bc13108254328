export type JsonObject = Record<string, unknown>;

/** The parsed text, or `undefined` for what is not JSON. A byte order mark is stepped over. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
	} catch {
		return undefined;
	}
}

/** As {@link parseJson}, also when PHP has printed warnings before the object. */
export function parseJsonWithin(text: string): unknown {
	const whole = parseJson(text);
	if (whole !== undefined) return whole;
	const start = text.search(/\{\s*"/);
	return start > 0 ? parseJson(text.slice(start)) : undefined;
}

/** Whether it is an object of JSON: neither `null` nor a list. */
export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
