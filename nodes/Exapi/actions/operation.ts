import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { RunOptions } from '../../shared/fields';
import type { ParameterReader } from '../../shared/items';
import type { ExapiCredential } from '../transport/credential';
import type { ExapiClient } from '../transport/exapi-client';

/** What an operation works with. */
export interface ExapiRun {
	node: IExecuteFunctions;
	items: INodeExecutionData[];
	/** Those of the operation, for errors to call them as the editor does. */
	fields: readonly INodeProperties[];
	client: ExapiClient;
	credential: ExapiCredential;
	parameter: ParameterReader;
	options: RunOptions;
	/** Give the CRM's own names and values instead of ours. */
	raw: boolean;
}

/** An operation: its fields in the editor and what it does, in one file each. */
export interface ExapiOperation {
	fields: INodeProperties[];
	execute(run: ExapiRun): Promise<INodeExecutionData[]>;
}
