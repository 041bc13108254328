/** JSON as PHP's `json_encode` writes it by default, with escaped slashes and `\uXXXX`. */
export function phpJson(value: unknown): string {
	// In JSON text "/" and characters outside ASCII occur within strings only.
	return JSON.stringify(value)
		.replaceAll('/', '\\/')
		.replace(/[\u0080-\uFFFF]/g, (unit) => {
			return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
		});
}
