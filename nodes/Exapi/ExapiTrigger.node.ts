import type {
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { validateOnPublish, fromParameters, runHints, warnAboutRespond } from '../shared/webhook';
import { EXAPI_RESPOND } from './server/answers';
import { readSettings } from './server/settings';
import { triggerFields, triggerOutputs } from './server/fields';
import { receive } from './server/webhook';

/** The CRM's side of exapi: a partner's signed request starts a workflow, whose result is the response. */
export class ExapiTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Exapi Trigger',
		name: 'exapiTrigger',
		icon: { light: 'file:../../icons/exapi.svg', dark: 'file:../../icons/exapi.dark.svg' },
		group: ['trigger'],
		// Keep version 1: n8n passes an unread body only to a node whose version is exactly 1.
		version: 1,
		subtitle: '={{ "/" + $parameter["path"] }}',
		description:
			'For a CRM: starts the workflow when a partner sends a signed exapi request, and signs the response',
		eventTriggerDescription: 'Waiting for a partner to send a signed request',
		activationMessage: 'Partners can now send their requests to the production URL',
		builderHint: {
			searchHint:
				'The last node gives the answer: for addOrder one item with crmId, for the other documented methods an item for each order, for a method of one’s own one item with result. A Respond to Webhook node does not work with this trigger: with responseMode responseNode use the Exapi node, resource request, operation respond.',
		},
		defaults: { name: 'Exapi Trigger' },
		triggerPanel: {
			header: 'Receive requests from partners',
			executionsHelp: {
				inactive:
					"<b>To try it</b>, click 'Execute step' and have a partner, or the sandbox of this package (see Docs), send a signed request to the test URL.<br /><br /><b>To use it</b>, publish the workflow and send partners the production URL, a sender and a secret.<br /><br />Both URLs are shown under 'Webhook URLs', above the fields.",
				active:
					"<b>To try it</b>, click 'Execute step' and have a signed request sent to the test URL.<br /><br /><b>In production</b>, requests to the production URL appear in the list of executions. Unauthenticated requests (unknown sender, wrong signature) start no execution.",
			},
			activationHint: 'Publish the workflow to receive requests at the production URL',
		},
		hints: runHints(EXAPI_RESPOND),
		inputs: [],
		outputs: triggerOutputs,
		credentials: [
			{ name: 'exapiPartnersApi', required: true },
			// eslint-disable-next-line @n8n/community-nodes/no-credential-reuse, @n8n/community-nodes/valid-credential-references, n8n-nodes-base/node-class-description-credentials-name-unsuffixed -- n8n's own credential for Redis: users of queue mode have it
			{ name: 'redis', required: true, displayOptions: { show: { store: ['redis'] } } },
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				isFullPath: true,
				...fromParameters('path', 'responseMode'),
				responseData: 'allEntries',
			},
		],
		properties: triggerFields,
	};

	webhookMethods = validateOnPublish(async (hook) => {
		const { responseMode } = await readSettings(hook);
		warnAboutRespond(hook, EXAPI_RESPOND, responseMode);
	});

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}
