import { SANDBOX_DISTRIBUTOR, type CheckExchange, type PortalCheck } from '../../sandbox/elektrik';
import type { SandboxAddress } from '../../sandbox/server';
import { outputOf } from '../n8n/execution';
import type { N8nRest } from '../n8n/rest';
import type { CredentialDefinition } from '../n8n/workflow';
import type { Story } from './story';
import { sendWhenPublished } from './when-published';

const UNKNOWN_PHONE = '70000000099';

interface KeptElectrician {
	phoneHash: string;
	points: number;
}

/** The credential for the sandbox's portal. */
export function sandboxElektrikApi({ elektrik }: SandboxAddress): CredentialDefinition[] {
	return [
		{
			id: 'sandboxElektrik0',
			name: 'Elektrik.ru sandbox',
			type: 'elektrikApi',
			data: { url: elektrik.url, ...SANDBOX_DISTRIBUTOR, allowUnauthorizedCerts: false },
		},
	];
}

/** The portal asks by both protocols about electricians whom a data table has, or has not. */
export const elektrikCheck: Story = {
	title: 'Elektrik.ru: checks of the portal, answered by n8n',
	workflow: 'elektrik-check.json',
	credentials: sandboxElektrikApi,

	async run({ rest, sandbox }, workflowId) {
		const { portal } = sandbox.elektrik;
		const setUp = await rest.runWorkflow(workflowId, { trigger: 'Set up by hand' });
		const kept = outputOf(setUp, 'Keep them').map(({ json }) => json as unknown as KeptElectrician);
		const { phoneHash = '', points = null } = kept[0] ?? {};
		await rest.activate(workflowId);
		const url = await addressOfTrigger(rest, workflowId);
		const ask = async (check: Omit<PortalCheck, 'url'>) => await portal.check({ url, ...check });

		const known = await sendWhenPublished(async () => await ask({ phoneHash }));
		const knownBySoap = await ask({ phoneHash, protocol: 'soap' });
		const unknown = await ask({ phone: UNKNOWN_PHONE });
		const unknownBySoap = await ask({ phone: UNKNOWN_PHONE, protocol: 'soap' });
		const noHash = await ask({ phoneHash: 'no hash' });

		const isKnown = (answer: CheckExchange) => answer.exist === true && answer.points === points;
		const checks: Array<[what: string, answer: CheckExchange, worked: boolean]> = [
			['A phone of the table, by JSON', known, isKnown(known)],
			['The same, by SOAP', knownBySoap, isKnown(knownBySoap)],
			['An unknown phone, by JSON', unknown, unknown.exist === false],
			['The same, by SOAP', unknownBySoap, unknownBySoap.exist === false],
			['No hash of a phone', noHash, noHash.status === 400 && noHash.error !== null],
		];
		const problems = setUp.error ? [setUp.error.message] : [];
		for (const [what, answer, worked] of checks) {
			if (!worked) problems.push(`${what}: answered ${show(answer)}`);
		}
		return {
			table: [['Check', 'Answer'], ...checks.map(([what, answer]) => [what, show(answer)])],
			problems,
		};
	},
};

/** The production URL of the example's trigger, whose path a user is to change. */
async function addressOfTrigger(rest: N8nRest, workflowId: string): Promise<string> {
	const { nodes } = await rest.workflow(workflowId);
	const trigger = nodes.find(({ type }) => type.endsWith('.elektrikTrigger'));
	return `${rest.url}/webhook/${String(trigger?.parameters.path)}`;
}

/** JSON as it came; of an envelope the result, without the types. */
function show({ body, contentType }: CheckExchange): string {
	if (!contentType.includes('xml')) return body;
	const [result] = /<(\w+:)?CheckUserResult\b.*<\/\1CheckUserResult>/s.exec(body) ?? [body];
	return result.replace(/ xsi:type="[^"]*"/g, '');
}
