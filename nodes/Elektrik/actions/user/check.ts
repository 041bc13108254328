import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { dataModeFields, isRawOutput, readRunOptions, shownFor } from '../../../shared/fields';
import { checkAddress } from '../../../shared/http';
import { runItems } from '../../../shared/items';
import { type Checker, jsonChecker } from '../../client/check-json';
import { soapChecker } from '../../client/check-soap';
import {
	electricianFields,
	type ElektrikOperation,
	type ElektrikRun,
	inputOf,
	optionsField,
	outputField,
	phoneHashOf,
	withInputErrors,
} from '../operation';

const NAMES = ['phone', 'phoneHash'];

const endpoint: INodeProperties = {
	displayName: 'Endpoint',
	name: 'endpoint',
	type: 'string',
	default: '',
	required: true,
	placeholder: 'e.g. https://n8n.example.com/webhook/…',
	description:
		'Full URL that the portal sends checks to, such as the production URL of an Elektrik.ru Trigger',
};

const protocol: INodeProperties = {
	displayName: 'Protocol',
	name: 'protocol',
	type: 'options',
	options: [
		{ name: 'JSON', value: 'json', description: 'A POST with a JSON object' },
		{
			name: 'SOAP',
			value: 'soap',
			description: 'CheckUser by SOAP 1.2, as the WSDL at the endpoint describes it',
		},
	],
	default: 'json',
	description: 'Which of the portal’s two protocols to use',
};

/** `user.check`: sends checks of electricians to a distributor's endpoint, as the portal does. */
export const check: ElektrikOperation = {
	fields: shownFor('user', 'check', [
		endpoint,
		protocol,
		...dataModeFields({ required: ['phone or phoneHash'] }),
		...electricianFields,
		outputField,
		optionsField,
	]),

	async execute(run) {
		const input = inputOf(run, NAMES);
		const { timeout, concurrency } = readRunOptions(run.parameter);
		const raw = isRawOutput(run.parameter);
		const checkers = new Checkers(run);
		return await runItems<{ checker: Checker; phoneHash: string }>(
			run.node,
			{
				isWrite: false,
				prepare: (item) => ({
					checker: checkers.of(item),
					phoneHash: withInputErrors(run.fields, () =>
						phoneHashOf(input(item), run.credential.uid),
					),
				}),
				carryOut: async ({ checker, phoneHash }, signal) => {
					const answer = await checker(phoneHash, { timeout, signal });
					return [(raw ? answer.raw : answer.check) as IDataObject];
				},
			},
			concurrency,
		);
	},
};

/** Creates one checker per endpoint, so that a WSDL is read once for all items. */
class Checkers {
	private readonly known = new Map<string, Checker>();

	constructor(private readonly run: ElektrikRun) {}

	of(item: number): Checker {
		const address = checkAddress(this.run.parameter('endpoint', item, ''), 'The endpoint');
		const isSoap = this.run.parameter('protocol', item, 'json') === 'soap';
		const id = `${isSoap} ${address}`;
		const checker = this.known.get(id) ?? this.create(address, isSoap);
		this.known.set(id, checker);
		return checker;
	}

	private create(address: string, isSoap: boolean): Checker {
		const { send, credential } = this.run;
		const target = {
			endpoint: address,
			allowUnauthorizedCerts: credential.allowUnauthorizedCerts,
			send,
		};
		return isSoap ? soapChecker(target) : jsonChecker(target);
	}
}
