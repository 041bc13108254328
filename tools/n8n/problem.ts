/** An error whose message is written for the person at the terminal: no stack trace needed. */
export class Problem extends Error {
	override readonly name = 'Problem';
}
