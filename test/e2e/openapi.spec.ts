import { Server } from '../support/server.js';

interface ApiDocument {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId?: string }>>>>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

describe('The OpenAPI document over HTTP', () => {
  let server: Server;
  let document: ApiDocument;
  beforeAll(async () => {
    server = await Server.start({ memory: true });
    const answer = await fetch(`${server.url}/openapi.json`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    document = (await answer.json()) as ApiDocument;
  }, 60_000);
  afterAll(() => server.dispose());

  it('names the server by which it was asked for', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.servers).toEqual([{ url: `${server.url}/v2` }]);
  });

  it('has no operation that the server does not have', async () => {
    const operations = Object.entries(document.paths).flatMap(([path, item]) => METHODS.filter((method) => method in item).map((method) => [method, path] as const));
    expect(operations.length).toBeGreaterThan(40);
    for (const [method, path] of operations) {
      const url = `${server.url}/v2${path.replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-00000000dead')}`;
      const { status } = await fetch(url, { method: method.toUpperCase() });
      expect(`${method} ${path} ${[405, 501].includes(status)}`).toBe(`${method} ${path} false`);
    }
  });

  it('is shown by a page that asks no other host for anything', async () => {
    const page = await fetch(`${server.url}/openapi`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    const files = Array.from(html.matchAll(/(?:src|href)="([^"]+)"/g), ([, file = '']) => file);
    expect(files).toHaveLength(2);
    for (const file of files) expect((await fetch(`${server.url}/${file}`)).status).toBe(200);
    expect((await fetch(`${server.url}/openapi/package.json`)).status).toBe(300);
  });
});
