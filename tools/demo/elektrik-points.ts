import { outputOf } from '../n8n/execution';
import { sandboxElektrikApi } from './elektrik-check';
import type { Story } from './story';

interface ReportedElectrician {
	name: string;
	phoneHash: string;
	points: number;
	reportedPoints: number | null;
	problem: string | null;
}

/** The points of a data table reach the portal, and the table remembers them. */
export const elektrikPoints: Story = {
	title: 'Elektrik.ru: points reported to the portal',
	workflow: 'elektrik-points.json',
	credentials: sandboxElektrikApi,

	async run({ rest, sandbox }, workflowId) {
		const { portal } = sandbox.elektrik;
		const before = new Map(portal.electricians().map((each) => [each.phoneHash, each.points]));
		const outcome = await rest.runWorkflow(workflowId, { trigger: 'Report all by hand' });
		const rowsOf = (node: string) =>
			outputOf(outcome, node).map(({ json }) => json as unknown as ReportedElectrician);
		const reported = rowsOf('Remember what was reported');
		const refused = rowsOf('Note what went wrong');
		const after = new Map(portal.electricians().map((each) => [each.phoneHash, each.points]));

		const problems = outcome.error ? [outcome.error.message] : [];
		if (reported.length === 0) problems.push('No points were reported.');
		for (const { name, phoneHash, points, reportedPoints } of reported) {
			if (after.get(phoneHash) !== points) problems.push(`The portal lacks the points of ${name}.`);
			if (reportedPoints !== points) problems.push(`The table forgot the report of ${name}.`);
		}
		for (const phoneHash of after.keys()) {
			if (!reported.some((row) => row.phoneHash === phoneHash)) {
				problems.push(`No points were reported for ${phoneHash}.`);
			}
		}
		for (const { name, phoneHash, problem } of refused) {
			if (after.has(phoneHash) || !problem) problems.push(`${name} was not refused properly.`);
		}
		return {
			table: [
				['Electrician', 'Points at the portal', 'before'],
				...reported.map(({ name, phoneHash }) => [
					name,
					String(after.get(phoneHash)),
					String(before.get(phoneHash)),
				]),
				...refused.map(({ name, problem }) => [name, problem ?? '', '']),
			],
			problems,
		};
	},
};
