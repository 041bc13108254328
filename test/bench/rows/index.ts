import type { Row } from '../row';
import { growth } from './growth';
import { orderCreate } from './row-01-order-create';
import { plainClient } from './row-02-plain-client';
import { orderStatus } from './row-03-order-status';
import { contactUpsert } from './row-04-contact-upsert';
import { exapiTrigger } from './row-05-exapi-trigger';
import { refused } from './row-06-refused';
import { elektrikTrigger } from './row-07-elektrik-trigger';
import { phoneHash } from './row-08-phone-hash';
import { userFind } from './row-09-user-find';
import { statusAnswer } from './row-10-status-answer';
import { queueMode } from './row-11-queue-mode';
import { packageStart } from './row-12-package-start';
import { recordGetAll } from './row-13-record-get-all';
import { recordUpsert } from './row-14-record-upsert';
import { documents } from './row-15-documents';

/** All rows. Queue mode comes early because it begins with the n8n that the row before ends with. */
export const ROWS: readonly Row[] = [
	orderCreate,
	plainClient,
	orderStatus,
	contactUpsert,
	exapiTrigger,
	queueMode,
	refused,
	elektrikTrigger,
	phoneHash,
	userFind,
	statusAnswer,
	packageStart,
	recordGetAll,
	recordUpsert,
	documents,
	growth,
];
