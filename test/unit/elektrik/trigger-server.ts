import { ElektrikTrigger } from '../../../nodes/Elektrik/ElektrikTrigger.node';
import { serveTriggerNode, type ServedTrigger, type TriggerSetUp } from '../shared/trigger-server';

/** What n8n is to the trigger, where it matters. */
export interface Surroundings extends Pick<TriggerSetUp, 'proxyHops' | 'webhookBaseUrl'> {
	/** Whether all requests come to the test URL. */
	isTest?: boolean;
}

/** Serves an Elektrik.ru Trigger. */
export async function serveTrigger(
	parameters: TriggerSetUp['parameters'],
	finish: TriggerSetUp['finish'],
	{ isTest = false, ...n8n }: Surroundings = {},
): Promise<ServedTrigger> {
	return await serveTriggerNode({
		trigger: new ElektrikTrigger(),
		parameters: { path: 'exapi', ...parameters },
		finish,
		isTest: () => isTest,
		webhookBaseUrl: 'http://n8n.invalid/webhook',
		...n8n,
	});
}
