import * as crypto from 'node:crypto';
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

type OneShotHash = (algorithm: string, text: string) => string;
/** Node 20.12 and later; the types of Node 20 do not know it. */
const { hash } = crypto as unknown as { hash: OneShotHash };

/** The least that hashing phones can cost: clean numbers, no items. */
export function hashPlainly(phones: readonly string[], uid: string): string {
	let last = '';
	for (const phone of phones) last = hash('md5', phone + uid);
	return last;
}

/** Items as n8n has them, with the hash in each: what such an output weighs in itself. */
export function hashedItems(items: readonly IDataObject[], uid: string): INodeExecutionData[] {
	return items.map((json, item) => ({
		json: { ...json, phoneHash: hash('md5', (json.phone as string) + uid) },
		pairedItem: { item },
	}));
}
