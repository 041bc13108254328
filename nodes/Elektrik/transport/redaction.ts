import { isObject, type JsonObject } from '../../shared/wire';

const MASK = '***';

/** Masks a secret in a text, in whatever case it is repeated and as part of an address as well. */
export function redactText(text: string, secret: string): string {
	if (secret === '') return text;
	return [secret, encodeURIComponent(secret)].reduce(
		(clean, written) => clean.replaceAll(new RegExp(escapeRegExp(written), 'gi'), MASK),
		text,
	);
}

/**
 * Masks a secret everywhere in parsed JSON, names of fields included. The value is changed.
 *
 * @returns the value, or the mask for a secret
 */
export function redactJson(value: unknown, secret: string): unknown {
	const top: JsonObject = { value };
	// A list of its own, since JSON may be nested more deeply than functions may call themselves.
	const waiting: Array<JsonObject | unknown[]> = [top];
	for (let place = waiting.pop(); place; place = waiting.pop()) {
		const entries = Object.entries(place);
		if (!Array.isArray(place))
			for (const name of Object.keys(place)) Reflect.deleteProperty(place, name);
		for (const [name, content] of entries) {
			const safe = redactScalar(content, secret);
			if (Array.isArray(place)) place[Number(name)] = safe;
			else define(place, redactText(name, secret), safe);
			if (isObject(safe) || Array.isArray(safe)) waiting.push(safe);
		}
	}
	return top.value;
}

/** Defined, not assigned: `__proto__` would be taken for the prototype. */
function define(place: JsonObject, name: string, value: unknown): void {
	const options = { enumerable: true, writable: true, configurable: true };
	Object.defineProperty(place, name, { value, ...options });
}

function redactScalar(value: unknown, secret: string): unknown {
	if (typeof value === 'string') return redactText(value, secret);
	return typeof value === 'number' && String(value) === secret ? MASK : value;
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
