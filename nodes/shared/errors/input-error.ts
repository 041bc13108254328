/** A parameter, an input field or a credential's field that cannot be used. Nothing was sent. */
export class InputError extends Error {
	override readonly name = 'InputError';

	constructor(
		message: string,
		readonly description = '',
	) {
		super(message);
	}
}
