import type { IDataObject } from 'n8n-workflow';
import { ExapiTrigger } from '../../../nodes/Exapi/ExapiTrigger.node';
import { openAnswer, writeRequest, type ExapiKey } from '../../../nodes/Exapi/protocol';
import { serveTriggerNode, type ServedTrigger } from '../shared/trigger-server';

export const KEY: ExapiKey = { sender: 'partner_7', secret: 'invented 7d1f' };
export const WRONG: ExapiKey = { ...KEY, secret: 'wrong' };

/** An Exapi Trigger that knows one partner. */
export interface TriggerServer extends ServedTrigger {
	/** Sends a body to the production URL, or to the test URL. */
	post(body: string, to?: 'production' | 'test', headers?: Record<string, string>): Promise<string>;
}

/**
 * @param workflowId keeps the bans of a test apart from those of others
 * @param parameters of the trigger
 * @param items what the workflow's last node returns
 * @param proxyHops n8n's `N8N_PROXY_HOPS`
 */
export async function serveTrigger(
	workflowId: string,
	parameters: IDataObject,
	items: IDataObject[] = [{ crmId: 5001 }],
	proxyHops = 0,
): Promise<TriggerServer> {
	const server = await serveTriggerNode({
		trigger: new ExapiTrigger(),
		parameters,
		finish: (response) => void response.status(200).json(items),
		isTest: ({ path }) => path.endsWith('/test'),
		workflowId,
		credential: { partners: { [KEY.sender]: KEY.secret } },
		proxyHops,
	});
	const post: TriggerServer['post'] = async (body, to = 'production', headers = {}) => {
		// A connection that is closed without a byte rejects.
		const response = await fetch(`${server.url}/${to}`, { method: 'POST', body, headers }).catch(
			() => undefined,
		);
		return response === undefined ? 'closed' : await response.text();
	};
	return { ...server, post };
}

/** A signed request as a partner sends it. */
export function signed(method: string, params: unknown[], key: ExapiKey = KEY, id = '1'): string {
	return writeRequest({ method, params, id }, key);
}

/** The result in a signed answer. */
export function resultIn(body: string): unknown {
	return openAnswer(body, KEY, '1').result;
}
