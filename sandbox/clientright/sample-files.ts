import type { FileSeed } from './record-types';

/** Titles as in the document's example, for a sandbox that a person tries. */
export const SAMPLE_FILES: readonly FileSeed[] = [
	{ title: 'договор' },
	{ title: 'подтверждение оплаты' },
	{ title: 'Скриншот "личного кабинета"' },
];
