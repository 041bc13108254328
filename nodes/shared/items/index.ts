export { exclusive, stoppedBeforeSending } from './key-lock';
export { nothingSentNote, recall } from './memory';
export { chosenOperation, type LocalOperation, type Operations } from './operation';
export { failTogether, losesErrors, passOn } from './output';
export { parameterReader, type ParameterReader } from './parameters';
export { runBatches } from './run-batches';
export { describeItems } from './ranges';
export { prepareItems, runItems } from './run-items';
export type { JobResult } from './schedule';
