import {
	NodeConnectionTypes,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { validateOnPublish, fromParameters, runHints, warnAboutRespond } from '../shared/webhook';
import { ELEKTRIK_RESPOND } from './server/exchange';
import { readSettings, triggerFields } from './server/fields';
import { receive, WSDL_WEBHOOK } from './server/webhook';
import { ELEKTRIK_CREDENTIAL, elektrikApiTest, readCredential } from './client/portal';

/** Receives the portal's checks of electricians. The workflow's result is the response. */
export class ElektrikTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Elektrik.ru Trigger',
		name: 'elektrikTrigger',
		icon: { light: 'file:../../icons/elektrik.svg', dark: 'file:../../icons/elektrik.dark.svg' },
		group: ['trigger'],
		// Keep version 1: n8n passes an unread body only to a node whose version is exactly 1.
		version: 1,
		subtitle: '={{ $parameter["path"] ? "/" + $parameter["path"] : "" }}',
		description:
			'For distributors: starts the workflow when Elektrik.ru asks about an electrician, by JSON or SOAP, and answers it',
		eventTriggerDescription: 'Waiting for the portal to ask about an electrician',
		activationMessage: 'The portal can now send its checks to the production URL',
		builderHint: {
			searchHint:
				'The last node gives the answer: one item with points if the electrician exists, no item or one with exist false if not. A Respond to Webhook node does not work with this trigger: with responseMode responseNode use the Elektrik.ru node, resource request, operation respond.',
		},
		defaults: { name: 'Elektrik.ru Trigger' },
		triggerPanel: {
			header: 'Respond to checks from the portal',
			executionsHelp: {
				inactive:
					"<b>To try it</b>, click 'Execute step' and send a check by JSON or SOAP to the test URL: with the operation Check of an Elektrik.ru node, or from the sandbox of this package (see Docs).<br /><br /><b>To use it</b>, publish the workflow and send the portal the production URL. Append ?wsdl for SOAP.<br /><br />Both URLs are shown under 'Webhook URLs', above the fields.",
				active:
					"<b>To try it</b>, click 'Execute step' and send a check to the test URL.<br /><br /><b>In production</b>, checks sent to the production URL appear in the list of executions. Requests that are not checks start no execution.",
			},
			activationHint: 'Publish the workflow to respond to checks at the production URL',
		},
		hints: runHints(ELEKTRIK_RESPOND),
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'elektrikApi', required: true, testedBy: 'elektrikApiTest' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				isFullPath: true,
				...fromParameters('path', 'responseMode'),
				responseData: 'allEntries',
			},
			{
				name: WSDL_WEBHOOK,
				httpMethod: 'GET',
				isFullPath: true,
				...fromParameters('path'),
				responseMode: 'onReceived',
				responseData: '',
				ndvHideUrl: true,
			},
		],
		properties: triggerFields,
	};

	methods = { credentialTest: { elektrikApiTest } };

	webhookMethods = validateOnPublish(async (hook) => {
		const { responseMode } = readSettings(hook);
		warnAboutRespond(hook, ELEKTRIK_RESPOND, responseMode);
		// Without the UID, no hash from the portal can be matched.
		readCredential(await hook.getCredentials<Record<string, unknown>>(ELEKTRIK_CREDENTIAL));
	});

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}
