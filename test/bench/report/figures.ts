import type { Comparison, Unit } from '../measure/comparison';
import { median } from '../measure/statistics';

/** A figure for a person: three digits, in the unit that reads best. */
export function figure(value: number, unit: Unit): string {
	switch (unit) {
		case 'ms':
			return value < 1000 ? `${digits(value)} ms` : `${digits(value / 1000)} s`;
		case 'ns an item':
			return value < 1000 ? `${digits(value)} ns` : `${digits(value / 1000)} µs`;
		case 'bytes an item':
			return `${digits(value)} B`;
		case 'requests/s':
			return `${digits(value)}/s`;
	}
}

/** The median of a side's rounds. */
export function medianFigure(values: readonly number[], unit: Comparison['unit']): string {
	return figure(median(values), unit);
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
	if (!Number.isFinite(value)) return '–';
	if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
	return value.toPrecision(Math.abs(value) >= 10 ? 3 : 2);
}

/** Memory that a process grew by; less than a kilobyte is lost in what its heap has to spare. */
export function grownBy(bytes: number): string {
	return bytes < 1024 ? 'less than 1 kB' : `${digits(bytes / 1024)} kB`;
}
