import type { N8nProcess } from './instance';

const ANSWER_WITHIN_MS = 5_000;

async function answer(address: string): Promise<Response | undefined> {
	try {
		return await fetch(address, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
	} catch {
		return undefined;
	}
}

async function isJson(response: Response | undefined): Promise<boolean> {
	try {
		await response?.json();
		return response?.ok === true;
	} catch {
		return false;
	}
}

/**
 * Whether an n8n process does its work: a server with an editor answers its readiness before its
 * API is there, so both are asked.
 */
export async function isReady(url: string, kind: N8nProcess): Promise<boolean> {
	const health = await answer(`${url}/healthz/readiness`);
	await health?.body?.cancel();
	if (health?.status !== 200) return false;
	return kind !== 'start' || (await isJson(await answer(`${url}/rest/settings`)));
}
