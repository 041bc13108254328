import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import type { HttpClient } from '../../shared/http';
import type { ParameterReader } from '../../shared/items';
import type { ElektrikCredential } from '../transport/credential';

/** What an operation works with. */
export interface ElektrikRun {
	node: IExecuteFunctions;
	items: INodeExecutionData[];
	/** Those of the operation, for errors to call them as the editor does. */
	fields: readonly INodeProperties[];
	send: HttpClient;
	credential: ElektrikCredential;
	parameter: ParameterReader;
}

/** An operation: its fields in the editor and what it does, in one file each. */
export interface ElektrikOperation {
	fields: INodeProperties[];
	execute(run: ElektrikRun): Promise<INodeExecutionData[]>;
}
