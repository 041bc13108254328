import { mapped } from './clientright-bench';
import { hashOf, startElektrikBench } from './elektrik-bench';
import { startExapiBench } from './exapi-bench';

/** As n8n reads a CSV of Excel: a byte order mark in front of the first column, no-break spaces. */
describe('columns that a spreadsheet’s CSV spoilt', () => {
	it('are found for orders', async () => {
		const bench = await startExapiBench();
		try {
			const input = [{ '\ufefforderId': 'A-1', 'goodName\u00a0': 'Чайник', ' phone ': '1' }];
			const { error } = await bench.run('order.create', mapped, { input });
			expect(error).toBeUndefined();
			expect(bench.crm.order('A-1')?.fields).toMatchObject({ good_id: 'Чайник', phone: '1' });
			const { items } = await bench.run('order.getStatus', mapped, { input });
			expect(items[0]?.json).toMatchObject({ orderId: 'A-1' });
			const twice = [{ ...input[0], 'orderId\u00a0': 'A-2' }];
			const refused = await bench.run('order.create', mapped, { input: twice });
			expect(refused.error?.message).toContain('"\\ufefforderId" and "orderId\\u00a0"');
		} finally {
			await bench.stop();
		}
	});

	it('are found for points', async () => {
		const bench = await startElektrikBench();
		try {
			const input = [{ '\ufeffphone': '8 900 000-00-01', 'points\u00a0': 7 }];
			const { error } = await bench.run('user.updatePoints', mapped, { input });
			expect(error).toBeUndefined();
			expect(JSON.stringify(bench.updates())).toContain(hashOf('79000000001'));
		} finally {
			await bench.stop();
		}
	});
});
