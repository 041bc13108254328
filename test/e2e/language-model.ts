import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A tool as n8n describes it to a model: what our node's descriptions came to. */
export interface OfferedTool {
	name: string;
	description: string;
	parameters: { properties: Record<string, { type?: string; description?: string }> };
}

interface Message {
	role: string;
	content: unknown;
}

/**
 * Stands in for a language model, by OpenAI's chat completions: it calls the first tool that it is
 * offered, once, and then says what the tool gave.
 */
export class LanguageModel {
	/** What it was offered, the last time that it was asked. */
	offered: OfferedTool[] = [];

	private constructor(
		private readonly server: Server,
		private readonly choose: (tool: OfferedTool) => Record<string, unknown>,
	) {
		server.on('request', (request, response) => {
			void readJson(request).then((asked) => {
				response.setHeader('content-type', 'application/json');
				response.end(JSON.stringify(completion(this.reply(asked))));
			});
		});
	}

	/** @param choose gives the arguments that the tool is called with */
	static async start(
		choose: (tool: OfferedTool) => Record<string, unknown>,
	): Promise<LanguageModel> {
		const server = createServer();
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return new LanguageModel(server, choose);
	}

	get url(): string {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
	}

	stop(): void {
		this.server.close();
	}

	private reply({ messages, tools = [] }: Asked): object {
		this.offered = tools.map((tool) => tool.function);
		const given = messages.find(({ role }) => role === 'tool');
		const [tool] = this.offered;
		if (given !== undefined || tool === undefined) {
			return { role: 'assistant', content: `The tool said: ${JSON.stringify(given?.content)}` };
		}
		const call = { name: tool.name, arguments: JSON.stringify(this.choose(tool)) };
		return {
			role: 'assistant',
			content: null,
			tool_calls: [{ id: 'call_1', type: 'function', function: call }],
		};
	}
}

interface Asked {
	messages: Message[];
	tools?: Array<{ function: OfferedTool }>;
}

async function readJson(request: IncomingMessage): Promise<Asked> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return JSON.parse(Buffer.concat(chunks).toString()) as Asked;
}

function completion(message: object): object {
	return {
		id: 'completion-1',
		object: 'chat.completion',
		created: 0,
		model: 'stand-in',
		choices: [
			{ index: 0, message, finish_reason: 'tool_calls' in message ? 'tool_calls' : 'stop' },
		],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}
