export { exclusive, stoppedBeforeSending } from './key-lock';
export { nothingSentNote, recall } from './memory';
export {
	chosenOperation,
	type LocalOperation,
	type Operations,
	prepareItems,
	runBatches,
	runItems,
} from './run';
export { describeItems, failTogether, losesErrors, passOn } from './output';
export { parameterReader, type ParameterReader } from './parameters';
export type { JobResult } from './schedule';
