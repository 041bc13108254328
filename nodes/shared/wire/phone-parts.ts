/** Characters between the digits of a number: a slash, a line break, a dash after a space, or others. */
interface Gap {
	kind: 'line' | 'slash' | 'dash' | 'plain';
	/** The number of digits before it and after it. */
	before: number;
	left: number;
	/** Whether it closes a bracket, so that the digits before it are an area code. */
	closes: boolean;
}

/** The digits of a number with its area code, without the country code. */
const NATIONAL_DIGITS = 10;
/** A local number, which follows the area code, has 5, 6 or 7 digits. */
const LONGEST_LOCAL = 7;
const SHORTEST_LOCAL = 5;
/** The fewest digits of another country's number, with the country code. */
const FEWEST_FOREIGN = 8;
const LINE = /[\n\v\f\r\u2028\u2029]/;
const BLANK_AND_DASH = /\s[\p{Pd}\u2212\u2043]/u;
/** How people group ten digits: the area code of 3 to 5 digits, and the local number. */
const NATIONAL_GROUPS = new Set(['3,3,2,2', '3,3,4', '4,2,2,2', '5,1,2,2']);
/** No area code of Russia or Kazakhstan begins with these digits. */
const NO_AREA_CODE = /^[0125]/;

/**
 * Whether a slash, a line break or a dash after a space starts another number or an extension. It does,
 * unless the digits on both sides can only be one number.
 *
 * @param text a number of 10 or 11 digits with or without a plus, of Russia or an unknown country
 */
export function nationalIsSplit(text: string, hasPlus: boolean, isRussian: boolean): boolean {
	const { groups, gaps } = partsOf(text);
	const [head = ''] = groups;
	const prefix = groups.join('').length - NATIONAL_DIGITS;
	const isApart = prefix === 1 && head.length === 1;
	const national = isApart ? groups.slice(1) : [head.slice(prefix), ...groups.slice(1)];
	const code = national[0]!.length;
	const local = gaps.filter(({ left }) => left < NATIONAL_DIGITS - code);
	const codeGap = gaps.find(({ left }) => left === NATIONAL_DIGITS - code);
	const isGrouped =
		NATIONAL_GROUPS.has(national.map(({ length }) => length).join()) &&
		!(isRussian && NO_AREA_CODE.test(national[0]!));
	const isMarked = hasPlus || isApart || (prefix === 1 && isRussian) || codeGap?.closes === true;

	/** Whether the number continues after a gap. */
	const continues = ({ kind, left, closes }: Gap): boolean => {
		if (left >= LONGEST_LOCAL) return prefix === 0 || isMarked;
		if (closes && left >= SHORTEST_LOCAL) return true;
		if (left >= SHORTEST_LOCAL) {
			const isBehindCode = left === NATIONAL_DIGITS - code;
			return isBehindCode && (hasPlus || isApart || (prefix === 0 && code < SHORTEST_LOCAL));
		}
		if (kind === 'line' || !isGrouped) return false;
		const isUniform = local.every((other) => other.kind === kind);
		if (kind === 'slash') return isUniform && (isMarked || codeGap?.kind === 'slash');
		return isMarked || (isUniform && local.length > 1);
	};
	return gaps.some((gap) => gap.kind !== 'plain' && !continues(gap));
}

/** Checks as {@link nationalIsSplit} does, the number of another country, whose groups are not known. */
export function foreignIsSplit(text: string): boolean {
	const { groups, gaps } = partsOf(text);
	// "123 - 45 - 67" is usual in the countries around Russia.
	const isOneTail = /,3,2,2$/.test(groups.map(({ length }) => length).join());
	const tail = isOneTail ? gaps.slice(-2) : [];
	const isDashed = tail.length > 0 && tail.every(({ kind }) => kind === 'dash');
	const isEvenlyDashed =
		gaps.length > 2 &&
		gaps.every(({ kind }) => kind === 'dash') &&
		groups.every(({ length }) => length <= 4);
	return gaps.some((gap) => {
		if (gap.kind === 'plain') return false;
		if (gap.kind === 'line') return true;
		if (gap.kind === 'slash') return gap.before >= FEWEST_FOREIGN || gap.left < SHORTEST_LOCAL;
		return gap.before >= FEWEST_FOREIGN && !isEvenlyDashed && !(isDashed && tail.includes(gap));
	});
}

function partsOf(text: string): { groups: string[]; gaps: Gap[] } {
	const groups = text.match(/\d+/g) ?? [];
	let before = 0;
	let left = groups.join('').length;
	const between = text.split(/\d+/).slice(1, -1);
	const gaps = between.map((separators, at): Gap => {
		const { length } = groups[at]!;
		before += length;
		left -= length;
		return { kind: kindOf(separators), before, left, closes: /[)\]]/.test(separators) };
	});
	return { groups, gaps };
}

function kindOf(separators: string): Gap['kind'] {
	if (LINE.test(separators)) return 'line';
	if (separators.includes('/')) return 'slash';
	return BLANK_AND_DASH.test(separators) ? 'dash' : 'plain';
}

/** An area code in brackets at the beginning, without a country code before or inside them. */
const AREA_CODE_FIRST = /^\D*[([]\D*\d{3}\s*[)\]]/;
const LONE_LAST_DIGIT = /\d{2}\D+\d\D*$/;

/**
 * Whether the first of eleven digits, 7 or 8, is not a country code: if only the area code is in brackets, or
 * a single digit follows ten, the eleventh digit is an extension.
 */
export function hasDigitBehind(text: string): boolean {
	return AREA_CODE_FIRST.test(text) || LONE_LAST_DIGIT.test(text);
}
