import express, { type Request, type Response } from 'express';
import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeTypes,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { ElektrikTrigger } from '../../../nodes/Elektrik/ElektrikTrigger.node';
import { serve, type Loopback } from '../shared/loopback';

/** A trigger behind a server that calls it as n8n does. */
export interface TriggerServer extends Loopback {
	/** What the trigger gave to workflows. */
	started: IDataObject[];
	/** What it told n8n's log. */
	told: string[];
	/** What it threw, which n8n shows in the editor. */
	shown: string[];
}

/**
 * @param parameters of the trigger
 * @param finish what n8n does to the response when the workflow has run
 * @param webhookBaseUrl n8n's own idea of its address
 */
export async function serveTrigger(
	parameters: IDataObject,
	finish: (response: Response, item: IDataObject) => void,
	webhookBaseUrl = 'http://n8n.invalid/webhook',
): Promise<TriggerServer> {
	const trigger = new ElektrikTrigger();
	const started: IDataObject[] = [];
	const told: string[] = [];
	const shown: string[] = [];
	const log = (message: string) => void told.push(message);
	const app = express();
	app.set('trust proxy', parameters.trustsProxy === true ? 1 : false);
	app.use((request: Request, response: Response) => {
		const given = Object.assign(request, { readRawBody: async () => await readRawBody(request) });
		const context = contextFor(trigger, parameters, given, response, webhookBaseUrl);
		Object.defineProperty(context, 'logger', { value: { warn: log, error: log } });
		void trigger.webhook.call(context).then(
			({ workflowData }) => {
				const item = workflowData?.[0]?.[0]?.json;
				if (!item) return;
				started.push(item);
				finish(response, item);
			},
			(error: unknown) => {
				shown.push(error instanceof Error ? error.message : String(error));
				// As n8n does, which shows the error in the editor.
				response.status(500).json({ message: 'Workflow could not be started' });
			},
		);
	});
	const server = await serve(app);
	return { ...server, started, told, shown };
}

async function readRawBody(request: Request): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	if (chunks.length > 0) Object.assign(request, { rawBody: Buffer.concat(chunks) });
}

function contextFor(
	trigger: ElektrikTrigger,
	parameters: IDataObject,
	request: Request,
	response: Response,
	webhookBaseUrl: string,
): WebhookContext {
	const node: INode = {
		id: 'trigger',
		name: 'Elektrik.ru Trigger',
		type: 'elektrikTrigger',
		typeVersion: 1,
		position: [0, 0],
		webhookId: 'a0a0',
		parameters: { path: 'exapi', ...parameters },
	};
	const nodeTypes: INodeTypes = {
		getByName: () => trigger,
		getByNameAndVersion: () => trigger,
		getKnownTypes: () => ({}),
	};
	const workflow = new Workflow({
		id: 'w',
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes,
	});
	const webhookDescription = trigger.description.webhooks!.find(
		({ httpMethod }) => httpMethod === request.method,
	)!;
	return new WebhookContext(
		workflow,
		workflow.getNode(node.name)!,
		{
			httpRequest: request,
			httpResponse: response,
			webhookBaseUrl,
			variables: {},
			// The trigger asks for no more.
		} as unknown as IWorkflowExecuteAdditionalData,
		parameters.isTestUrl === true ? 'manual' : 'trigger',
		{ webhookDescription } as unknown as IWebhookData,
		[],
		null,
	);
}
