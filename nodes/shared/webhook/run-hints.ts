import type { NodeHint } from 'n8n-workflow';
import type { ResponseMode } from './fields';
import type { RespondingService } from './respond';

/**
 * What the editor shows in a trigger's output after a run. A trigger learns what was answered when
 * the run has ended, and n8n then takes no more of it: the run stays green, so the hint tells where
 * the reason of a refused answer is.
 */
export function runHints({ nodeTitle }: RespondingService): NodeHint[] {
	const respond = `“${nodeTitle} › Request: Respond”`;
	const where =
		'The answer to the test request says why; for requests at the production URL n8n’s log does.';
	return [
		hint(
			'lastNode',
			`n8n calls a run successful even if the last node gave no proper answer, or gave it too late. ${where} With ${respond} as the last node, that node fails and says why.`,
		),
		hint(
			'responseNode',
			`n8n calls a run successful even if no ${respond} was reached, or too late. ${where}`,
		),
	];
}

function hint(mode: ResponseMode, message: string): NodeHint {
	return {
		message,
		type: 'info',
		location: 'outputPane',
		whenToDisplay: 'afterExecution',
		displayCondition: `={{ $parameter["responseMode"] === "${mode}" }}`,
	};
}
