import type { Express } from 'express';

/** One partner system of the sandbox: `sandbox/<name>/` holds everything about it. */
export interface PartnerSystem {
	/** Also the last part of its addresses: `/control/<name>`. */
	readonly name: string;
	/** Adds its entry points and its control API. */
	mount(app: Express): void;
	/** @param baseUrl address of the running sandbox, without a slash at its end */
	describe(baseUrl: string): SystemDescription;
}

/** What a person needs to use a system from n8n. */
export interface SystemDescription {
	title: string;
	/** Labels and values of the n8n credential. */
	credential: ReadonlyArray<readonly [label: string, value: string]>;
	controlUrl: string;
}
