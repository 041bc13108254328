import { DEFAULT_QUIRKS as CLIENT_RIGHT_QUIRKS } from '../../../sandbox/clientright/quirks';
import { DEFAULT_QUIRKS as EXAPI_QUIRKS } from '../../../sandbox/exapi/quirks';
import { createSandbox } from '../../../sandbox/server';
import { readMarkdown } from './markdown';

const SYSTEMS = createSandbox().describe();
const { prose: page } = readMarkdown('docs/sandbox.md');

/** Rows of all tables whose first cell is code, as the two cells. */
const rows = [...page.matchAll(/^\| `([^`]+)`\s+\| (.*?)\s*\|$/gm)].map(([, first, second]) => [
	first,
	second,
]);

it('the page of the sandbox lists every address of the control API, and no other', () => {
	const routes = SYSTEMS.flatMap(({ controlUrl, routes: list }) =>
		list.map(({ method, path, about }) => {
			const isCommon = SYSTEMS.every((system) =>
				system.routes.some((route) => route.about === about && route.path === path),
			);
			const base = isCommon ? '/control/<system>' : controlUrl;
			return `${method} ${base}${path} | ${about}`;
		}),
	);

	const listed = rows
		.filter(([first = '']) => first.includes('/control/'))
		.map(([first, second]) => `${first} | ${second}`);
	expect(listed.sort()).toEqual([...new Set(routes)].sort());
});

it('the page of the sandbox lists every kind of fault and the systems that have it', () => {
	const [exapi, clientRight, elektrik] = SYSTEMS.map(({ faults }) => faults);
	const systemsOf = (kind: string) => {
		const having = [
			exapi!.includes(kind) && 'exapi',
			clientRight!.includes(kind) && 'ClientRight',
			elektrik!.includes(kind) && 'Elektrik.ru',
		].filter(Boolean);
		return having.length === SYSTEMS.length ? 'all' : having.join(', ');
	};
	const kinds = [...new Set(SYSTEMS.flatMap(({ faults }) => faults))];

	const [, table = ''] = page.split(/^\| Kind .*$/m);
	const listed = [...table.matchAll(/^\| `(\w+)`\s+\| (\S+)/gm)].map(
		([, kind, systems]) => `${kind}: ${systems}`,
	);
	expect(listed.sort()).toEqual(kinds.map((kind) => `${kind}: ${systemsOf(kind)}`).sort());
});

it.each([
	['exapi', EXAPI_QUIRKS],
	['ClientRight CRM', CLIENT_RIGHT_QUIRKS],
])('the page of the sandbox names the quirks of %s', (heading, quirks) => {
	const [, section = ''] = page.split(`### ${heading}\n`);
	const [, text = ''] = /^- Quirks: ([^]*?)\. The others/m.exec(section) ?? [];
	const named = [...text.replace(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, name]) => name);
	expect(named).toEqual(Object.keys(quirks));
});
