import { NOTHING_SENT, PartnerError } from '../errors';

/** Redis cannot be asked, so nobody knows whether another process is at work on the record. */
export function redisUnavailable(reason: string): PartnerError {
	return new PartnerError(`Not sent, because Redis cannot lock the record: ${reason}`, {
		outcome: 'notSent',
		attemptNote: NOTHING_SENT,
		description:
			'Another n8n process may be sending data about the same record. Check the Redis credential, and whether this n8n can connect to Redis, then run this item again.',
	});
}

/** The lock ended under the process that held it. */
export function lockLost(): PartnerError {
	return new PartnerError('Not sent, because the lock of the record in Redis has expired', {
		outcome: 'notSent',
		attemptNote: NOTHING_SENT,
		description:
			'This n8n process stood still for too long, or Redis lost its data. Run this item again.',
	});
}

/** Another process keeps its turn for longer than its requests can take. */
export function lockBusy(milliseconds: number): PartnerError {
	const seconds = Math.round(milliseconds / 1_000);
	return new PartnerError(
		`Not sent, because another n8n process has been working on the same record for ${seconds} s`,
		{
			outcome: 'notSent',
			attemptNote: NOTHING_SENT,
			description:
				'Run this item again later. If the partner is slow, raise the timeout in the options of the node.',
		},
	);
}
