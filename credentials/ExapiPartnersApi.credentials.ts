import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { russianPageNotice } from '../nodes/shared/fields/fields';

/**
 * The partners whose signed requests a trigger accepts. They are one JSON property, because n8n mixes up the
 * blanked secrets of a list when one of its rows is deleted. Only their form can be tested, which the trigger
 * does when it is used.
 */
// eslint-disable-next-line @n8n/community-nodes/credential-test-required -- there is no server to ask: we are the server
export class ExapiPartnersApi implements ICredentialType {
	name = 'exapiPartnersApi';

	displayName = 'Exapi Partners API';

	icon = {
		light: 'file:../icons/exapi.svg',
		dark: 'file:../icons/exapi.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/exapi.md#credential-exapi-partners-api';

	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		russianPageNotice(
			'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/ru/exapi.md#учётные-данные-exapi-partners-api',
		),
		{
			displayName: 'Partners',
			name: 'partners',
			type: 'json',
			typeOptions: { redactJsonLeaves: true },
			// It has no secret, so that the default value accepts no request.
			default: '{\n  "partner_1": ""\n}',
			required: true,
			description:
				'A JSON object: {"sender": "secret", …}. Choose a sender and a long random secret for each partner, and send the partner both. Every character counts. To change a secret without interruption, enter a list of two, the new one first: {"partner_1": ["new", "old"]}.',
		},
	];
}
