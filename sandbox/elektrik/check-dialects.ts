import type { LoopbackAnswer, LoopbackRequest } from '../loopback';
import type { CheckAnswer } from './check-answer';
import { readJsonAnswer, writeJsonCheck } from './json-check';
import { readSoapAnswer, writeSoapCheck, type SoapForm } from './soap-check';

/** How the portal asks: JSON (docs/protocols/elektrik.md, 2.1) or SOAP 1.2 (4.1). */
export const CHECK_PROTOCOLS = ['json', 'soap'] as const;

export type CheckProtocol = (typeof CHECK_PROTOCOLS)[number];

/** One way to ask. */
export interface CheckDialect {
	write(phoneHash: string, form: SoapForm): LoopbackRequest;
	read(answer: Exclude<LoopbackAnswer, 'closed'>): CheckAnswer;
}

export const CHECK_DIALECTS: Readonly<Record<CheckProtocol, CheckDialect>> = {
	json: { write: writeJsonCheck, read: readJsonAnswer },
	soap: { write: writeSoapCheck, read: readSoapAnswer },
};
