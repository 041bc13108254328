import { READY, type AnswerMessage, type CallMessage } from './messages';

/** What a process can be asked to do, by name. Input and result are JSON. */
export type Handlers = Record<string, (input: never) => unknown>;

/**
 * Answers the calls of the process that forked this one, one after the other: two measurements at
 * once would measure each other.
 */
export function answerCalls(handlers: Handlers): void {
	let last: Promise<void> = Promise.resolve();
	process.on('message', (call: CallMessage) => {
		last = last.then(async () => {
			process.send?.(await answerTo(call, handlers));
		});
	});
	// Without it this process would outlive a bench that was killed.
	process.on('disconnect', () => process.exit());
	process.send?.(READY);
}

async function answerTo(
	{ number, name, input }: CallMessage,
	handlers: Handlers,
): Promise<AnswerMessage> {
	try {
		const handler = handlers[name] as ((input: unknown) => unknown) | undefined;
		if (!handler) throw new Error(`This process cannot do "${name}"`);
		return { number, result: await handler(input) };
	} catch (error) {
		return {
			number,
			error: error instanceof Error ? (error.stack ?? error.message) : String(error),
		};
	}
}
