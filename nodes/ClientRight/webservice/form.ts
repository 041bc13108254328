/** Fields of a call by their names on the wire. */
export type WireFields = Readonly<Record<string, string>>;

/** vtiger answers a JSON body with an empty HTTP 500 (docs/protocols/vtiger.md, 2.4). */
export const FORM_HEADERS: Readonly<Record<string, string>> = {
	'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
	accept: 'application/json',
};

/**
 * Lays fields out as an URL-encoded form in UTF-8. A `+` leaves as `%2B`: raw, PHP reads it as a
 * space, and phone numbers begin with one (docs/protocols/vtiger.md, 2.5).
 */
export function writeForm(fields: WireFields): string {
	return new URLSearchParams(fields).toString();
}

/** An address with fields in its query, beside those it has already. */
export function withQuery(address: string, fields: WireFields): string {
	const url = new URL(address);
	for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
	return url.href;
}
