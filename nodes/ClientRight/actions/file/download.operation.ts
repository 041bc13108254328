import type { IBinaryKeyData, INodeProperties } from 'n8n-workflow';
import { InputError } from '../../../shared/errors';
import {
	dataModeFields,
	definedBelow,
	isAutoMapped,
	optionsField,
	readNumericOption,
	shownFor,
	titleOf,
} from '../../../shared/fields';
import { runItems } from '../../../shared/items';
import { downloadFile } from '../../webservice/download';
import { ownFileAddress } from '../../webservice/file-address';
import { checked } from '../checked';
import type { ClientRightOperation, ClientRightRun } from '../operation';
import { concurrencyOption, timeoutOption } from '../options';

const path: INodeProperties = {
	displayName: 'Path',
	name: 'path',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. storage/2023/December/week4/contract.pdf',
	description: 'Path of the file within the CRM, as “File: Get Many” gives it (path)',
};

const binaryProperty: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryProperty',
	type: 'string',
	default: 'data',
	required: true,
	hint: 'The name of the output binary field to put the file in',
};

const maxFileSize: INodeProperties = {
	displayName: 'Maximum File Size (MB)',
	name: 'maxFileSize',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 1_024 },
	default: 32,
	description: 'A larger file is not downloaded but an error',
};

interface Wanted {
	item: number;
	path: string;
	url: string;
	property: string;
}

/** `file.download`: a file of the CRM as binary. */
export const download: ClientRightOperation = {
	fields: shownFor('file', 'download', [
		...dataModeFields({ required: ['path'] }),
		definedBelow(path),
		binaryProperty,
		optionsField(concurrencyOption, maxFileSize, timeoutOption),
	]),

	async execute(run) {
		const autoMapped = isAutoMapped(run.parameter);
		const megabytes = readNumericOption(run.parameter, maxFileSize);
		const binaries = new Map<number, IBinaryKeyData>();
		const output = await runItems<Wanted>(
			run.node,
			{
				isWrite: false,
				prepare: (item) =>
					wantedFile(
						run,
						item,
						autoMapped ? run.items[item]!.json.path : run.parameter('path', item, ''),
					),
				carryOut: async (wanted, signal) => {
					const file = await downloadFile(run.send, {
						url: wanted.url,
						timeout: run.timeout,
						maxMegabytes: megabytes,
						allowUnauthorizedCerts: run.credential.allowUnauthorizedCerts,
						signal,
					});
					const binary = await run.node.helpers.prepareBinaryData(
						file.content,
						file.name,
						file.mimeType,
					);
					binaries.set(wanted.item, { [wanted.property]: binary });
					return [{ path: wanted.path, url: wanted.url }];
				},
			},
			run.concurrency,
		);
		return output.map((item) => {
			const binary = binaries.get((item.pairedItem as { item: number }).item);
			return binary ? { ...item, binary } : item;
		});
	},
};

function wantedFile(run: ClientRightRun, item: number, value: unknown): Wanted {
	const property = String(run.parameter('binaryProperty', item, 'data')).trim();
	if (property === '') {
		throw new InputError(`The field ${titleOf(run.fields, 'binaryProperty')} is missing`);
	}
	const filePath = typeof value === 'string' ? value.trim() : '';
	return {
		item,
		path: filePath,
		url: checked(run.fields, () => ownFileAddress(filePath, run.credential.url)),
		property,
	};
}
