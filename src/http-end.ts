import type { Server, ServerResponse } from 'node:http';

/** Ends a listening HTTP server in steps: no new connection, then a time for what is running, then the rest is cut. */
export class HttpEnd {
  private readonly running = new Set<ServerResponse>();
  private stopping = false;
  private idle: (() => void) | undefined;

  constructor(private readonly server: Server) {
    server.on('request', (_request, response) => {
      this.running.add(response);
      if (this.stopping) response.setHeader('connection', 'close');
      response.once('close', () => {
        this.running.delete(response);
        if (this.running.size === 0) this.idle?.();
      });
    });
  }

  /** Resolves when no request runs any more, or after so many ms. */
  async drain(graceMs: number): Promise<void> {
    this.stopping = true;
    this.server.close();
    this.server.closeIdleConnections();
    if (this.running.size === 0) return;
    await new Promise<void>((resolve) => {
      this.idle = resolve;
      setTimeout(resolve, graceMs).unref();
    });
  }

  cut(): void {
    this.server.closeAllConnections();
  }
}
