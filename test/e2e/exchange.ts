import { connect } from 'node:net';

/** One POST over a connection of its own, which is left open: a second answer would be seen. */
export interface Exchange {
	/** What had come back when the first answer was whole, or the connection was closed before. */
	first: Promise<Buffer | undefined>;
	/** All that came back until the other side closed; `undefined`, as above, when nobody listened. */
	all: Promise<Buffer | undefined>;
}

/** An HTTP answer as it came. */
export interface HttpAnswer {
	status: number;
	body: string;
}

/** Sends a body at once. Nothing of it rejects. */
export function post(url: string, body: string): Exchange {
	const { hostname, port, pathname, host } = new URL(url);
	const head = [
		`POST ${pathname} HTTP/1.1`,
		`Host: ${host}`,
		'Content-Type: application/json',
		`Content-Length: ${Buffer.byteLength(body)}`,
	];
	let received: Buffer | undefined;
	let resolveFirst: (bytes: Buffer | undefined) => void;
	const first = new Promise<Buffer | undefined>((resolve) => (resolveFirst = resolve));
	const all = new Promise<Buffer | undefined>((resolve) => {
		const socket = connect(Number(port), hostname, () => {
			received = Buffer.alloc(0);
			socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
		});
		socket.on('data', (chunk: Buffer) => {
			received = Buffer.concat([received ?? Buffer.alloc(0), chunk]);
			if (hasAnswer(received)) resolveFirst(received);
		});
		// What breaks a connection is told by what came before.
		socket.on('error', () => undefined);
		socket.on('close', () => {
			resolveFirst(received);
			resolve(received);
		});
	});
	return { first, all };
}

function hasAnswer(received: Buffer): boolean {
	try {
		return answersIn(received).length > 0;
	} catch {
		// Whoever reads it says what is wrong.
		return true;
	}
}

/**
 * Takes apart what came back over a connection.
 *
 * @returns the answers that came whole; the beginning of one that broke off is left out
 * @throws Error for bytes that are no answer with a length
 */
export function answersIn(received: Buffer): HttpAnswer[] {
	const answers: HttpAnswer[] = [];
	for (let rest = received; rest.length > 0;) {
		const bodyAt = rest.indexOf('\r\n\r\n') + 4;
		if (bodyAt < 4) break;
		const head = rest.subarray(0, bodyAt).toString('latin1');
		const status = /^HTTP\/1\.1 (\d{3})/.exec(head)?.[1];
		const length = /^content-length: (\d+)\r$/im.exec(head)?.[1];
		if (status === undefined || length === undefined) throw new Error(`Not understood: ${head}`);
		const end = bodyAt + Number(length);
		if (rest.length < end) break;
		answers.push({ status: Number(status), body: rest.subarray(bodyAt, end).toString('utf8') });
		rest = rest.subarray(end);
	}
	return answers;
}
