export { columnsOf } from './columns';
export { dataModeFields, definedBelow, isAutoMapped } from './auto-map';
export { limitFields, readLimit } from './limit';
export { readNumericOption } from './numeric-option';
export {
	atOnceOption,
	concurrencyOption,
	isRawWanted,
	optionsField,
	outputField,
	readAtOnce,
	readRunOptions,
	timeoutOption,
	type RunOptions,
} from './run-options';
export { shownFor } from './shown-for';
export { OPERATION_SUBTITLE } from './subtitle';
export { DEFAULT_TIME_ZONE, TIME_ZONES, timeZoneField } from './time-zone';
export { titleOf } from './title';
export { toolNotice } from './tool-notice';
