import type { IWebhookFunctions } from 'n8n-workflow';

/** Gives the data of a credential of a trigger, by its type. */
export type ReadCredential = <Data extends object>(type: string) => Promise<Data>;

/** A secret that was taken away is accepted for so much longer, at most. */
const FRESH_MS = 1_000;
const MAX_READINGS = 1_000;

interface Reading {
	until: number;
	data: Promise<object>;
}

const readings = new Map<string, Reading>();

/**
 * Reads credentials for a request, once a second for each node. n8n asks its database, decrypts and,
 * by default, prepares an isolate for expressions at each reading, which costs it more than all that
 * a refused request costs us: a flood of them would buy that with each one.
 */
export function recentCredentials(node: IWebhookFunctions): ReadCredential {
	return async <Data extends object>(type: string) =>
		(await recentReading(node, type, Date.now()).data) as Data;
}

function recentReading(node: IWebhookFunctions, type: string, now: number): Reading {
	const { id: nodeId, credentials } = node.getNode();
	// Never what another workflow read: it may belong to somebody who may not use this credential.
	const key = JSON.stringify([node.getWorkflow().id, nodeId, type, credentials?.[type]?.id]);
	const known = readings.get(key);
	if (known && known.until > now) return known;
	const reading = { until: now + FRESH_MS, data: node.getCredentials<object>(type) };
	// The next request tries again.
	reading.data.catch(() => {
		if (readings.get(key) === reading) readings.delete(key);
	});
	readings.delete(key);
	readings.set(key, reading);
	if (readings.size > MAX_READINGS) readings.delete(readings.keys().next().value!);
	return reading;
}
