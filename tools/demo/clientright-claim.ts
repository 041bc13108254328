import { SANDBOX_USER } from '../../sandbox/clientright';
import { outputOf } from '../n8n/execution';
import type { Story } from './story';

/** A form's data becomes two companies, a client and a project; the client's files are listed. */
export const clientRightClaim: Story = {
	title: 'ClientRight: a claim from a form into the CRM',
	workflow: 'clientright-claim.json',

	credentials: ({ clientright }) => [
		{
			id: 'sandboxClientRt0',
			name: 'ClientRight sandbox',
			type: 'clientRightApi',
			data: { url: clientright.url, ...SANDBOX_USER, allowUnauthorizedCerts: false },
		},
	],

	async run({ rest, sandbox }, workflowId) {
		const { crm } = sandbox.clientright;
		const outcome = await rest.runWorkflow(workflowId);
		const texts = (node: string, property: string) =>
			outputOf(outcome, node).map((item) => item.json[property] as string);
		const [projectId = ''] = texts('Send claim', 'projectId');
		const expected = {
			contactid: texts('Keep client', 'contactId')[0],
			offenderid: texts('Keep offender', 'accountId')[0],
			agentid: texts('Keep agent', 'accountId')[0],
		};
		const stored = crm.record(projectId)?.fields ?? {};
		const problems = outcome.error ? [outcome.error.message] : [];
		for (const [name, id] of Object.entries(expected)) {
			if (id === undefined || stored[name] !== id) {
				problems.push(`The project does not have ${String(id)} as ${name}.`);
			}
		}
		const files = texts('List files', 'title');
		if (files.length === 0) problems.push('No file was listed.');
		return {
			table: [
				['Record', 'Number in the CRM'],
				['Client', expected.contactid ?? '?'],
				['Offender', expected.offenderid ?? '?'],
				['Agent', expected.agentid ?? '?'],
				['Project', projectId],
				['Files', files.join(', ')],
			],
			problems,
		};
	},
};
