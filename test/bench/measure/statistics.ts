/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

/** The value below which this share of the values lies, between two of them in proportion. */
export function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const place = (sorted.length - 1) * share;
	const below = sorted[Math.floor(place)] ?? Number.NaN;
	const above = sorted[Math.ceil(place)] ?? Number.NaN;
	return below + (above - below) * (place - Math.floor(place));
}

/** From so many rounds on, quartiles say more than the extremes. */
const MANY = 8;

/**
 * How far the median may be off: half the range of a few values; of many 1.57 × interquartile range
 * ÷ √n, the notch of a box plot (McGill, Tukey and Larsen, "Variations of Box Plots", 1978): 1.7
 * standard errors of a median, within which the true one lies in 9 of 10 cases.
 */
export function noiseOf(values: readonly number[]): number {
	if (values.length < MANY) return (Math.max(...values) - Math.min(...values)) / 2;
	const range = quantile(values, 0.75) - quantile(values, 0.25);
	return (1.57 * range) / Math.sqrt(values.length);
}

/** A power of the count that fits the costs best: 1 is linear growth (least squares of logarithms). */
export function growthExponent(points: ReadonlyArray<{ count: number; cost: number }>): number {
	const logs = points.map(({ count, cost }) => ({ x: Math.log(count), y: Math.log(cost) }));
	const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const x = mean(logs.map((log) => log.x));
	const y = mean(logs.map((log) => log.y));
	const covariance = logs.reduce((sum, log) => sum + (log.x - x) * (log.y - y), 0);
	const variance = logs.reduce((sum, log) => sum + (log.x - x) ** 2, 0);
	return covariance / variance;
}
