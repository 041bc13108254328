export { nodesAfter, nodesBefore } from './connected-nodes';
export {
	exclusive,
	inTurnOfProcess,
	LOST_CALL_MS,
	olderWrite,
	outcomeOf,
	type Place,
	type RecordOrder,
	type RecordTurn,
	stoppedBeforeSending,
} from './key-lock';
export { nothingSentNote, runMemoryFor } from './memory';
export {
	chosenOperation,
	type LocalOperation,
	type Operations,
	prepareItems,
	runBatches,
	runItems,
} from './run';
export { describeItems, failAllItems, losesErrors, passThrough } from './output';
export { parameterReader, type ParameterReader } from './parameters';
export type { JobResult } from './schedule';
