/** Sends one request over a route that breaks behind it; run in a network namespace of its own. */
const { execFileSync } = require('node:child_process');
const dns = require('node:dns');
const http = require('node:http');
const { join } = require('node:path');

const built = join(__dirname, '..', '..', 'dist', 'nodes', 'shared', 'http');
const { createHttpClient } = require(built);

const nft = (...rule) => execFileSync('nft', rule, { stdio: 'inherit' });
const filter = {
	validateUrl: () => Promise.resolve({ ok: true }),
	validateConnectionHost: () => ({ ok: true }),
	createSecureLookup: () => dns.lookup,
	validateRedirectSync: () => undefined,
};

let received = 0;
const server = http.createServer((request) => {
	request.resume().on('end', () => {
		received += 1;
		// From now on the client's retransmissions find no route.
		const port = String(server.address().port);
		const reject = ['reject', 'with', 'icmp', 'type', 'host-unreachable'];
		nft('insert', 'rule', 'inet', 'test', 'output', 'tcp', 'dport', port, ...reject);
	});
});

server.listen(0, '127.0.0.1', async () => {
	const port = String(server.address().port);
	nft('add', 'table', 'inet', 'test');
	nft('add', 'chain', 'inet', 'test', 'output', '{ type filter hook output priority 0; }');
	// Of the server's packets only the handshake's pass, so the client never learns that the request came.
	const afterHandshake = ['tcp', 'flags', '&', '(syn|ack)', '!=', 'syn|ack', 'drop'];
	nft('add', 'rule', 'inet', 'test', 'output', 'tcp', 'sport', port, ...afterHandshake);

	const send = createHttpClient({ getSecureEgressFilter: () => filter });
	const failure = await send({
		url: `http://127.0.0.1:${port}/`,
		method: 'POST',
		body: 'order',
		timeout: 30_000,
		maxAnswerBytes: 1_000_000,
		allowUnauthorizedCerts: false,
	}).catch((error) => error);
	const { kind, outcome, message, description, cause } = failure;
	console.log(JSON.stringify({ received, kind, outcome, message, description, code: cause?.code }));
	process.exit();
});
