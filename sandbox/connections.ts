import type { Socket } from 'node:net';

export interface ConnectionStatistics {
	/** Connections whose first request to this system came since the last reset. */
	connectionsOpened: number;
	connectionsOpen: number;
	mostConnectionsAtOnce: number;
}

/**
 * Counts the TCP connections that one system is talked to over. A connection counts from its
 * first request on: the control API shares the port and must not spoil the figures.
 */
export class ConnectionCounter {
	private readonly seen = new WeakSet<Socket>();
	private opened = 0;
	private open = 0;
	private most = 0;

	/** To be called for every request. */
	count(socket: Socket): void {
		if (this.seen.has(socket)) return;
		this.seen.add(socket);
		this.opened += 1;
		this.open += 1;
		this.most = Math.max(this.most, this.open);
		socket.once('close', () => {
			this.open -= 1;
		});
	}

	statistics(): ConnectionStatistics {
		return {
			connectionsOpened: this.opened,
			connectionsOpen: this.open,
			mostConnectionsAtOnce: this.most,
		};
	}

	/** Connections that stay open are still counted as open. */
	reset(): void {
		this.opened = 0;
		this.most = this.open;
	}
}
