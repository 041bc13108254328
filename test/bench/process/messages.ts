/** A call to the other process; its answer has the same number. */
export interface CallMessage {
	number: number;
	name: string;
	input: unknown;
}

export type AnswerMessage = { number: number; result: unknown } | { number: number; error: string };

/** Sent once, when the other process is ready to be called. */
export const READY = 'ready';
