import { createHash } from 'node:crypto';
import { SandboxControlError } from '../core/input';

/** An electrician of the portal. */
export interface Electrician {
	/** 7 and ten digits (docs/protocols/elektrik.md, 1.5). */
	phone: string;
	name: string;
	points: number;
}

/** An electrician to add; without a name and with no points, when absent. */
export type ElectricianSeed = Pick<Electrician, 'phone'> & Partial<Electrician>;

/** Invented electricians for a sandbox that a person looks at. No operator issues such phones. */
export const SAMPLE_ELECTRICIANS: readonly ElectricianSeed[] = [
	{ phone: '70000000001', name: 'Образцов Пример', points: 120 },
	{ phone: '70000000002', name: 'Пробная Анна', points: 0 },
	{ phone: '70000000003', name: 'Тестов Тест', points: 45 },
];

/** The electricians of the portal, found by phone or by the hash of phone and uid. */
export class Electricians {
	private readonly byPhone = new Map<string, Electrician>();
	private readonly byHash = new Map<string, Electrician>();

	/** @param uid of the distributor; it is part of every hash */
	constructor(readonly uid: string) {}

	/** In the order in which they were added. */
	all(): Electrician[] {
		return [...this.byPhone.values()];
	}

	find(phone: string): Electrician | undefined {
		return this.byPhone.get(phone);
	}

	findByHash(phoneHash: string): Electrician | undefined {
		return this.byHash.get(phoneHash);
	}

	/** md5 of phone and uid, lower-case hexadecimal (docs/protocols/elektrik.md, 1.6). */
	hashOf(phone: string): string {
		return createHash('md5').update(phone).update(this.uid).digest('hex');
	}

	/** @throws SandboxControlError for a phone that is none, or is there already */
	add({ phone, name = '', points = 0 }: ElectricianSeed): Electrician {
		checkPhone(phone);
		if (!(points >= 0 && Number.isFinite(points))) {
			throw new SandboxControlError('"points" must be a number, 0 or more');
		}
		if (this.byPhone.has(phone)) {
			throw new SandboxControlError(`There is an electrician with the phone ${phone} already`, 409);
		}
		const electrician = { phone, name, points };
		this.byPhone.set(phone, electrician);
		this.byHash.set(this.hashOf(phone), electrician);
		return electrician;
	}
}

/** @throws SandboxControlError for what is not 7 and ten digits */
export function checkPhone(phone: string): void {
	if (/^7\d{10}$/.test(phone)) return;
	throw new SandboxControlError(`"${phone}" is not a phone. Write 7 and ten digits: 70000000001`);
}
