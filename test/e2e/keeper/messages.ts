/** The variable that tells test files where the keeper of their run listens. */
export const KEEPER = 'PARTNER_EXCHANGE_KEEPER';

/** A process of n8n, as another process may see it. */
export interface N8nState {
	url: string;
	userFolder: string;
	logFile: string;
	pid: number | undefined;
}

/** The processes of n8n's queue mode. */
export const QUEUE_PROCESSES = ['main', 'webhook-1', 'webhook-2', 'worker-1', 'worker-2'] as const;
export type QueueProcessName = (typeof QUEUE_PROCESSES)[number];
export type QueueState = Record<QueueProcessName, N8nState>;

/** What has an owner who may log in. */
export type LoginName = 'n8n' | 'queue';

/** The servers that queue mode leans on. */
export const QUEUE_SERVICES = ['redis', 'postgres'] as const;
export type QueueServiceName = (typeof QUEUE_SERVICES)[number];
