import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';

/** What is said to whoever asks for a path; the connection stays open where nothing ends it. */
export type Answers = Readonly<Record<string, (socket: Socket) => void>>;

/** A server on loopback that speaks as no web server should. */
export class HostileOrigin {
  readonly asked: string[] = [];
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server, readonly port: number) {}

  static async start(answers: Answers): Promise<HostileOrigin> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const origin = new HostileOrigin(server, address.port);
    server.on('connection', (socket) => origin.answer(socket, answers));
    return origin;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  private answer(socket: Socket, answers: Answers): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    socket.once('data', (request) => {
      const path = request.toString('latin1').split(' ')[1] ?? '';
      this.asked.push(path);
      const answer = answers[path];
      if (answer) answer(socket);
      else socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
    });
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }
}
