import type { IDataObject } from 'n8n-workflow';

/** What the workflows of the bench have for input. */
export type SampleKind =
	'orders' | 'orderIds' | 'contacts' | 'clients' | 'phonesAsTyped' | 'cleanPhones' | 'nothing';

/** Order numbers must be new to the CRM in every round. */
let round = 0;

const FORMS: ReadonlyArray<(digits: string) => string> = [
	(d) => `+7 (${d.slice(0, 3)}) ${d.slice(3, 6)}-${d.slice(6, 8)}-${d.slice(8)}`,
	(d) => `8${d}`,
	(d) => `7${d}`,
	(d) => `8 ${d.slice(0, 3)} ${d.slice(3, 6)} ${d.slice(6)}`,
];

/** Ten digits of a phone, different for each index. */
function nationalNumber(index: number): string {
	return String(9_000_000_000 + index);
}

const SAMPLES: Record<SampleKind, (index: number) => IDataObject> = {
	orders: (index) => ({
		orderId: `B-${process.pid}-${round}-${index}`,
		goodName: 'Чайник / 2 л',
		phone: '+7 999 123-45-67',
		quantity: 1 + (index % 3),
	}),
	orderIds: (index) => ({ orderId: `S-${index}` }),
	contacts: (index) => ({
		firstName: 'Василий',
		lastName: 'Пупкинидзе',
		mobile: `+7${nationalNumber(index)}`,
		birthday: '1986-11-15',
		inn: '321654987654',
	}),
	/** As a module of a vtiger calls the fields. */
	clients: (index) => ({
		firstname: 'Василий',
		lastname: 'Пупкинидзе',
		mobile: `+7${nationalNumber(index)}`,
		birthday: '1986-11-15',
	}),
	phonesAsTyped: (index) => ({
		phone: FORMS[index % FORMS.length]!(nationalNumber(index)),
		points: index,
	}),
	cleanPhones: (index) => ({ phone: `7${nationalNumber(index)}`, points: index }),
	nothing: () => ({}),
};

/** Invented items, the same for both sides; orders have new numbers at each call. */
export function sample(kind: SampleKind, count: number): IDataObject[] {
	round += 1;
	return Array.from({ length: count }, (_, index) => SAMPLES[kind](index));
}
