let text = '';
let spies: jest.SpyInstance[] = [];

const CONSOLE = ['debug', 'error', 'info', 'log', 'warn'] as const;

/** Keeps what is printed from now on, in place of printing it. */
export function watchLogs(): void {
	text = '';
	const keep = (...parts: unknown[]) => {
		text += `${parts.map(String).join(' ')}\n`;
		return true;
	};
	spies = [
		...CONSOLE.map((method) => jest.spyOn(console, method).mockImplementation(keep)),
		jest.spyOn(process.stdout, 'write').mockImplementation(keep),
		jest.spyOn(process.stderr, 'write').mockImplementation(keep),
	];
}

export function logged(): string {
	return text;
}

export function stopWatchingLogs(): void {
	for (const spy of spies) spy.mockRestore();
	spies = [];
}
