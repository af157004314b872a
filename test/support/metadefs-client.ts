import type { Server } from './server.js';

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  /** The document; empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Calls below `/v2/metadefs`, over plain HTTP. */
export class MetadefsClient {
  constructor(private readonly server: Server) {}

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const answer = await fetch(`${this.server.url}/v2/metadefs${path}`, {
      method, ...sent, headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    });
    const text = await answer.text();
    return { status: answer.status, location: answer.headers.get('location'), body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) };
  }

  get = (path: string): Promise<Answer> => this.call('GET', path);
  post = (path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => this.call('POST', path, body, headers);
  put = (path: string, body: unknown): Promise<Answer> => this.call('PUT', path, body);
  delete = (path: string): Promise<Answer> => this.call('DELETE', path);

  async status(method: string, path: string, body?: unknown): Promise<number> {
    return (await this.call(method, path, body)).status;
  }
}
