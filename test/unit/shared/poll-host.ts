import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import { type PollResult, PollRunner, type PollTurn } from '../../../nodes/shared/polling';

/** The two ways in which n8n 2.41 polls; what they do with static data was read in its source. */
export const SCHEDULERS = ['ordinary', 'durable'] as const;
export type Scheduler = (typeof SCHEDULERS)[number];

/** What becomes of a poll's result. */
export const FATES = [
	'executed',
	/** It took too long, or the workflow was unpublished meanwhile. */
	'discarded',
	/** n8n saves the static data and creates the execution at the same time, and may die between. */
	'died before either',
	'died after saving',
	'died after executing',
] as const;
export type Fate = (typeof FATES)[number];

type Step<State, Event> = (
	state: State | undefined,
	turn: PollTurn,
) => Promise<PollResult<State, Event>>;

const MINUTE = 60_000;

/** n8n around a poll trigger, as far as it decides what arrives. */
export class PollHost<State extends object, Event extends { eventId: string }> {
	now = Date.parse('2026-03-10T09:00:00Z');
	/** What got an execution, by `eventId`. */
	readonly executed: string[] = [];
	/** The node's static data as the database has it. */
	saved = '{}';
	/** The ordinary scheduler keeps it in memory for as long as the workflow stays published. */
	private inMemory: IDataObject | undefined;
	private process = new PollRunner('process 0', () => this.now);
	private processes = 1;

	constructor(
		private readonly scheduler: Scheduler,
		private readonly step: Step<State, Event>,
		private readonly options: { budget?: number; former?: object } = {},
	) {}

	/** The state that the next poll would find in static data. */
	get state(): State | undefined {
		return this.staticData().slot as State | undefined;
	}

	/** n8n polls once when a workflow is published, and saves what the poll changed. */
	async publish(): Promise<void> {
		this.inMemory = JSON.parse(this.saved) as IDataObject;
		const data = this.inMemory;
		const events = await this.poll(data);
		this.saved = JSON.stringify(data);
		this.executed.push(...events.map(({ eventId }) => eventId));
	}

	async tick(fate: Fate = 'executed'): Promise<void> {
		const data = this.staticData();
		const events = await this.poll(data);
		if (fate === 'discarded') {
			this.inMemory = undefined;
			return;
		}
		if (events.length > 0 && fate !== 'died before either') {
			if (fate !== 'died after executing') this.saved = JSON.stringify(data);
			if (fate !== 'died after saving') {
				this.executed.push(...events.map(({ eventId }) => eventId));
			}
		}
		if (fate !== 'executed') await this.restart();
	}

	/** A new process; the ordinary scheduler publishes anew. */
	async restart(): Promise<void> {
		this.inMemory = undefined;
		this.process = new PollRunner(`process ${this.processes}`, () => this.now);
		this.processes += 1;
		if (this.scheduler === 'ordinary') await this.publish();
	}

	/** Another main process of the same n8n polls from now on; both live. */
	switchTo(main: PollRunner): PollRunner {
		const previous = this.process;
		this.process = main;
		return previous;
	}

	async after(minutes: number, fate?: Fate): Promise<void> {
		this.now += minutes * MINUTE;
		await this.tick(fate);
	}

	/** A poll that n8n's engine is not told of: for polls that overlap. */
	async poll(data = this.staticData()): Promise<Event[]> {
		return await this.process.run<State, Event>(
			this.nodeWith(data),
			{
				name: 'slot',
				source: 'somewhere',
				...(this.options.former && { former: this.options.former as never }),
			},
			this.step,
		);
	}

	private staticData(): IDataObject {
		if (this.scheduler === 'durable') return JSON.parse(this.saved) as IDataObject;
		this.inMemory ??= JSON.parse(this.saved) as IDataObject;
		return this.inMemory;
	}

	private nodeWith(data: IDataObject): IPollFunctions {
		const node = {
			getNode: () => ({ id: 'node', name: 'Trigger' }),
			getWorkflow: () => ({ id: 'workflow' }),
			getWorkflowStaticData: () => data,
			getPollBudgetMs: () => this.options.budget ?? MINUTE,
		};
		return node as unknown as IPollFunctions;
	}
}
