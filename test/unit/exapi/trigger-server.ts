import express, { type Request, type Response } from 'express';
import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeTypes,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { ExapiTrigger } from '../../../nodes/Exapi/ExapiTrigger.node';
import { openAnswer, writeRequest, type ExapiKey } from '../../../nodes/Exapi/protocol';
import { serve, type Loopback } from '../shared/loopback';

export const KEY: ExapiKey = { sender: 'partner_7', secret: 'invented 7d1f' };
export const WRONG: ExapiKey = { ...KEY, secret: 'wrong' };

/** An Exapi Trigger behind a server that calls it as n8n does. */
export interface TriggerServer extends Loopback {
	/** The items that started workflows. */
	started: IDataObject[];
	/** How many requests have arrived. */
	arrived(): number;
	/** The messages that the trigger logged. */
	logged: string[];
	/** What it threw, which n8n shows in the editor. */
	shown: string[];
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
	const trigger = new ExapiTrigger();
	const started: IDataObject[] = [];
	const logged: string[] = [];
	const shown: string[] = [];
	let arrived = 0;
	const log = (message: string) => void logged.push(message);
	const app = express();
	app.set('trust proxy', proxyHops);
	app.use((request: Request, response: Response) => {
		arrived++;
		const given = Object.assign(request, { readRawBody: async () => await readRawBody(request) });
		const mode = request.path.endsWith('/test') ? 'manual' : 'webhook';
		const context = contextFor(trigger, workflowId, parameters, mode, given, response);
		Object.defineProperty(context, 'logger', { value: { warn: log, error: log } });
		void trigger.webhook.call(context).then(
			({ workflowData }) => {
				const item = workflowData?.[0]?.[0]?.json;
				if (!item) return;
				started.push(item);
				response.status(200).json(items);
			},
			(error: unknown) => {
				shown.push(error instanceof Error ? error.message : String(error));
				// As n8n does, which shows the error in the editor.
				response.status(500).json({ message: 'Workflow could not be started' });
			},
		);
	});
	const server = await serve(app);
	const post: TriggerServer['post'] = async (body, to = 'production', headers = {}) => {
		// A connection that is closed without a byte rejects.
		const response = await fetch(`${server.url}/${to}`, { method: 'POST', body, headers }).catch(
			() => undefined,
		);
		return response === undefined ? 'closed' : await response.text();
	};
	return { ...server, started, arrived: () => arrived, logged, shown, post };
}

/** A signed request as a partner sends it. */
export function signed(method: string, params: unknown[], key: ExapiKey = KEY, id = '1'): string {
	return writeRequest({ method, params, id }, key);
}

/** The result in a signed answer. */
export function resultIn(body: string): unknown {
	return openAnswer(body, KEY, '1').result;
}

async function readRawBody(request: Request): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	if (chunks.length > 0) Object.assign(request, { rawBody: Buffer.concat(chunks) });
}

function contextFor(
	trigger: ExapiTrigger,
	workflowId: string,
	parameters: IDataObject,
	mode: WorkflowExecuteMode,
	request: Request,
	response: Response,
): WebhookContext {
	const node: INode = {
		id: 'trigger',
		name: 'Exapi Trigger',
		type: 'exapiTrigger',
		typeVersion: 1,
		position: [0, 0],
		webhookId: 'a0a0',
		parameters: parameters as INode['parameters'],
		credentials: { exapiPartnersApi: { id: '1', name: 'Partners' } },
	};
	const nodeTypes: INodeTypes = {
		getByName: () => trigger,
		getByNameAndVersion: () => trigger,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({
		id: workflowId,
		nodes: [node],
		connections: {},
		active: mode === 'webhook',
		nodeTypes,
		settings: { timezone: 'America/New_York' },
	});
	const partners = { [KEY.sender]: KEY.secret };
	return new WebhookContext(
		workflow,
		workflow.getNode(node.name)!,
		{
			httpRequest: request,
			httpResponse: response,
			variables: {},
			credentialsHelper: {
				getParentTypes: () => [],
				isCredentialUsableByNode: () => true,
				getDecrypted: async () => await Promise.resolve({ partners }),
				getCredentialsProperties: () => [],
			},
			// The trigger asks for no more.
		} as unknown as IWorkflowExecuteAdditionalData,
		mode,
		{} as unknown as IWebhookData,
		[],
		null,
	);
}
