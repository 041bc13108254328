export { dataModeFields, definedBelow, isAutoMapped } from './auto-map';
export { readNumericOption } from './numeric-option';
export { shownFor } from './shown-for';
