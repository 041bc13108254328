import type { OrderSeed } from './order-types';

/** Invented orders for a sandbox that a person looks at, in different statuses. */
export const SAMPLE_ORDERS: readonly OrderSeed[] = [
	{
		orderId: 'sample-1',
		fields: {
			good_id: 'Настольная лампа',
			kolvo: 1,
			fio: 'Образцов Пример Примерович',
			phone: '+70000000001',
			address: 'г. Примерск, ул. Пробная, д. 1',
		},
	},
	{
		orderId: 'sample-2',
		status: 'confirmed',
		comment: 'Доставка после обеда',
		calls: [
			{ date: '2026-01-15T10:05:00', state: 0, recall: '2026-01-15T12:00:00' },
			{ date: '2026-01-15T12:01:00', state: 1, comment: 'Заказ подтверждён' },
		],
		createdAt: '2026-01-15T10:00:00',
		approvedAt: '2026-01-15T12:03:00',
		fields: {
			good_id: 'Чайник',
			kolvo: 2,
			fio: 'Пробная Анна Тестовна',
			phone: '+70000000002',
		},
		details: {
			zipCode: '000002',
			city: 'г. Примерск',
			street: 'ул. Пробная',
			house: '2',
			flat: '20',
			deliveryCost: 390,
			deliveryDate: '2026-01-18',
			deliveryStime: '14:00:00',
			deliveryEtime: '18:00:00',
			goodItems: [{ goodName: 'Чайник', goodArticle: 'KET-2', price: 1590, quantity: 2 }],
		},
	},
	{
		orderId: 'sample-3',
		status: 'rejected',
		comment: 'Передумал',
		calls: [{ date: '2026-01-16T09:30:00', state: 1, comment: 'Передумал' }],
		createdAt: '2026-01-16T09:00:00',
		fields: { good_id: 'Часы', kolvo: 1, fio: 'Тестов Тест', phone: '+70000000003' },
	},
];
