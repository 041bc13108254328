import express, { type Request, type Response } from 'express';
import { WebhookContext } from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeType,
	type INodeTypes,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { serve, type Loopback } from './loopback';

/** A trigger behind a server that calls it as n8n does. */
export interface ServedTrigger extends Loopback {
	/** The items that started workflows. */
	started: IDataObject[];
	/** How many requests have arrived. */
	arrived(): number;
	/** The messages that the trigger logged. */
	logged: string[];
	/** What it threw, which n8n shows in the editor. */
	shown: string[];
}

/** A trigger, and what n8n is to it. */
export interface TriggerSetUp {
	trigger: Required<Pick<INodeType, 'description' | 'webhook'>>;
	parameters: IDataObject;
	/** What n8n does to the response when the workflow has run. */
	finish: (response: Response, item: IDataObject) => void;
	/** Whether a request came to the test URL. */
	isTest: (request: Request) => boolean;
	/** Keeps what a trigger remembers apart from the memory of others. */
	workflowId?: string;
	/** The values of its credential. */
	credential?: IDataObject;
	/** n8n's `N8N_PROXY_HOPS`. */
	proxyHops?: number;
	/** n8n's own idea of its address. */
	webhookBaseUrl?: string;
}

/** Serves a trigger at any path of an address on 127.0.0.1. */
export async function serveTriggerNode(setUp: TriggerSetUp): Promise<ServedTrigger> {
	const { trigger, finish, proxyHops = 0 } = setUp;
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
		const context = contextFor(setUp, given, response);
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
	return { ...(await serve(app)), started, arrived: () => arrived, logged, shown };
}

async function readRawBody(request: Request): Promise<void> {
	const chunks: Buffer[] = [];
	for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
	if (chunks.length > 0) Object.assign(request, { rawBody: Buffer.concat(chunks) });
}

function contextFor(
	{ trigger, parameters, isTest, workflowId = 'w', credential, webhookBaseUrl }: TriggerSetUp,
	request: Request,
	response: Response,
): WebhookContext {
	const { name, displayName, credentials, webhooks } = trigger.description;
	const node: INode = {
		id: 'trigger',
		name: displayName,
		type: name,
		typeVersion: 1,
		position: [0, 0],
		webhookId: 'a0a0',
		parameters: parameters as INode['parameters'],
		...(credential && { credentials: { [credentials![0]!.name]: { id: '1', name: 'Partners' } } }),
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
		active: !isTest(request),
		nodeTypes,
		settings: { timezone: 'America/New_York' },
	});
	const webhookDescription = webhooks!.find(({ httpMethod }) => httpMethod === request.method);
	return new WebhookContext(
		workflow,
		workflow.getNode(node.name)!,
		{
			httpRequest: request,
			httpResponse: response,
			webhookBaseUrl,
			variables: {},
			credentialsHelper: {
				getParentTypes: () => [],
				isCredentialUsableByNode: () => true,
				getDecrypted: async () => await Promise.resolve(credential),
				getCredentialsProperties: () => [],
			},
			// The triggers ask for no more.
		} as unknown as IWorkflowExecuteAdditionalData,
		isTest(request) ? 'manual' : 'webhook',
		{ webhookDescription } as unknown as IWebhookData,
		[],
		null,
	);
}
