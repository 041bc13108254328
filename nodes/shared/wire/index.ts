export { greaterOf, hasLostDigits, toItemNumber, wholeNumber, type WholeNumber } from './digits';
export {
	isObject,
	isPlainJson,
	looksLikeJson,
	memberSource,
	parseFound,
	parseJson,
	parseJsonInTurns,
	parseTypedJson,
	parseWorkflowJson,
	textOf,
	trimmedText,
	writeJson,
	type JsonObject,
} from './json';
export {
	endOfString,
	endOfStructure,
	findObject,
	findObjectInTurns,
	type FoundObject,
	isWithin,
	MAX_DEPTH,
	type ScanBudget,
	type StructureLimits,
} from './scan';
export { atOnce, mapInTurns, takeTurns, type InTurns } from './turns';
