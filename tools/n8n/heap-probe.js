// Loaded into n8n before it starts: at SIGUSR2 it collects garbage and writes to the file HEAP_PROBE
// how many bytes are still in use. The memory of the process itself goes up and down with the moods
// of the garbage collector and shows no leak. With TURN_PROBE, how many milliseconds the longest turn of
// the event loop since the last signal took of a processor is written to that file: on a busy machine
// the time on the clock tells more of others.
const { readFileSync, renameSync, writeFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

const turnFile = process.env.TURN_PROBE;
let longestTurn = 0;
if (turnFile) {
	const processorTime = () => parseInt(readFileSync('/proc/thread-self/schedstat', 'utf8'), 10);
	let last = processorTime();
	setInterval(() => {
		const now = processorTime();
		longestTurn = Math.max(longestTurn, (now - last) / 1_000_000);
		last = now;
	}, 20).unref();
}

process.on('SIGUSR2', async () => {
	if (turnFile) writeFileSync(turnFile, String(longestTurn));
	// What finalizers and weak references let go of is garbage of the next round.
	for (let round = 0; round < 4; round++) {
		collectGarbage();
		await sleep(250);
	}
	longestTurn = 0;
	const { heapUsed, external } = process.memoryUsage();
	const file = process.env.HEAP_PROBE;
	writeFileSync(`${file}.new`, String(heapUsed + external));
	renameSync(`${file}.new`, file);
});
