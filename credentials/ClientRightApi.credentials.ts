import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { plainHttpNotice, russianPageNotice } from '../nodes/shared/fields/fields';

/** A user of the ClientRight CRM and its access key (docs/protocols/clientright.md, 2.1 and 3.2). */
export class ClientRightApi implements ICredentialType {
	name = 'clientRightApi';

	displayName = 'ClientRight API';

	icon = {
		light: 'file:../icons/clientright.svg',
		dark: 'file:../icons/clientright.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/clientright.md#credential-clientright-api';

	// The key itself is never sent, so the HTTP Request node cannot log in with it.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		russianPageNotice(
			'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/ru/clientright.md#учётные-данные-clientright-api',
		),
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: 'https://crm.clientright.ru/webservice.php',
			required: true,
			description: 'Full URL of webservice.php. Nothing is appended to it.',
		},
		plainHttpNotice(
			'sends personal data and sessions unencrypted: anyone on the network path can read them',
		),
		{
			displayName: 'Username',
			name: 'username',
			type: 'string',
			default: 'api',
			required: true,
			description:
				'The CRM’s user for data exchange (учётка для обмена данными). The operator of the CRM provides it.',
		},
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password -- it allows acting as the user; the rule does not know the name
		{
			displayName: 'Access Key',
			name: 'accessKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				"The personal access key of this user (персональный ключ доступа), not the password. Log in to the CRM as this user: the key is at the bottom of the page 'My Preferences' (Мои настройки). The key itself is never sent.",
		},
		// eslint-disable-next-line @n8n/community-nodes/credential-password-field -- a switch; the rule reads "auth" in its name
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'allowUnauthorizedCerts',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if the certificate of the CRM cannot be verified',
		},
	];
}
