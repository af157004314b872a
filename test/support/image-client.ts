import type { Server } from './server.js';

export interface Document extends Record<string, unknown> {
  id: string;
  name: string | null;
  status: string;
  size: number | null;
  checksum: string | null;
  tags: string[];
}

export interface Page {
  images: Document[];
  first: string;
  next?: string;
}

const PATCH_TYPE = 'application/openstack-images-v2.1-json-patch';

/** The few calls that stories repeat, over plain HTTP. */
export class ImageClient {
  constructor(private readonly server: Server, private readonly token?: string) {}

  /** The same as somebody else, by a token of the test authentication: `user:project:roles`. */
  as(token: string): ImageClient {
    return new ImageClient(this.server, token);
  }

  request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.token !== undefined) headers.set('x-auth-token', this.token);
    return fetch(this.server.url + path, { ...init, headers });
  }

  async status(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<number> {
    const sent = body === undefined ? {} : { body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body) };
    const answer = await this.request(path, { method, headers, ...sent } as RequestInit);
    await answer.arrayBuffer();
    return answer.status;
  }

  async create(image: Record<string, unknown> = {}): Promise<Document> {
    const body = JSON.stringify({ name: 'x', disk_format: 'raw', container_format: 'bare', ...image });
    const answer = await this.request('/v2/images', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    if (answer.status !== 201) throw new Error(`create answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Document;
  }

  async show(id: string): Promise<Document> {
    return (await (await this.request(`/v2/images/${id}`)).json()) as Document;
  }

  async list(query = ''): Promise<Page> {
    const answer = await this.request(query.startsWith('/') ? query : `/v2/images${query}`);
    if (answer.status !== 200) throw new Error(`list answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Page;
  }

  put(id: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
    return this.request(`/v2/images/${id}/file`, { method: 'PUT', headers: { 'content-type': 'application/octet-stream', ...headers }, body });
  }

  patch(id: string, changes: unknown, type = PATCH_TYPE): Promise<Response> {
    return this.request(`/v2/images/${id}`, { method: 'PATCH', headers: { 'content-type': type }, body: JSON.stringify(changes) });
  }

  delete(id: string): Promise<Response> {
    return this.request(`/v2/images/${id}`, { method: 'DELETE' });
  }
}
