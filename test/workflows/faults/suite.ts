import type { INodeProperties } from 'n8n-workflow';
import {
	committedIntroduction,
	committedSection,
	expectedIntroduction,
	REWRITES,
	writeSection,
} from './committed';
import { sectionOf } from './document';
import { stopWatchingLogs, watchLogs } from './log-watch';
import { FAULTS, PLAYS_ALL_MODES, playMatrix, playUndisturbed, type Cell } from './matrix';
import { brokenRules } from './rules';
import type { Observation, Service } from './subject';
import { answerForUnknownHost } from './unknown-host';

const LONGEST = 10 * 60_000;

/** The tests of one service: every operation with every fault, and what the document says of it. */
export function describeFaults(service: Service, properties: readonly INodeProperties[]): void {
	describe(`${service.title}, whatever goes wrong`, () => {
		let cells: Cell[] = [];
		const undisturbed = new Map<string, Observation>();

		let lookup: jest.SpyInstance;

		beforeAll(async () => {
			lookup = answerForUnknownHost();
			watchLogs();
			for (const subject of service.subjects) {
				undisturbed.set(subject.title, await playUndisturbed(service, subject));
			}
			cells = await playMatrix(service);
			stopWatchingLogs();
			if (REWRITES) writeSection(service.title, sectionOf(service, cells));
		}, LONGEST);
		afterAll(() => {
			stopWatchingLogs();
			lookup.mockRestore();
		});

		it('is about every operation of the node', () => {
			const played = service.subjects.map(({ operation }) => operation);
			expect(
				[...new Set([...played, ...service.local, ...(service.elsewhere ?? [])])].sort(),
			).toEqual(operationsIn(properties).sort());
		});

		it.each(service.subjects)('works without a fault: $title', ({ title }) => {
			expect(undisturbed.get(title)).toMatchObject({ works: true, leaks: [] });
		});

		it.each(FAULTS.filter(({ only }) => only?.includes(service.name) ?? true))(
			'$title',
			(fault) => {
				const struck = cells.filter((cell) => cell.fault === fault);
				expect(struck.length).toBeGreaterThan(0);
				expect(
					struck.flatMap((cell) =>
						brokenRules(service, cell, undisturbed.get(cell.subject.title)!),
					),
				).toEqual([]);
			},
		);

		(PLAYS_ALL_MODES ? it : it.skip)('is what docs/faults.md says', () => {
			expect(committedIntroduction()).toBe(expectedIntroduction());
			expect(committedSection(service.title)).toBe(sectionOf(service, cells));
		});
	});
}

function operationsIn(properties: readonly INodeProperties[]): string[] {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ options = [], displayOptions }) =>
			options
				.filter((option) => 'value' in option)
				.map(({ value }) => `${resourceOf(displayOptions?.show?.resource)}.${value}`),
		);
}

function resourceOf(shownFor: readonly unknown[] = []): string {
	return shownFor.filter((resource) => typeof resource === 'string').join();
}
