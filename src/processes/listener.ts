import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Settings } from '#settings';

type Where = Settings['listener'];

/** The port that all HTTP workers serve: ours as long as any of them may come. */
export class Listener {
  private constructor(private readonly server: Server, private readonly where: Where) {}

  /** Fails as `listen` does: EADDRINUSE, EACCES, EADDRNOTAVAIL. */
  static async open(where: Where, take: (socket: Socket) => void): Promise<Listener> {
    const { host, port, backlog, tcpKeepIdle } = where;
    const server = createServer({ pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: tcpKeepIdle * 1000 }, take);
    server.listen({ host, port, backlog });
    await once(server, 'listening');
    return new Listener(server, where);
  }

  address(tls: boolean): string {
    const address = this.server.address();
    const { address: host, port, family } = address === null || typeof address === 'string' ? { address: this.where.host, port: this.where.port, family: '' } : address;
    return `${tls ? 'https' : 'http'}://${family === 'IPv6' ? `[${host}]` : host}:${port}`;
  }

  isAt({ host, port }: Where): boolean {
    return host === this.where.host && port === this.where.port;
  }

  /** No new connection from now on; those that there are do not end by it. */
  close(): void {
    this.server.close();
  }
}
