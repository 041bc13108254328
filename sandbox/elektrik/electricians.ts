import { createHash } from 'node:crypto';
import { SandboxControlError } from '../control';

/** An electrician of the portal. */
export interface Electrician {
	/** 7 and ten digits (docs/protocols/elektrik.md, 1.5). */
	phone: string;
	name: string;
	points: number;
}

/** An electrician to put in; without a name and with no points, when absent. */
export type ElectricianSeed = Pick<Electrician, 'phone'> & Partial<Electrician>;

export type ElectricianChange = Partial<Omit<Electrician, 'phone'>>;

/** The electricians of the portal, found by phone or by the hash of phone and uid. */
export class Electricians {
	private readonly byPhone = new Map<string, Electrician>();
	private readonly byHash = new Map<string, Electrician>();

	/** @param currentUid the distributor's uid, which is part of every hash */
	constructor(private currentUid: string) {}

	get uid(): string {
		return this.currentUid;
	}

	set uid(uid: string) {
		this.currentUid = uid;
		this.byHash.clear();
		for (const electrician of this.byPhone.values()) this.index(electrician);
	}

	/** In the order in which they were put in. */
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
		return createHash('md5').update(phone).update(this.currentUid).digest('hex');
	}

	/** @throws SandboxControlError for a phone that is none, or is there already */
	add({ phone, name = '', points = 0 }: ElectricianSeed): Electrician {
		checkPhone(phone);
		checkPoints(points);
		if (this.byPhone.has(phone)) {
			throw new SandboxControlError(`There is an electrician with the phone ${phone} already`, 409);
		}
		const electrician = { phone, name, points };
		this.byPhone.set(phone, electrician);
		this.index(electrician);
		return electrician;
	}

	remove(phone: string): boolean {
		this.byHash.delete(this.hashOf(phone));
		return this.byPhone.delete(phone);
	}

	clear(): void {
		this.byPhone.clear();
		this.byHash.clear();
	}

	private index(electrician: Electrician): void {
		this.byHash.set(this.hashOf(electrician.phone), electrician);
	}
}

/** @throws SandboxControlError for what is not 7 and ten digits */
export function checkPhone(phone: string): void {
	if (/^7\d{10}$/.test(phone)) return;
	throw new SandboxControlError(`"${phone}" is not a phone. Write 7 and ten digits: 70000000001`);
}

/** @throws SandboxControlError for what is not a number, 0 or more */
export function checkPoints(points: number): void {
	if (points >= 0 && Number.isFinite(points)) return;
	throw new SandboxControlError('"points" must be a number, 0 or more');
}
