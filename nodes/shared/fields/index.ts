export { columnsOf, dataModeFields, definedBelow, isAutoMapped } from './columns';
export {
	concurrencyLimitOption,
	concurrencyOption,
	isRawOutput,
	limitFields,
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
	fieldLabel,
} from './fields';
export { isLockedInRedis, LOCKED_IN_REDIS, lockNotice, lockOption } from './lock';
export { DEFAULT_TIME_ZONE, TIME_ZONES, timeZoneField } from './time-zone';
export { toolNotice } from './notices';
