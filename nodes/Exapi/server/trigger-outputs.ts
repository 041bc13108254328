import { NodeConnectionTypes, type INodeParameters } from 'n8n-workflow';

/**
 * The outputs for the chosen parameters. n8n evaluates its text as an expression, so it may use
 * nothing from outside; it lists methods as `readSettings` does.
 */
const outputs = (parameters: INodeParameters, type: string) => {
	if (parameters.outputPerMethod !== true) return [{ type }];
	const custom = ((parameters.customMethods ?? '') as string).split(/[\s,;]+/);
	const methods = [...((parameters.methods ?? []) as string[]), ...custom];
	return [...new Set(methods)]
		.filter((name) => name !== '')
		.map((displayName) => ({ type, displayName }));
};

/** One output, or one for each method. */
export const triggerOutputs =
	`={{(${String(outputs)})($parameter, "${NodeConnectionTypes.Main}")}}` as const;
