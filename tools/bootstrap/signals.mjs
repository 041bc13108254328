/** Passes on what asks this process to end, until the returned function is called. */
export function forwardSignals(child) {
	const handlers = ['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => {
		const forward = () => child.kill(signal);
		process.on(signal, forward);
		return () => process.off(signal, forward);
	});
	return () => handlers.forEach((remove) => remove());
}
