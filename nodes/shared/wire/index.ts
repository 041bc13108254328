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
	writeJson,
	type JsonObject,
} from './json';
export { findObject, findObjectInTurns, type FoundObject } from './search';
export { endOfString, endOfStructure, MAX_DEPTH, type ScanBudget } from './scan';
export { isWithin, type StructureLimits } from './structure';
export { atOnce, mapInTurns, takeTurns, type InTurns } from './turns';
