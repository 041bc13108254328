import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { plainHttpNotice, russianPageNotice } from '../nodes/shared/fields/fields';

/** What a distributor gets from the portal Elektrik.ru (docs/protocols/elektrik.md, 1.4). The elektrik node tests it. */
export class ElektrikApi implements ICredentialType {
	name = 'elektrikApi';

	displayName = 'Elektrik.ru API';

	icon = {
		light: 'file:../icons/elektrik.svg',
		dark: 'file:../icons/elektrik.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/elektrik.md#credential-elektrikru-api';

	// Only our nodes write the hashes and messages that contain the UID.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		russianPageNotice(
			'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/ru/elektrik.md#учётные-данные-elektrikru-api',
		),
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: 'https://elektrik.ru/integration/',
			required: true,
			description: 'Full URL of the portal for data exchange. Nothing is appended to it.',
		},
		plainHttpNotice('sends the UID unencrypted: anyone on the network path can read it'),
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password -- it allows recovering phones from hashes; the rule does not know the name
		{
			displayName: 'UID',
			name: 'uid',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'The distributor’s unique identifier (uid дистрибьютора). The portal Elektrik.ru provides it. Keep it secret: with it, phones can be recovered from their hashes.',
		},
		// eslint-disable-next-line @n8n/community-nodes/credential-password-field -- a switch; the rule reads "auth" in its name
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'allowUnauthorizedCerts',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if the certificate of the portal cannot be verified',
		},
	];
}
