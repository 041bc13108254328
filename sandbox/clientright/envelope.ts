/** Parameters that say who asks for what, besides what is to be stored. */
const ENVELOPE = /^(operation|format|session.*|access_?key|phpsessid)$/i;
const OPEN_TO_ALL = /^(operation|format)$/i;

export function isEnvelope(name: string): boolean {
	return ENVELOPE.test(name);
}

/** Whether a parameter's value is to be kept out of logs, by its name. */
export function isSecret(name: string): boolean {
	return ENVELOPE.test(name) && !OPEN_TO_ALL.test(name);
}
