import { CountByName, MostAtOnce } from '../figures';
import type { ReceivedCall } from './request-log';

export interface CallStatistics {
	/** Requests to the entry point, answered or not. */
	requests: number;
	/** Files asked for. */
	downloads: number;
	/** Challenges given out. */
	challenges: number;
	/** Logins that succeeded. */
	logins: number;
	failedLogins: number;
	/** Requests by operation. */
	byOperation: Record<string, number>;
	/** Answers `success: false` by code. */
	byErrorCode: Record<string, number>;
	mostRequestsAtOnce: number;
	/** The greatest number of calls under way at once on any one session, waiting ones included. */
	mostAtOnceOnASession: number;
	/** The same for CreateContact of any one mobile, as sent. */
	mostAtOnceForAMobile: number;
	/** The same for CreateAccount of any one INN, as sent. */
	mostAtOnceForAnInn: number;
}

/** Counts of all requests since the last reset. */
export class CallFigures {
	private readonly operations = new CountByName();
	private readonly errorCodes = new CountByName();
	private readonly logins = new CountByName();
	private readonly requests = new MostAtOnce();
	private readonly sessions = new MostAtOnce();
	private readonly mobiles = new MostAtOnce();
	private readonly inns = new MostAtOnce();
	private received = 0;
	private downloads = 0;

	/** @returns to be called when the work is done, before the answer leaves */
	begin({ operation, session, key }: ReceivedCall): () => void {
		this.received += 1;
		if (operation !== null) this.operations.count(operation);
		const ends = [this.requests.begin('')];
		if (session !== null) ends.push(this.sessions.begin(String(session)));
		if (key !== null) {
			ends.push((operation === 'CreateContact' ? this.mobiles : this.inns).begin(key));
		}
		return () => ends.forEach((end) => end());
	}

	countDownload(): void {
		this.downloads += 1;
	}

	/** To be called when it is known how the request is answered. */
	finish({ operation, errorCode }: ReceivedCall): void {
		if (errorCode === null) return;
		this.errorCodes.count(String(errorCode));
		if (operation === 'login') this.countLogin('failedLogins');
	}

	countLogin(outcome: 'challenges' | 'logins' | 'failedLogins'): void {
		this.logins.count(outcome);
	}

	statistics(): CallStatistics {
		return {
			requests: this.received,
			downloads: this.downloads,
			challenges: this.logins.of('challenges'),
			logins: this.logins.of('logins'),
			failedLogins: this.logins.of('failedLogins'),
			byOperation: this.operations.all(),
			byErrorCode: this.errorCodes.all(),
			mostRequestsAtOnce: this.requests.most,
			mostAtOnceOnASession: this.sessions.most,
			mostAtOnceForAMobile: this.mobiles.most,
			mostAtOnceForAnInn: this.inns.most,
		};
	}

	reset(): void {
		this.received = 0;
		this.downloads = 0;
		[this.operations, this.errorCodes, this.logins].forEach((counts) => counts.reset());
		const gauges = [this.requests, this.sessions, this.mobiles, this.inns];
		gauges.forEach((gauge) => gauge.reset());
	}
}
