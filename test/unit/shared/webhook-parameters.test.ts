import { webhookDescriptionIsNativelyResolvable } from 'n8n-workflow';
import { ElektrikTrigger } from '../../../nodes/Elektrik/ElektrikTrigger.node';
import { ExapiTrigger } from '../../../nodes/Exapi/ExapiTrigger.node';

const webhooks = [new ExapiTrigger(), new ElektrikTrigger()].flatMap(
	({ description }) => description.webhooks ?? [],
);

it('no request makes n8n evaluate an expression of a webhook’s description', () => {
	expect(webhooks).toHaveLength(3);
	expect(webhooks.map(webhookDescriptionIsNativelyResolvable)).toEqual([true, true, true]);
});

it('the editor still gets the expressions, which are all that JSON carries to it', () => {
	const sent = JSON.parse(JSON.stringify(webhooks)) as typeof webhooks;
	expect(sent.map(({ path }) => path)).toEqual(Array(3).fill('={{$parameter["path"]}}'));
	expect(sent.map(({ responseMode }) => responseMode)).toEqual([
		'={{$parameter["responseMode"]}}',
		'={{$parameter["responseMode"]}}',
		'onReceived',
	]);
});
