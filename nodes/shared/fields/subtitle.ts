/**
 * What stands below a node on the canvas: its operation in words and its resource, such as
 * "update points: user". The operation's value alone would read "updatePoints", and "getAll" where
 * the panel says Get Many.
 */
export const OPERATION_SUBTITLE =
	'={{ $parameter["operation"].replace("getAll", "getMany").replace(/[A-Z]/g, " $&").toLowerCase() + ": " + $parameter["resource"] }}';
