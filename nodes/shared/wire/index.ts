export { isObject, looksLikeJson, parseJson, textOf, type JsonObject } from './json';
export { findObject, type FoundObject } from './search';
export { endOfString, endOfStructure, MAX_DEPTH, type ScanBudget } from './scan';
export { isWithin, type StructureLimits } from './structure';
