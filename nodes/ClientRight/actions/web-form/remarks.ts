import { describeItems } from '../../../shared/items';
import type { ClientRightRun } from '../operation';

const MAX_REMARKS = 5;

/** Collects what there is to say of items that were accepted, and shows one hint per reason. */
export class Remarks {
	private readonly items = new Map<string, number[]>();

	add(reason: string, item: number): void {
		this.items.set(reason, [...(this.items.get(reason) ?? []), item]);
	}

	/** Shows a few at most. */
	show(run: ClientRightRun): void {
		for (const [reason, items] of [...this.items].slice(0, MAX_REMARKS)) {
			const of = describeItems(items.toSorted((a, b) => a - b));
			run.node.addExecutionHints({ message: `Of ${of}: ${reason}.`, location: 'outputPane' });
		}
	}
}
