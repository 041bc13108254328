import { clientRightClaim } from './clientright-claim';
import { clientRightDocuments } from './clientright-documents';
import { elektrikCheck } from './elektrik-check';
import { elektrikPoints } from './elektrik-points';
import { exapiOrderChanges } from './exapi-order-changes';
import { exapiOrders } from './exapi-orders';
import { exapiServer } from './exapi-server';
import type { Story } from './story';

/** What `npm start` runs, in this order. */
export const STORIES: readonly Story[] = [
	exapiOrders,
	exapiOrderChanges,
	exapiServer,
	clientRightClaim,
	clientRightDocuments,
	elektrikCheck,
	// It reports what the story before it put into a table.
	elektrikPoints,
];
