const INTEGER = /^-?\d{1,19}$/;
const [LEAST, GREATEST] = [-(2n ** 63n), 2n ** 63n - 1n];
/** PHP's `precision`, with which a float becomes text, unless php.ini says otherwise. */
const PRECISION = 14;

/**
 * The text that PHP makes of a number in JSON when it puts it together with text: an integer of 64 bits
 * keeps its digits, anything else is a float.
 *
 * @param source the number as it stands in JSON
 */
export function phpText(source: string): string {
	if (INTEGER.test(source)) {
		const integer = BigInt(source);
		if (integer >= LEAST && integer <= GREATEST) return String(integer);
	}
	return floatText(Number(source));
}

function floatText(float: number): string {
	if (!Number.isFinite(float)) return float > 0 ? 'INF' : '-INF';
	const [mantissa = '', exponent = ''] = float.toExponential(PRECISION - 1).split('e');
	const power = Number(exponent);
	// From -4 on, and below the precision, there is no exponent.
	if (power >= -4 && power < PRECISION) {
		const text = Number(float.toPrecision(PRECISION)).toFixed(Math.max(0, PRECISION - 1 - power));
		const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
		return Object.is(float, -0) ? '-0' : plain;
	}
	const [whole = '', decimals = ''] = mantissa.split('.');
	const sign = power < 0 ? '-' : '+';
	return `${whole}.${decimals.replace(/0+$/, '') || '0'}E${sign}${Math.abs(power)}`;
}
