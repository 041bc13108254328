import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { optionsField, shownFor, toolNotice } from '../../shared/fields';
import { runItems } from '../../shared/items';
import { type ClientRightOperation, outputField, timeoutOption } from './operation';

/** `session.logIn`: opens a session for requests of the user's own (challenge and login). */
export const logIn: ClientRightOperation = {
	fields: shownFor('session', 'logIn', [
		{
			displayName:
				'The other operations log in by themselves. A session name is a secret: anyone who has it can act as the user. n8n shows it in the output and saves it with the execution, unless the workflow settings turn off saving executions.',
			name: 'sessionNotice',
			type: 'notice',
			default: '',
		},
		toolNotice('its model would get the session, and anyone who has a session can act as the user'),
		outputField,
		optionsField(timeoutOption),
	]),

	async execute(run) {
		return await runItems<undefined>(
			run.node,
			{
				isWrite: false,
				prepare: () => undefined,
				carryOut: async (_, signal) => {
					const { raw, ...session } = await run.client.logIn(signal);
					return [run.raw ? (raw as IDataObject) : { ...session }];
				},
			},
			run.concurrency,
		);
	},
};

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['session'] } },
	options: [
		{
			name: 'Log In',
			value: 'logIn',
			action: 'Log in',
			description: 'Open a CRM session (getchallenge and login)',
		},
	],
	default: 'logIn',
};

export const sessionOperations = { logIn };

export const sessionFields: INodeProperties[] = [operationField, ...logIn.fields];
