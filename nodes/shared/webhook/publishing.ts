import type { IHookFunctions } from 'n8n-workflow';
import { toNodeError } from '../errors';

type WebhookMethod = (this: IHookFunctions) => Promise<boolean>;

/**
 * The webhook methods of a trigger whose callers need not be told of its address: nothing is
 * registered anywhere, but what is set wrong is told when the workflow is published.
 *
 * @param check throws when a request could not be served
 */
export function checkedWhenPublished(check: (hook: IHookFunctions) => Promise<void>): {
	default: Record<'checkExists' | 'create' | 'delete', WebhookMethod>;
} {
	return {
		default: {
			async checkExists() {
				return await Promise.resolve(false);
			},
			async create() {
				try {
					await check(this);
				} catch (error) {
					throw toNodeError(this.getNode(), error, 0);
				}
				return true;
			},
			async delete() {
				return await Promise.resolve(true);
			},
		},
	};
}
