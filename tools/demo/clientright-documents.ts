import { outputOf } from '../n8n/execution';
import { lastPageOf, submitForm, wordsOf, type ChosenFile } from '../n8n/form';
import { clientRightClaim } from './clientright-claim';
import type { Stage, Story, StoryResult } from './story';

/** A file of the form: the field's label, its title in the CRM, and what is chosen. */
interface ClaimDocument {
	label: string;
	title: string;
	file: ChosenFile;
}

const pdf = (name: string, content: string): ChosenFile => ({
	name,
	mimeType: 'application/pdf',
	content: `%PDF-1.4\n% ${content}\n%%EOF\n`,
});

/** What a client chooses in the form. */
export const CLAIM_DOCUMENTS: readonly ClaimDocument[] = [
	{ label: 'Договор', title: 'договор', file: pdf('Договор № 7.pdf', 'The contract itself') },
	{
		label: 'Подтверждение оплаты',
		title: 'подтверждение оплаты',
		file: pdf('Чек.pdf', 'The receipt itself'),
	},
];

/** What a client enters in the form. */
export const CLAIM_WITH_DOCUMENTS: Readonly<Record<string, string>> = {
	Имя: 'Проба',
	Фамилия: 'Документова',
	'Дата рождения': '1991-02-03',
	'Мобильный телефон': '+7 900 000-00-07',
	'Ваш ИНН': '400000000007',
	'Код из СМС': '7007',
	Компания: 'ООО «Школа Пример»',
	'ИНН компании': '7100000002',
	'ОГРН компании': '1000000000002',
	'Предмет договора': 'Курс «Основы»',
	'Что случилось': 'Занятия так и не начались.',
};

/** A client sends a form with two files: placeholders register her, the real files replace them. */
export const clientRightDocuments: Story = {
	title: 'ClientRight: a claim with documents',
	workflow: 'clientright-documents.json',
	credentials: (address) => clientRightClaim.credentials(address),

	async run({ rest, sandbox }: Stage, workflowId): Promise<StoryResult> {
		const { crm } = sandbox.clientright;
		await rest.activate(workflowId);
		const files = CLAIM_DOCUMENTS.map(({ label, file }) => [label, file] as const);
		const values = { ...CLAIM_WITH_DOCUMENTS, ...Object.fromEntries(files) };
		const next = await submitForm(`${rest.url}/form/claim-with-documents`, values);
		const page = wordsOf(await lastPageOf(next));
		const [newest = ''] = await rest.executionIds(workflowId);
		// It waits for the browser to leave its last page.
		const outcome = await rest.execution(newest);
		const problems = outcome.error ? [outcome.error.message] : [];
		if (outcome.error) return { table: [], problems };

		const [client] = outputOf(outcome, 'Register client');
		const [claim] = outputOf(outcome, 'Create the claim');
		const listed = outputOf(outcome, 'List files').map(({ json }) => json);
		const replaced = outputOf(outcome, 'Put the real file').map(({ json }) => json);
		const clientId = textOf(client?.json.recordId).split('x').at(-1);
		const { contactid } = crm.record(textOf(claim?.json.projectId))?.fields ?? {};
		if (contactid !== clientId) problems.push('The claim is not of the client who was registered.');
		if (!page.includes('Мы получили ваше обращение')) problems.push('The client was not thanked.');
		for (const { title, file } of CLAIM_DOCUMENTS) {
			const path = replaced.find((one) => one.title === title)?.path;
			const stored = typeof path === 'string' ? crm.fileContent(path)?.toString() : undefined;
			if (stored !== file.content) problems.push(`The CRM does not have the real file "${title}".`);
		}
		const pathOf = (list: typeof listed, title: string) =>
			textOf(list.find((one) => one.title === title)?.path);
		return {
			table: [
				['File', 'Placeholder at', 'Real file at'],
				...CLAIM_DOCUMENTS.map(({ title }) => [
					title,
					pathOf(listed, title),
					pathOf(replaced, title),
				]),
			],
			problems,
		};
	},
};

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '?';
}
