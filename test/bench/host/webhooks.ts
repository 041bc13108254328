import { createHash } from 'node:crypto';
import { SANDBOX_DISTRIBUTOR } from '../../../sandbox/elektrik';
import { SANDBOX_PARTNER } from '../../../sandbox/exapi';
import type { N8nRest } from '../../../tools/n8n/rest';
import type { Setting } from './setting';
import type { Message } from './load';

/** The committed workflows that begin with a webhook. */
export const WEBHOOK_WORKFLOWS = [
	'webhook-plain',
	'webhook-plain-1',
	'webhook-refusing',
	'webhook-verified',
	'exapi-trigger',
	'exapi-trigger-banning',
	'elektrik-trigger',
] as const;
export type WebhookWorkflow = (typeof WEBHOOK_WORKFLOWS)[number];

/** Publishes the webhook workflows with their credentials; their ids by name. */
export async function publishWebhooks(
	stage: Setting,
	rest: N8nRest,
): Promise<Record<WebhookWorkflow, string>> {
	const { sender, secret } = SANDBOX_PARTNER;
	const ids = {
		BENCH_PARTNERS: await rest.createCredential({
			name: 'Bench: partners',
			type: 'exapiPartnersApi',
			data: { partners: JSON.stringify({ [sender]: secret }) },
		}),
		BENCH_ELEKTRIK: await rest.createCredential({
			name: 'Bench: portal',
			type: 'elektrikApi',
			data: { url: stage.address.elektrik.url, uid: SANDBOX_DISTRIBUTOR.uid },
		}),
	};
	const published: Array<[string, string]> = [];
	for (const name of WEBHOOK_WORKFLOWS) {
		const { id } = await rest.createWorkflow(await stage.workflow(name, ids));
		await rest.activate(id);
		published.push([name, id]);
	}
	return Object.fromEntries(published) as Record<WebhookWorkflow, string>;
}

/** Messages to the published workflows, by what they are. */
export function messagesTo(
	n8nUrl: string,
): Record<
	| 'plain'
	| 'plain1'
	| 'refusing'
	| 'verified'
	| 'exapi'
	| 'badSignature'
	| 'banned'
	| 'elektrikJson'
	| 'elektrikSoap',
	Message
> {
	const url = (path: string) => `${n8nUrl}/webhook/bench-${path}`;
	const json = { contentType: 'application/json' };
	const phoneHash = md5('79991234567' + SANDBOX_DISTRIBUTOR.uid);
	const signed = () => order(SANDBOX_PARTNER.secret);
	const forged = () => order('another secret');
	return {
		plain: { ...json, url: url('plain'), body: signed, expected: '5001' },
		plain1: { ...json, url: url('plain-1'), body: signed, expected: '5001' },
		refusing: { ...json, url: url('refusing'), body: signed, expected: 'not allowed' },
		verified: { ...json, url: url('verified'), body: signed, expected: '5001' },
		exapi: { ...json, url: url('exapi'), body: signed, expected: '5001' },
		badSignature: { ...json, url: url('exapi'), body: forged, expected: null },
		banned: { ...json, url: url('banning'), body: forged, expected: null },
		elektrikJson: {
			...json,
			url: url('elektrik'),
			body: () => JSON.stringify({ action: 'user.check', phone: phoneHash }),
			expected: '"points":5',
		},
		elektrikSoap: {
			url: url('elektrik'),
			contentType:
				'application/soap+xml; charset=utf-8; action="urn:elektrik.ru:distributor#CheckUser"',
			body: () => soapCheck(phoneHash),
			expected: '>5</points>',
		},
	};
}

function md5(text: string): string {
	return createHash('md5').update(text).digest('hex');
}

let orders = 0;

/** A new signed order of exapi. */
function order(secret: string): string {
	const { sender } = SANDBOX_PARTNER;
	const order_id = `W-${++orders}`;
	const fields = { order_id, good_id: 'Чайник / 2 л', phone: '+7 999 123-45-67', kolvo: 1 };
	const request = JSON.stringify({ method: 'addOrder', params: [fields], id: '1' });
	return JSON.stringify({ sender, sign: md5(request + sender + secret), request });
}

/** The portal's question as a SOAP 1.2 client writes it. */
function soapCheck(phoneHash: string): string {
	return `<?xml version="1.0" encoding="utf-8"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><d:CheckUser xmlns:d="urn:elektrik.ru:distributor"><d:phone>${phoneHash}</d:phone></d:CheckUser></e:Body></e:Envelope>`;
}
