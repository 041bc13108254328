export { columnsOf, dataModeFields, definedBelow, isAutoMapped } from './columns';
export {
	concurrencyLimitOption,
	concurrencyOption,
	fieldLabel,
	isLockedInRedis,
	isRawOutput,
	limitFields,
	LOCKED_IN_REDIS,
	lockNotice,
	lockOption,
	OPERATION_SUBTITLE,
	optionsField,
	outputField,
	readConcurrencyLimit,
	readLimit,
	readNumericOption,
	readRunOptions,
	type RunOptions,
	shownFor,
	timeoutOption,
	toolNotice,
} from './fields';
export { DEFAULT_TIME_ZONE, TIME_ZONES, timeZoneField } from './time-zone';
