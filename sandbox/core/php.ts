export const BYTE_ORDER_MARK = '\uFEFF';

/** The content type of what a PHP script prints before it has set another one. */
export const PHP_HTML = 'text/html; charset=UTF-8';

/** Writes JSON as PHP's `json_encode` does by default, with escaped slashes and `\uXXXX`. */
export function phpJson(value: unknown): string {
	// In JSON text "/" and characters outside ASCII occur within strings only.
	return JSON.stringify(value)
		.replaceAll('/', '\\/')
		.replace(/[\u0080-\uFFFF]/g, (unit) => {
			return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
		});
}

/** A warning as PHP prints it with `display_errors` on. */
export function phpWarning(message: string, file = 'index.php', line = 1): string {
	return phpNotice('Warning', message, file, line);
}

/** @param kind `Warning` or `Fatal error` */
export function phpNotice(kind: string, message: string, file: string, line: number): string {
	return `<br />\n<b>${kind}</b>:  ${message} in <b>${file}</b> on line <b>${line}</b><br />\n`;
}
