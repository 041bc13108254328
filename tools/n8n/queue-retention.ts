/**
 * n8n's own settings for queue mode, which docs/queue-mode-and-proxies.md advises. By default n8n
 * removes a job from Redis in the moment when it ends: a process that has not begun to wait for it by
 * then waits for ever, and the partner is answered by the deadline (n8n-io/n8n#30392). Of those that
 * are kept it learns that they have ended.
 */
export const KEEP_FINISHED_JOBS: Readonly<Record<string, string>> = {
	N8N_EXECUTIONS_QUEUE_KEEP_LAST_COMPLETED: '1000',
	N8N_EXECUTIONS_QUEUE_KEEP_LAST_FAILED: '1000',
};
