/** @needs php-soap zeep */

import { join } from 'node:path';
import { runJsonProgram } from './json-program';

/** What a SOAP client made of one answer: by the types of its language, or a fault. */
export type SoapOutcome = { exist: unknown; points: unknown } | { fault: string; reason: string };

/** How to call. */
export interface SoapCallForm {
	/** `phone` within an element of that name, the name of the parameter (docs/protocols/elektrik.md, 4.2). */
	arParameters?: boolean;
	/** PHP only; default 1.2, as the portal has it. */
	version?: '1.1' | '1.2';
	/** zeep only; default the first port of the WSDL. */
	port?: string;
}

/** A program that knows nothing of a service but the address of its WSDL. */
export interface SoapClient {
	name: string;
	/**
	 * Reads the WSDL and calls `CheckUser` for each phone hash, one after the other.
	 *
	 * @throws Error with the program's own words when it cannot use the WSDL or an answer
	 */
	checkUser(wsdl: string, phones: readonly string[], form?: SoapCallForm): Promise<SoapOutcome[]>;
}

/** PHP's `SoapClient`, which the portal uses (Debian: `php-cli`, `php-soap`). */
export const phpSoapClient = soapClient('PHP SoapClient', {
	command: 'php',
	script: 'elektrik-soap-client.php',
});

/** Debian's own Python, to which `python3-zeep` belongs. */
const PYTHON = '/usr/bin/python3';

/** zeep for Python (Debian: `python3-zeep`). */
export const zeepClient = soapClient('zeep', {
	command: PYTHON,
	script: 'elektrik-zeep.py',
});

interface Program {
	command: string;
	script: string;
}

function soapClient(name: string, { command, script }: Program): SoapClient {
	return {
		name,
		async checkUser(wsdl, phones, form = {}) {
			const args = [join(__dirname, script), wsdl];
			return (await runJsonProgram(name, command, args, { phones, ...form })) as SoapOutcome[];
		},
	};
}

/**
 * Looks for what is wrong with messages by the schema in a WSDL; libxml2 does it, for zeep's Python.
 *
 * @returns the problems of each message, none for a valid one
 */
export async function schemaProblems(
	wsdl: string,
	messages: readonly string[],
): Promise<string[][]> {
	const args = [join(__dirname, 'elektrik-schema.py')];
	return (await runJsonProgram('lxml', PYTHON, args, { wsdl, messages })) as string[][];
}
