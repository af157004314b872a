import { request as httpRequest } from 'node:http';
import type { Server } from './server.js';

export interface ImageV1 extends Record<string, unknown> {
  id: string;
  name: string | null;
  status: string;
  size: number;
  checksum: string | null;
  properties: Record<string, string>;
}

export interface AnswerV1 {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

type Headers = Readonly<Record<string, string>>;

export const FORMATS: Headers = { 'x-image-meta-disk_format': 'raw', 'x-image-meta-container_format': 'bare' };
export const OCTETS: Headers = { 'content-type': 'application/octet-stream' };

/** The Images API v1 over plain HTTP, where headers are what matters. */
export class V1Client {
  constructor(private readonly server: Server, private readonly token: string) {}

  as(token: string): V1Client {
    return new V1Client(this.server, token);
  }

  /** A string or Buffer has a length, anything else comes in chunks. */
  send(method: string, path: string, headers: Headers = {}, body?: string | Buffer | readonly Buffer[]): Promise<AnswerV1> {
    const chunked: Headers = Array.isArray(body) ? { 'transfer-encoding': 'chunked' } : {};
    const length: Headers = typeof body === 'string' || Buffer.isBuffer(body) ? { 'content-length': String(Buffer.byteLength(body)) } : chunked;
    const { promise, resolve, reject } = Promise.withResolvers<AnswerV1>();
    const sent = httpRequest(`${this.server.url}/v1${path}`, { method, headers: { 'x-auth-token': this.token, ...length, ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers as Record<string, string>, body: Buffer.concat(chunks) }));
    });
    sent.once('error', reject);
    if (Array.isArray(body)) for (const chunk of body) sent.write(chunk);
    sent.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : undefined);
    return promise;
  }

  async status(method: string, path: string, headers: Headers = {}, body?: string | Buffer | readonly Buffer[]): Promise<number> {
    return (await this.send(method, path, headers, body)).status;
  }

  async create(headers: Headers = {}, body?: string | Buffer | readonly Buffer[]): Promise<ImageV1> {
    const answer = await this.send('POST', '/images', { ...FORMATS, ...(body === undefined ? {} : OCTETS), ...headers }, body);
    if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${answer.body.toString()}`);
    return imageIn(answer);
  }

  async meta(id: string): Promise<Headers> {
    const { status, headers } = await this.send('HEAD', `/images/${id}`);
    return { ':status': String(status), ...headers };
  }

  async names(query = ''): Promise<(string | null)[]> {
    const answer = await this.send('GET', `/images/detail${query}`);
    if (answer.status !== 200) throw new Error(`list answered ${answer.status}: ${answer.body.toString()}`);
    return (JSON.parse(answer.body.toString()) as { images: ImageV1[] }).images.map(({ name }) => name);
  }
}

export const imageIn = ({ body }: AnswerV1): ImageV1 => (JSON.parse(body.toString()) as { image: ImageV1 }).image;
