/**
 * What stands below a node on the canvas: its operation in words and its resource, such as
 * "update points: user". The operation's value alone would read "updatePoints", and "getAll" and
 * "upsert" where the panel says Get Many and Create or Update.
 */
export const OPERATION_SUBTITLE =
	'={{ $parameter["operation"].replace("getAll", "getMany").replace("upsert", "createOrUpdate").replace(/[A-Z]/g, " $&").toLowerCase() + ": " + $parameter["resource"] }}';
