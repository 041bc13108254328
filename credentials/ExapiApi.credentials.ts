import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { plainHttpNotice, russianPageNotice } from '../nodes/shared/fields/fields';

/** What a partner needs to exchange orders with a CRM (docs/protocols/exapi.md). The exapi node tests it. */
export class ExapiApi implements ICredentialType {
	name = 'exapiApi';

	displayName = 'Exapi API';

	icon = {
		light: 'file:../icons/exapi.svg',
		dark: 'file:../icons/exapi.dark.svg',
	} as const;

	documentationUrl =
		'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/exapi.md#credential-exapi-api';

	// Its secret signs messages, which the HTTP Request node cannot do.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		russianPageNotice(
			'https://github.com/n8n-nodes-partner-exchange/n8n-nodes-partner-exchange/blob/main/docs/ru/exapi.md#учётные-данные-exapi-api',
		),
		{
			displayName:
				'n8n tests this credential with a signed request each time you save it, and each time you open it. If the test fails, correct Sender and Secret before you save or open it again: a CRM bans a sender after several requests with a wrong signature.',
			name: 'banNotice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'URL',
			name: 'url',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://crm.example.com/exapi',
			description:
				'Full URL of the CRM’s exapi entry point. The operator of the CRM provides it. Nothing is appended to it.',
		},
		plainHttpNotice(
			'sends orders and personal data unencrypted: anyone on the network path can read them',
		),
		{
			displayName: 'Sender',
			name: 'sender',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. partner_1',
			description:
				'Name by which the CRM identifies you (идентификатор отправителя, sender), at most 64 characters. The operator of the CRM provides it.',
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'The secret key of the exchange (секретный ключ обмена). The operator of the CRM provides it. Every character counts, including spaces. It signs every message and is never sent.',
		},
		{
			displayName: 'CRM Time Zone',
			name: 'timeZone',
			type: 'string',
			default: 'Europe/Moscow',
			placeholder: 'e.g. Europe/Moscow',
			description:
				'Time zone of the dates that the CRM sends without one, as an IANA name (Region/City). Ask the operator of the CRM for it.',
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
