import { NodeHelpers } from 'n8n-workflow';
import { ElektrikApi } from '../../../credentials/ElektrikApi.credentials';
import { Elektrik } from '../../../nodes/Elektrik/Elektrik.node';
import { ElektrikTrigger } from '../../../nodes/Elektrik/ElektrikTrigger.node';

const credential = new ElektrikApi();
const { description } = new Elektrik();
const trigger = new ElektrikTrigger().description;

describe('the warning of plain HTTP in the credential', () => {
	const notice = credential.properties.find(({ name }) => name === 'plainHttpNotice')!;
	it.each([
		['http://portal.example.com/integration/', true],
		['HTTP://portal.example.com/integration/', true],
		[' http://portal.example.com/integration/', true],
		['https://elektrik.ru/integration/', false],
		['HTTPS://elektrik.ru/integration/?from=http://x', false],
		['', false],
	])('of "%s"', (url, isShown) => {
		expect(NodeHelpers.displayParameter({ url }, notice, null, null)).toBe(isShown);
	});
});

// n8n gives such an expression 250 ms of the clock, each time a credential is read for a node, and
// fails the execution beyond: a busy machine is enough.
it('no field is shown by a regular expression', () => {
	const properties = [credential, description, trigger].map((owner) => owner.properties);
	expect(JSON.stringify(properties)).not.toMatch(/"_cnd":\{"regex"/);
});

it('the points have no default', () => {
	const points = description.properties.filter(({ name }) => name === 'points');
	expect(points.map((field) => field.default)).toEqual(['', '']);
});
