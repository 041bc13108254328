import type { IExecuteFunctions } from 'n8n-workflow';

/** Gives a parameter's value for an item. */
export type ParameterReader = (name: string, itemIndex: number, fallback?: unknown) => unknown;

/**
 * Reads parameters item by item, but those without an expression only once: an expression costs
 * n8n 0.5 to 1 ms an item, and even a fixed value is copied and checked at each reading.
 */
export function parameterReader(node: IExecuteFunctions): ParameterReader {
	const fixed = new Map<string, unknown>();
	const varying = new Set<string>();
	return (name, itemIndex, fallback) => {
		if (varying.has(name)) return node.getNodeParameter(name, itemIndex, fallback);
		if (!fixed.has(name)) {
			const raw: unknown = node.getNodeParameter(name, 0, fallback, { rawExpressions: true });
			if (holdsExpression(raw)) {
				varying.add(name);
				return node.getNodeParameter(name, itemIndex, fallback);
			}
			fixed.set(name, node.getNodeParameter(name, 0, fallback));
		}
		return fixed.get(name);
	};
}

function holdsExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	if (typeof value !== 'object' || value === null) return false;
	return Object.values(value).some(holdsExpression);
}
