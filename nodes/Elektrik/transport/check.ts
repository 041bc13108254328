import type { HttpClient } from '../../shared/http';
import type { UserCheck } from '../protocol';
import type { SendOptions } from './portal';

/** What asks a distributor's endpoint about an electrician, as the portal does. */
export type Checker = (
	phoneHash: string,
	options: SendOptions,
) => Promise<{
	check: UserCheck;
	/** The answer as it came. */
	raw: unknown;
}>;

/** The endpoint to ask and the way to it. */
export interface CheckedEndpoint {
	/** Complete; for SOAP its WSDL is at the same address with `?wsdl`. */
	endpoint: string;
	allowUnauthorizedCerts: boolean;
	send: HttpClient;
}
