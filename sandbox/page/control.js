/**
 * One request to the sandbox's control API.
 *
 * @param {string} method
 * @param {string} path below /control
 * @param {unknown} [body] sent as JSON
 * @returns {Promise<unknown>} the JSON of the answer; undefined for an empty one
 * @throws Error with the sandbox's own words, or that it does not answer
 */
export async function control(method, path, body) {
	let response;
	try {
		response = await fetch(`/control${path}`, {
			method,
			headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
	} catch {
		throw new Error('The sandbox does not answer. Start it again: npm run sandbox');
	}
	const text = await response.text();
	const answer = text === '' ? undefined : JSON.parse(text);
	if (!response.ok) throw new Error(answer?.error ?? `HTTP status ${response.status}`);
	return answer;
}
