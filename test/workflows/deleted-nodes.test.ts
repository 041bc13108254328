import { HookContext, WebhookContext } from 'n8n-core';
import {
	NodeConnectionTypes,
	Workflow,
	type INode,
	type INodeType,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { EXAPI_RESPOND } from '../../nodes/Exapi/server/answers';
import { ELEKTRIK_RESPOND } from '../../nodes/Elektrik/server/exchange';
import { createAnswerKey, warnAboutRespond } from '../../nodes/shared/webhook';

/** A trigger in a workflow that holds a connection of a node which is not there any more. */

const PACKAGE = 'n8n-nodes-partner-exchange';
const { Main } = NodeConnectionTypes;
/** The fields of a node that n8n keeps. */
const properties = ['resource', 'operation'].map((name) => ({
	displayName: name,
	name,
	type: 'string',
	default: '',
}));
const NO_DATA = {} as unknown as IWorkflowExecuteAdditionalData;

const node = (name: string, type: string, parameters: INode['parameters'] = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters,
});

describe.each([EXAPI_RESPOND, ELEKTRIK_RESPOND])('$trigger', (service) => {
	const RESPOND = { resource: 'request', operation: 'respond' };
	const trigger = node('Trigger', `${PACKAGE}.${service.trigger}`);

	/** @param followers of the trigger and of Respond, by name */
	const workflowWith = (followers: Record<string, string[]>) =>
		new Workflow({
			nodes: [
				trigger,
				node('Respond', `${PACKAGE}.${service.node}`, RESPOND),
				node('Save', 'n8n-nodes-base.noOp'),
			],
			connections: Object.fromEntries(
				Object.entries(followers).map(([name, names]) => [
					name,
					{ [Main]: [names.map((follower) => ({ node: follower, type: Main, index: 0 }))] },
				]),
			),
			active: false,
			nodeTypes: {
				getByName: () => ({}) as INodeType,
				getByNameAndVersion: () => ({ description: { properties } }) as unknown as INodeType,
				getKnownTypes: () => ({}),
			},
		});
	const key = (followers: Record<string, string[]>) =>
		createAnswerKey(
			new WebhookContext(
				workflowWith(followers),
				trigger,
				NO_DATA,
				'webhook',
				{} as IWebhookData,
				[],
				null,
			),
			service,
			'lastNode',
		);
	const warnings = (
		followers: Record<string, string[]>,
		mode: Parameters<typeof warnAboutRespond>[2],
	) => {
		const hook = new HookContext(workflowWith(followers), trigger, NO_DATA, 'trigger', 'activate');
		const warn = jest.spyOn(hook.logger, 'warn').mockReturnValue(undefined);
		warnAboutRespond(hook, service, mode);
		const texts = warn.mock.calls.map(([text]) => text);
		warn.mockRestore();
		return texts;
	};

	it('makes a key for the Respond that follows, and none where there is no other', () => {
		expect(key({ Trigger: ['Deleted', 'Respond'] })).toMatch(/^[\da-f-]{36}$/);
		expect(key({ Trigger: ['Deleted'], Deleted: ['Save'] })).toBeUndefined();
	});

	it('is published, and warns of what can never answer', () => {
		expect(warnings({ Trigger: ['Deleted', 'Respond'] }, 'responseNode')).toEqual([]);
		expect(warnings({ Trigger: ['Deleted'] }, 'responseNode')).toEqual([
			expect.stringContaining('no node with "Request: Respond" follows'),
		]);
		expect(warnings({ Trigger: ['Respond'], Respond: ['Deleted'] }, 'lastNode')).toEqual([]);
		expect(warnings({ Trigger: ['Respond'], Respond: ['Deleted', 'Save'] }, 'lastNode')).toEqual([
			expect.stringContaining('"Respond" fails when it runs'),
		]);
	});
});
