let onSignal = (): void => process.exit(130);

/** A terminal sends Ctrl+C to npm, to its child and to us, so one may come more than once. */
export function endOnSignals(): void {
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal());
}

/** From now on Ctrl+C does not end the process at once: it aborts what is returned. */
export function stopSignal(): AbortSignal {
	const controller = new AbortController();
	onSignal = () => controller.abort();
	return controller.signal;
}
