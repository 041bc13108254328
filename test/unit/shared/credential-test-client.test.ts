import { createCredentialTestClient } from '../../../nodes/shared/http';

afterEach(() => jest.restoreAllMocks());

it.each([undefined, 14_000])(
	'a credential test ends after 15 s in all, and names them (remaining: %p)',
	async (remaining) => {
		const send = createCredentialTestClient({ request: async () => await new Promise(() => {}) });
		const now = Date.now.bind(Date);
		jest.spyOn(Date, 'now').mockImplementation(() => now() + 14_800);
		const startedAt = performance.now();
		const sent = send({
			url: 'https://crm.example.com/',
			method: 'GET',
			timeout: 15_000,
			...(remaining === undefined ? {} : { remaining }),
			maxAnswerBytes: 1_000,
			allowUnauthorizedCerts: false,
		});
		await expect(sent).rejects.toMatchObject({
			message: 'crm.example.com did not respond within 15 s',
		});
		expect(performance.now() - startedAt).toBeLessThan(3_000);
	},
);
