// Loaded into n8n before it starts: at SIGUSR2 it collects garbage and writes to the file HEAP_PROBE
// how many bytes are still in use. The memory of the process itself goes up and down with the moods
// of the garbage collector and shows no leak.
const { renameSync, writeFileSync } = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('SIGUSR2', async () => {
	// What finalizers and weak references let go of is garbage of the next round.
	for (let round = 0; round < 4; round++) {
		collectGarbage();
		await sleep(250);
	}
	const { heapUsed, external } = process.memoryUsage();
	const file = process.env.HEAP_PROBE;
	writeFileSync(`${file}.new`, String(heapUsed + external));
	renameSync(`${file}.new`, file);
});
