import { Authentication } from '../../sandbox/clientright/authentication';
import { Sessions } from '../../sandbox/clientright/sessions';
import type { Operation } from '../../sandbox/clientright';
import { WebserviceError } from '../../sandbox/clientright';

/** What every sandbox of this process has seen of sessions and logins; its controls hide it. */
export interface SecretWatch {
	/** In the order of the logins. */
	sessions(): string[];
	/** Answers to challenges, right and wrong ones. */
	answers(): string[];
	stop(): void;
}

export function watchSecrets(): SecretWatch {
	const opened = jest.spyOn(Sessions.prototype, 'open');
	const answered = jest.spyOn(Authentication.prototype, 'logIn');
	return {
		sessions: () => opened.mock.results.map(({ value }) => (value as { name: string }).name),
		answers: () => answered.mock.calls.map(([, answer]) => answer),
		stop() {
			opened.mockRestore();
			answered.mockRestore();
		},
	};
}

/** An operation whose error repeats what it was sent, and the user's key as well. */
export function blab(accessKey: string): Operation {
	return {
		name: 'Blab',
		httpMethod: 'POST',
		run(call) {
			throw new WebserviceError('BLAB', `${JSON.stringify(call.sent())} ${accessKey}`);
		},
	};
}
