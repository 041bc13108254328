export { recall, type RunMemory } from './memory';
export { chosenOperation, type LocalOperation, type Operations } from './operation';
export { failTogether, passOn } from './output';
export { parameterReader, type ParameterReader } from './parameters';
export { runBatches, type BatchOperation } from './run-batches';
export { runItems, type ItemOperation } from './run-items';
