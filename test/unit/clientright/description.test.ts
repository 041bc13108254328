import { NodeHelpers } from 'n8n-workflow';
import { ClientRightApi } from '../../../credentials/ClientRightApi.credentials';
import { isInn, isOgrn } from '../../../nodes/ClientRight/wire/text-values';
import { ClientRight } from '../../../nodes/ClientRight/ClientRight.node';

const credential = new ClientRightApi();
const { description } = new ClientRight();

describe('the warning of plain HTTP in the credential', () => {
	const notice = credential.properties.find(({ name }) => name === 'plainHttpNotice')!;
	it.each([
		['http://crm.example.com/webservice.php', true],
		['HTTP://crm.example.com/webservice.php', true],
		['https://crm.example.com/webservice.php', false],
		['HTTPS://crm.example.com/webservice.php?from=http://x', false],
		['', false],
	])('of %s', (url, isShown) => {
		expect(NodeHelpers.displayParameter({ url }, notice, null, null)).toBe(isShown);
	});
});

it.each([
	['inn', isInn, 3],
	['ogrn', isOgrn, 1],
])('the examples of %s pass the check of the node', (wanted, isValid, count) => {
	const examples = description.properties
		.filter(({ name }) => name === wanted)
		.map(({ placeholder = '' }) => placeholder.replace('e.g. ', ''));
	expect(examples).toHaveLength(count);
	expect(examples.filter((example) => !isValid(example))).toEqual([]);
});

// n8n gives such an expression 250 ms of the clock, each time a credential is read for a node, and
// fails the execution beyond: a busy machine is enough.
it('no field is shown by a regular expression', () => {
	expect(JSON.stringify([credential.properties, description.properties])).not.toMatch(
		/"_cnd":\{"regex"/,
	);
});

it('the description marks a session as secret, and says that n8n stores it nevertheless', () => {
	expect(description.sensitiveOutputFields).toContain('sessionName');
	const notice = description.properties.find(({ name }) => name === 'sessionNotice');
	expect(notice?.displayName).toMatch(/saves/);
	expect(notice?.displayName).not.toMatch(/hides/);
});
