import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Ends a HTTP server in steps: no new connection, then a time for what is running, then the rest is cut. */
export class HttpEnd {
  private readonly running = new Set<ServerResponse>();
  private readonly connections = new Set<Socket>();
  private stopping = false;
  private changed: () => void = () => undefined;

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.connections.add(socket);
      socket.once('close', () => {
        this.connections.delete(socket);
        this.changed();
      });
    });
    server.on('request', (_request, response) => {
      this.running.add(response);
      if (this.stopping) response.setHeader('connection', 'close');
      response.once('close', () => {
        this.running.delete(response);
        this.changed();
      });
    });
  }

  /** Resolves when no request runs any more, or after so many ms. */
  async drain(graceMs: number): Promise<void> {
    this.askToLeave();
    this.server.close();
    this.server.closeIdleConnections();
    await this.until(() => this.running.size === 0, graceMs);
  }

  /**
   * Resolves when every client has left, or after so many ms. Each is told with its next answer; an idle connection stays as
   * long as it always does, since its client may be about to use it.
   */
  async retire(graceMs: number): Promise<void> {
    this.askToLeave();
    await this.until(() => this.connections.size === 0, graceMs);
  }

  cut(): void {
    this.server.closeAllConnections();
    // It does not know those that are still in a handshake of TLS.
    for (const socket of this.connections) socket.destroy();
  }

  private askToLeave(): void {
    this.stopping = true;
    for (const response of this.running) if (!response.headersSent) response.setHeader('connection', 'close');
  }

  private async until(done: () => boolean, ms: number): Promise<void> {
    if (done()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.changed = () => {
        if (!done()) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
