import * as n8nWorkflow from 'n8n-workflow';

/** What a webhook's description takes from the node's parameters of the same names. */
interface FromParameters {
	path: string;
	responseMode: string;
}

/** n8n before 2.40 does not have them. */
const { fromParameter, webhookDescriptionFields } = n8nWorkflow as Partial<typeof n8nWorkflow>;

/**
 * The fields of a webhook that its node's parameters give: expressions for the editor, and beside
 * them, where the host knows it, functions for the server, which else evaluates the expressions at
 * each request.
 *
 * @param names of the parameters, which are those of the fields
 */
export function fromParameters<Name extends keyof FromParameters>(
	...names: Name[]
): Pick<FromParameters, Name> {
	if (fromParameter && webhookDescriptionFields) {
		const fields = names.map((name) => [name, fromParameter(name)]);
		return webhookDescriptionFields(
			Object.fromEntries(fields) as Parameters<typeof webhookDescriptionFields>[0],
		) as unknown as Pick<FromParameters, Name>;
	}
	const templates = names.map((name) => [name, `={{$parameter["${name}"]}}`]);
	return Object.fromEntries(templates) as Pick<FromParameters, Name>;
}
