'use strict';

/**
 * Loaded by n8n as its external hook file: every HTTP server of the process answers only requests
 * whose Host is a loopback name. A page on the Internet can point a name of its own at 127.0.0.1, and
 * the browser then takes n8n for a part of that page; the page's name in Host gives it away.
 */

const http = require('node:http');

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;
/** All that a server tells of a request; the second argument is the response or the connection. */
const REQUEST_EVENTS = new Set([
	'request',
	'upgrade',
	'connect',
	'checkContinue',
	'checkExpectation',
]);
const REASON = 'This n8n answers only at localhost, 127.0.0.1 and [::1].\n';

const { emit } = http.Server.prototype;

http.Server.prototype.emit = function (event, ...args) {
	const [request, answer] = args;
	if (!REQUEST_EVENTS.has(event) || LOOPBACK.test(request.headers.host ?? '')) {
		return emit.call(this, event, ...args);
	}
	if (answer instanceof http.ServerResponse) {
		answer.writeHead(403, { 'content-type': 'text/plain', connection: 'close' }).end(REASON);
	} else {
		answer.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
	}
	return true;
};
