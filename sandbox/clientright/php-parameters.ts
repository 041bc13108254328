/** A parameter's value as PHP has it; `name[]` gives a list. */
export type PhpValue = string | readonly string[];

/** `$_GET`, `$_POST` or `$_COOKIE`. */
export type PhpParameters = ReadonlyMap<string, PhpValue>;

/** Reads a query string or a form body as PHP does: of values with one name the last one stays. */
export function readForm(form: Buffer): PhpParameters {
	const pairs = form
		.toString('latin1')
		.split('&')
		.filter((pair) => pair !== '')
		.map((pair) => {
			const equals = pair.indexOf('=');
			const [name, value] =
				equals < 0 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
			return [decode(name), decode(value)] as const;
		});
	return parametersOf(pairs);
}

export function readCookies(header = ''): PhpParameters {
	const pairs = header.split(';').map((pair) => {
		const [name = '', ...value] = pair.trim().split('=');
		return [name, decode(value.join('='))] as const;
	});
	return parametersOf(pairs.filter(([name]) => name !== ''));
}

/** Names and values in the order they came. PHP has no spaces and dots in names. */
export function parametersOf(pairs: Iterable<readonly [string, string]>): PhpParameters {
	const parameters = new Map<string, PhpValue>();
	for (const [rawName, value] of pairs) {
		const bracket = rawName.indexOf('[');
		const isList = bracket > 0;
		const name = (isList ? rawName.slice(0, bracket) : rawName).replace(/[ .]/g, '_');
		parameters.set(name, isList ? [...listIn(parameters.get(name)), value] : value);
	}
	return parameters;
}

function listIn(value: PhpValue = []): readonly string[] {
	return typeof value === 'string' ? [] : value;
}

function decode(text: string): string {
	const bytes = text
		.replaceAll('+', ' ')
		.replace(/%([0-9a-f]{2})/gi, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16)));
	return textOfBytes(Buffer.from(bytes, 'latin1'));
}

/**
 * Text of UTF-8 bytes. PHP keeps other bytes as they are; here they become lone surrogates, which
 * no UTF-8 text can hold, so that {@link isUtf8} tells them apart.
 */
export function textOfBytes(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return [...bytes]
			.map((byte) => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte))
			.join('');
	}
}

/** Whether PHP's `json_encode` can write such text. */
export function isUtf8(text: string): boolean {
	return !/\p{Surrogate}/u.test(text);
}
