import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** A web server on loopback with files in memory, for what lies elsewhere. */
export class Origin {
  readonly requests: string[] = [];
  readonly files = new Map<string, Buffer>();
  /** `GET /path`: answered with 500, or with half of the data and silence. */
  readonly failing = new Set<string>();
  readonly stalling = new Set<string>();
  private constructor(private readonly server: Server, readonly url: string) {}

  static async start(): Promise<Origin> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const origin = new Origin(server, `http://127.0.0.1:${address.port}`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => origin.answer(request, response));
    return origin;
  }

  private answer({ method = '', url = '', headers }: IncomingMessage, response: ServerResponse): void {
    this.requests.push(`${method} ${url}`);
    const file = this.files.get(url);
    if (!file) return void response.writeHead(404).end();
    if (this.failing.has(`${method} ${url}`)) return void response.writeHead(500).end();
    if (this.stalling.has(`${method} ${url}`)) return void response.writeHead(200, { 'content-length': file.length }).write(file.subarray(0, file.length / 2));
    const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '') ?? [];
    const start = Number(from ?? 0);
    const end = to ? Number(to) : file.length - 1;
    const range = from === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${file.length}` };
    response.writeHead(from === undefined ? 200 : 206, { 'content-length': end - start + 1, 'accept-ranges': 'bytes', ...range });
    response.end(method === 'HEAD' ? undefined : file.subarray(start, end + 1));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}
