import type { GrowthLine } from '../row';

const WIDTH = 420;
const HEIGHT = 300;
const MARGIN = { left: 62, right: 14, top: 34, bottom: 44 };
const COLORS = ['#c2410c', '#1d4ed8', '#15803d'];

interface Panel {
	title: string;
	unit: (value: number) => string;
	value: (point: GrowthLine['points'][number]) => number;
}

const PANELS: readonly Panel[] = [
	{
		title: 'Time by items',
		unit: (ms) => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`),
		value: ({ milliseconds }) => milliseconds,
	},
	{
		title: 'Peak memory by items',
		unit: (megabytes) => `${megabytes} MB`,
		value: ({ peakBytes }) => Math.max(0.1, peakBytes / 1024 / 1024),
	},
];

/** An SVG with time and memory over the number of items, both axes logarithmic. */
export function growthPlot(lines: readonly GrowthLine[]): string {
	const panels = PANELS.map((panel, index) => {
		return `<g transform="translate(${index * WIDTH} 0)">\n${drawPanel(panel, lines)}\n</g>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH * PANELS.length} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="#334155">
<title>How time and memory grow with the number of items</title>
<rect width="100%" height="100%" fill="#ffffff"/>
${panels.join('\n')}
</svg>
`;
}

function drawPanel({ title, unit, value }: Panel, lines: readonly GrowthLine[]): string {
	const points = lines.flatMap((line) => line.points);
	const x = scale(
		points.map(({ count }) => count),
		[MARGIN.left, WIDTH - MARGIN.right],
	);
	const y = scale(points.map(value), [HEIGHT - MARGIN.bottom, MARGIN.top]);
	const grid = [
		...x.ticks.map((tick) => {
			const at = x.place(tick).toFixed(1);
			const label = `<text x="${at}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${tick.toLocaleString('en')}</text>`;
			return `<line x1="${at}" x2="${at}" y1="${MARGIN.top}" y2="${HEIGHT - MARGIN.bottom}" stroke="#e2e8f0"/>${label}`;
		}),
		...y.ticks.map((tick) => {
			const at = y.place(tick).toFixed(1);
			const label = `<text x="${MARGIN.left - 6}" y="${at}" dy="4" text-anchor="end">${unit(tick)}</text>`;
			return `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${at}" y2="${at}" stroke="#e2e8f0"/>${label}`;
		}),
	];
	const drawn = lines.map(({ name, points: own }, index) => {
		const color = COLORS[index % COLORS.length] ?? '#000000';
		const places = own.map((point) => [x.place(point.count), y.place(value(point))] as const);
		const path = places.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join(' ');
		const dots = places.map(
			([px, py]) => `<circle cx="${px.toFixed(1)}" cy="${py.toFixed(1)}" r="3" fill="${color}"/>`,
		);
		const label = `<text x="${MARGIN.left + 8}" y="${MARGIN.top + 16 + 16 * index}" fill="${color}">${name}</text>`;
		return `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="2"/>${dots.join('')}${label}`;
	});
	const heading = `<text x="${MARGIN.left}" y="20" font-weight="bold">${title}</text>`;
	return [heading, ...grid, ...drawn].join('\n');
}

/** A logarithmic scale over whole powers of ten. */
function scale(
	values: readonly number[],
	[from, to]: [number, number],
): { place: (value: number) => number; ticks: number[] } {
	const low = Math.floor(Math.log10(Math.min(...values)));
	const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
	return {
		place: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from),
		ticks: Array.from({ length: high - low + 1 }, (_, index) => Number(`1e${low + index}`)),
	};
}
