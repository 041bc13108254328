import fc from 'fast-check';

/** Whether the full counts are asked for: `npm run fuzz`, `npm run test:long`. */
export const LONG = process.env.PARTNER_EXCHANGE_LONG === '1';

/** `npm test` says the same of the same code each time; the long run looks for what is new. */
const SEED = LONG ? {} : { seed: 2_026 };

/** How often a property is tried. */
export const RUNS = { numRuns: LONG ? 20_000 : 300, ...SEED };
/** The same for inputs of many kilobytes. */
export const LARGE_RUNS = { numRuns: LONG ? 2_000 : 40, ...SEED };
const LARGEST = LONG ? 1024 * 1024 : 64 * 1024;

/** Names that objects have from birth, and those of the three protocols. */
const name = fc.oneof(
	fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then'),
	fc.constantFrom('sender', 'sign', 'request', 'answer', 'method', 'params', 'id', 'result'),
	fc.constantFrom('rev', 'orders', 'nmb', 'number', 'status', 'call_log', 'goodItems', 'orderId'),
	fc.constantFrom('exist', 'points', 'phone', 'action', 'success', 'error', 'files', 'path'),
	fc.constantFrom('0', '1', '-1', '4294967295', '1e9', ' 1', ''),
	fc.string({ maxLength: 8 }),
);
const scalar = fc.oneof(
	fc.constantFrom<unknown>(null, true, false, 0, -0, 1e308, -1, 2 ** 53, 0.1, '', '0', ' ', 'null'),
	fc.constantFrom(
		'0000-00-00 00:00:00',
		'2026-01-31 15:30:00',
		'2026-02-30',
		'9999999999999',
		'R/P1D',
	),
	fc.constantFrom('\u0000', '\ud800', '\ufeff', '\u202e', '𝟙', '٣', 'ﬀ', '🜁'.repeat(20), '%', "'"),
	fc.string({ unit: 'binary', maxLength: 20 }),
	fc.double(),
	fc.integer(),
);
const nested = fc.letrec<{ value: unknown }>((tie) => ({
	value: fc.oneof(
		{ maxDepth: 5, withCrossShrink: true },
		scalar,
		fc.array(tie('value'), { maxLength: 5 }),
		fc.array(fc.tuple(name, tie('value')), { maxLength: 6 }).map(objectOf),
	),
}));

/** As a partner's JSON is once it was parsed: `__proto__` is a field like any other. */
export const json: fc.Arbitrary<unknown> = nested.value.map(
	(value) => JSON.parse(JSON.stringify(value)) as unknown,
);

/** What an expression of n8n may give, dates and class instances among it. */
export const anything: fc.Arbitrary<unknown> = fc.oneof(
	json,
	fc.anything({ withDate: true, withBigInt: true, withMap: true, maxDepth: 3 }),
);

function objectOf(entries: ReadonlyArray<[string, unknown]>): object {
	// Defined, not assigned: `__proto__` would be taken for the prototype.
	return Object.fromEntries(entries);
}

/** Text that begins as something meaningful and was cut, doubled and sprinkled. */
export function broken(seeds: readonly string[], tokens: readonly string[]): fc.Arbitrary<string> {
	const piece = fc.oneof(fc.constantFrom(...tokens), fc.string({ unit: 'binary', maxLength: 6 }));
	const edit = fc.record({ at: fc.nat(), removed: fc.nat(12), piece, times: fc.nat(4) });
	return fc
		.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 6 }))
		.map(([seed, edits]) =>
			edits.reduce((text, { at, removed, piece: inserted, times }) => {
				const start = at % (text.length + 1);
				return text.slice(0, start) + inserted.repeat(times) + text.slice(start + removed);
			}, seed),
		);
}

/** A meaningful text with a token of it repeated for many kilobytes: what slow patterns fear. */
export function pumped(seeds: readonly string[], tokens: readonly string[]): fc.Arbitrary<string> {
	const token = fc.constantFrom(...tokens);
	return fc
		.record({
			seed: fc.constantFrom(...seeds),
			at: fc.nat(),
			pump: fc.array(token, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('')),
			size: fc.integer({ min: 4 * 1024, max: LARGEST }),
		})
		.map(({ seed, at, pump, size }) => {
			const start = at % (seed.length + 1);
			const repeated = pump.repeat(Math.ceil(size / Math.max(1, pump.length)));
			return seed.slice(0, start) + repeated + seed.slice(start);
		});
}
