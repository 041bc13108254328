export {
	describeItems,
	failAllItems,
	losesErrors,
	nodesAfter,
	nodesBefore,
	passThrough,
} from './output';
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
	parameterReader,
	type ParameterReader,
	prepareItems,
	runBatches,
	runItems,
} from './run';
export type { JobResult } from './schedule';
