import type { FaultKind } from './faults';

/** A request to the entry point, or the download of a file. Secrets are left out. */
export interface ReceivedCall {
	/** From 1 on, since the last reset. */
	number: number;
	/** When the whole request was there, ISO 8601 in UTC. */
	time: string;
	httpMethod: string;
	/** By its registered name; `download` for files; `null` when there is no such operation. */
	operation: string | null;
	/** As sent, in the query or body; without sessions and answers to challenges. */
	parameters: Record<string, string>;
	/** Which of `sessionName` and `sessionId` were sent. */
	sessionParameters: string[];
	/** The number of its session, `null` where there is none. */
	session: number | null;
	/** Mobile of a contact, INN of an account. */
	key: string | null;
	/** HTTP status and vtiger's error code; `null` while unanswered, and for no error. */
	status: number | null;
	errorCode: string | number | null;
	/** The injected fault that struck it. */
	fault: FaultKind | null;
	/** Whether the operation was run to its end. */
	carriedOut: boolean;
	remoteAddress: string;
	/** Tells connections apart. */
	remotePort: number;
}

/** The latest requests since the last reset. */
export class RequestLog {
	private entries: ReceivedCall[] = [];
	private received = 0;

	/** @param capacity how many requests are kept */
	constructor(private readonly capacity: number) {}

	/** @returns the entry, to be completed while the request is answered */
	add(request: Pick<ReceivedCall, 'httpMethod' | 'remoteAddress' | 'remotePort'>): ReceivedCall {
		this.received += 1;
		const entry: ReceivedCall = {
			number: this.received,
			time: new Date().toISOString(),
			...request,
			operation: null,
			parameters: {},
			sessionParameters: [],
			session: null,
			key: null,
			status: null,
			errorCode: null,
			fault: null,
			carriedOut: false,
		};
		this.entries.push(entry);
		if (this.entries.length > this.capacity) this.entries.shift();
		return entry;
	}

	/** The latest so many of those that are of interest, oldest first. */
	list(isOfInterest: (entry: ReceivedCall) => boolean, last: number): ReceivedCall[] {
		return structuredClone(this.entries.filter(isOfInterest).slice(-last));
	}

	reset(): void {
		this.entries = [];
		this.received = 0;
	}
}
