import type { NodeHint } from 'n8n-workflow';
import type { ResponseMode } from './fields';
import type { RespondingService } from './respond';

/**
 * What the editor shows in a trigger's output after a run. A trigger learns what was answered when
 * the run has ended, and n8n then takes no more of it: the run stays green, so the hint tells where
 * the reason of a refused answer is.
 */
export function runHints({ nodeTitle }: RespondingService): NodeHint[] {
	const respond = `'${nodeTitle} › Request: Respond'`;
	const where =
		'For test requests, the response gives the reason. For requests to the production URL, n8n’s log does.';
	return [
		hint(
			'lastNode',
			`n8n shows a run as successful even if the last node returned no valid response, or returned it too late. ${where} With ${respond} as the last node, that node fails and gives the reason.`,
		),
		hint(
			'responseNode',
			`n8n shows a run as successful even if no ${respond} ran, or ran too late. ${where}`,
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
