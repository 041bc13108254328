export { columnsOf, dataModeFields, definedBelow, isAutoMapped } from './columns';
export {
	atOnceOption,
	concurrencyOption,
	isRawWanted,
	limitFields,
	OPERATION_SUBTITLE,
	optionsField,
	outputField,
	readAtOnce,
	readLimit,
	readNumericOption,
	readRunOptions,
	type RunOptions,
	shownFor,
	timeoutOption,
	titleOf,
} from './fields';
export { DEFAULT_TIME_ZONE, TIME_ZONES, timeZoneField } from './time-zone';
export { toolNotice } from './notices';
