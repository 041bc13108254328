import type { ControlRoute } from '../core/control-routes';
import { Controls } from '../core/controls';
import { FaultPlan } from '../core/faults';
import { CountByName, RequestLog } from '../core/log';
import { checkFields, objectIn, SandboxControlError } from '../core/input';
import { askDistributor, type CheckExchange, type PortalCheck } from './check';
import { Electricians, type Electrician, type ElectricianSeed } from './electricians';
import { FAULT_RULES, type Fault, type ReceivedUpdate } from './faults';

/** The distributor of a sandbox that is given none. Invented, of no use anywhere else. */
export const SANDBOX_DISTRIBUTOR = { uid: '5a4d0b0e5a4d0b0e5a4d0b0e5a4d0b0e' } as const;

export interface ElektrikOptions {
	/** The distributor's uid; default that of {@link SANDBOX_DISTRIBUTOR}. */
	uid?: string;
	/** Default none. */
	electricians?: readonly ElectricianSeed[];
}

/** All that the portal remembers of one distributor. */
export interface PortalState {
	readonly electricians: Electricians;
	readonly log: RequestLog<ReceivedUpdate>;
	readonly faults: FaultPlan<Fault, ReceivedUpdate>;
	/** Requests that stored points, by phone. */
	readonly updates: CountByName;
}

/** @throws SandboxControlError for invalid electricians */
export function createState(options: ElektrikOptions): PortalState {
	const electricians = new Electricians(options.uid ?? SANDBOX_DISTRIBUTOR.uid);
	options.electricians?.forEach((seed) => electricians.add(seed));
	return {
		electricians,
		log: new RequestLog(),
		faults: new FaultPlan(FAULT_RULES),
		updates: new CountByName(),
	};
}

/** An electrician and what happened to them; a copy, as of now. */
export type ElectricianView = Electrician & {
	/** md5 of phone and uid: the name of an electrician between distributors and portal. */
	phoneHash: string;
	/** How many requests stored points. */
	timesUpdated: number;
};

/** The controls of a sandbox portal. */
export class ElektrikPortal extends Controls<Fault, ReceivedUpdate, PortalState> {
	constructor(
		state: PortalState,
		private readonly options: ElektrikOptions,
	) {
		super(state);
	}

	/** In the order in which they were added. */
	electricians(): ElectricianView[] {
		return this.state.electricians.all().map((electrician) => this.view(electrician));
	}

	/** @param phone 7 and ten digits */
	electrician(phone: string): ElectricianView | undefined {
		const electrician = this.state.electricians.find(phone);
		return electrician && this.view(electrician);
	}

	/** @throws SandboxControlError for an invalid phone, or one that exists already */
	seed(...seeds: ElectricianSeed[]): ElectricianView[] {
		return seeds.map((seed) => this.view(this.state.electricians.add(seed)));
	}

	/** md5 of a phone (7 and ten digits) and the distributor's uid, as the portal writes phones. */
	phoneHash(phone: string): string {
		return this.state.electricians.hashOf(phone);
	}

	/** Asks a distributor's webhook about an electrician, see {@link askDistributor}. */
	async check(check: PortalCheck): Promise<CheckExchange> {
		return await askDistributor(check, this.state.electricians);
	}

	override reset(): void {
		Object.assign(this.state, createState(this.options));
	}

	override overview(): object {
		return { faults: this.faults(), electricians: this.electricians() };
	}

	/** The whole control API. */
	routes(): ControlRoute[] {
		return [
			...this.commonRoutes(),
			{
				method: 'POST',
				path: '/electricians',
				about: 'Adds an electrician: `phone`, `name`, `points`',
				run: ({ body }) => {
					const { phone, ...more } = objectIn(body);
					checkFields(more, { name: 'text', points: 'number' });
					if (typeof phone !== 'string') throw new SandboxControlError('"phone" is missing');
					return this.seed({ phone, ...more })[0];
				},
			},
			{
				method: 'POST',
				path: '/check',
				about: 'Asks a webhook on this machine about an electrician, as the portal does',
				run: async ({ body }) => {
					const { url, ...more } = objectIn(body);
					checkFields(more, {
						protocol: 'text',
						phone: 'text',
						phoneHash: 'text',
						arParameters: 'yes or no',
						timeoutMs: 'number',
					});
					if (typeof url === 'string') return await this.check({ url, ...more });
					throw new SandboxControlError('"url" is missing: the whole address of the webhook');
				},
			},
		];
	}

	private view(electrician: Electrician): ElectricianView {
		return {
			...electrician,
			phoneHash: this.phoneHash(electrician.phone),
			timesUpdated: this.state.updates.of(electrician.phone),
		};
	}
}
