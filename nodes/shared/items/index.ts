export { recall, type RunMemory } from './memory';
export { parameterReader, type ParameterReader } from './parameters';
export { runBatches, type BatchOperation } from './run-batches';
export { runItems, type ItemOperation } from './run-items';
