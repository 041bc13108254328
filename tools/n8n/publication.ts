import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './problem';
import type { RestSession } from './rest-session';

const POLL_INTERVAL_MS = 100;
const PUBLISHED_WITHIN_MS = 30_000;

interface PublicationStatus {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	liveVersionId: string | null;
	triggers: Array<{ errorMessage: string | null }>;
}

async function statusWhen(
	session: RestSession,
	workflowId: string,
	isSettled: (status: PublicationStatus) => boolean,
): Promise<PublicationStatus> {
	const started = Date.now();
	for (;;) {
		const path = `/workflows/${workflowId}/publication-status`;
		const status = await session.call<PublicationStatus>('GET', path);
		if (status.status !== 'in_progress' && isSettled(status)) return status;
		if (Date.now() - started > PUBLISHED_WITHIN_MS) {
			const waited = `for ${PUBLISHED_WITHIN_MS / 1000} s`;
			throw new Problem(`Workflow ${workflowId}: n8n says "${status.status}" ${waited}.`);
		}
		await sleep(POLL_INTERVAL_MS);
	}
}

/**
 * Publishes a version of a workflow and waits until its triggers listen: n8n answers the call
 * first and starts them afterwards.
 *
 * @throws Problem with the triggers' own errors
 */
export async function publish(
	session: RestSession,
	workflowId: string,
	versionId: string,
): Promise<void> {
	await session.call('POST', `/workflows/${workflowId}/activate`, { versionId });
	const { status, triggers } = await statusWhen(session, workflowId, (now) => {
		return now.status === 'failed' || now.liveVersionId === versionId;
	});
	if (status === 'published') return;
	const errors = triggers.map(({ errorMessage }) => errorMessage).filter(Boolean);
	throw new Problem(`Workflow ${workflowId} was not published (${status}): ${errors.join('; ')}`);
}

/** Takes a workflow out of service and waits until its triggers listen no more. */
export async function unpublish(session: RestSession, workflowId: string): Promise<void> {
	await session.call('POST', `/workflows/${workflowId}/deactivate`, {});
	await statusWhen(session, workflowId, ({ status }) => status === 'not_published');
}
