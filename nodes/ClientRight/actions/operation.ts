import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { HttpClient } from '../../shared/http';
import type { ParameterReader } from '../../shared/items';
import type { WebserviceClient } from '../webservice/client';
import type { ClientRightCredential } from '../webservice/credential';
import type { WritingRules } from '../webservice/records';
import type { RunHints } from './hints';

/** What an operation works with. */
export interface ClientRightRun {
	node: IExecuteFunctions;
	items: INodeExecutionData[];
	/** Those of the operation, for errors to call them as the editor does. */
	fields: readonly INodeProperties[];
	client: WebserviceClient;
	hints: RunHints;
	/** For what is no web service call: downloads. */
	send: HttpClient;
	credential: ClientRightCredential;
	parameter: ParameterReader;
	rules: WritingRules;
	/** Milliseconds for a request. */
	timeout: number;
	/** Requests at once. */
	concurrency: number;
	/** Give the CRM's answer as it came. */
	raw: boolean;
}

/** An operation: its fields in the editor and what it does, in one file each. */
export interface ClientRightOperation {
	fields: INodeProperties[];
	execute(run: ClientRightRun): Promise<INodeExecutionData[]>;
}
