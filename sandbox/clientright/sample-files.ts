import type { FileSeed } from './record-types';

/** Titles as the CRM's files have them (docs/protocols/clientright.md, 4.4), for a sandbox that a person tries. */
export const SAMPLE_FILES: readonly FileSeed[] = [
	{ title: 'договор' },
	{ title: 'подтверждение оплаты' },
	{ title: 'Скриншот "личного кабинета"' },
];
