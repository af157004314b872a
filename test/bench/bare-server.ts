// The references of the benchmark: what the same answer costs without Afterimage. `bare-server <port> <database url> <dir>`
import { createHash, type Hash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import Fastify from 'fastify';
import pg from 'pg';

const [port = '0', database = '', dir = ''] = process.argv.slice(2);
const MIB = 1024 * 1024;

const pool = new pg.Pool({ connectionString: database, max: 16 });
await pool.query('CREATE TABLE IF NOT EXISTS bare(id uuid PRIMARY KEY DEFAULT gen_random_uuid(), doc jsonb NOT NULL)');

const app = Fastify();
app.get('/static', (_request, reply) => reply.type('application/json').send(STATIC));
app.get<{ Params: { id: string } }>('/show/:id', async ({ params }) => {
  const { rows } = await pool.query<{ doc: unknown }>({ name: 'show', text: 'SELECT doc FROM afterimage.image WHERE id = $1', values: [params.id] });
  return rows[0]?.doc;
});
app.get('/list', async () => {
  const text = 'SELECT doc FROM afterimage.image WHERE listed ORDER BY created_at DESC, id DESC LIMIT 20';
  const { rows } = await pool.query<{ doc: unknown }>({ name: 'list', text });
  return { images: rows.map(({ doc }) => doc) };
});
/** A page whose images are known beforehand: nothing that finds or sorts them can be cheaper. */
app.get<{ Querystring: { ids: string } }>('/page', async ({ query }) => {
  const text = 'SELECT doc FROM unnest($1::uuid[]) WITH ORDINALITY AS asked(id, n) JOIN afterimage.image USING (id) ORDER BY n';
  const { rows } = await pool.query<{ doc: unknown }>({ name: 'page', text, values: [query.ids.split(',')] });
  return { images: rows.map(({ doc }) => doc) };
});
app.post('/create', async ({ body }, reply) => {
  const { rows } = await pool.query<{ id: string; doc: object }>({ name: 'create', text: 'INSERT INTO bare(doc) VALUES ($1) RETURNING id, doc', values: [body] });
  return reply.code(201).send({ ...rows[0]?.doc, id: rows[0]?.id });
});
const STATIC = JSON.stringify(Object.fromEntries(Array.from({ length: 24 }, (_, i) => [`attribute_${i}`, `a value of the attribute ${i}`])));

/** Body to file through hashes on the way, as a plain Node program does it. */
async function upload(request: IncomingMessage, hashes: Hash[]): Promise<void> {
  const file = await open(join(dir, 'bare-upload'), 'w');
  for await (const chunk of request as AsyncIterable<Buffer>) {
    for (const hash of hashes) hash.update(chunk);
    await file.write(chunk);
  }
  await file.sync();
  await file.close();
}

/** The fastest plain loop that was found: two buffers of 1 MiB, the next read while the last is written. */
async function download(response: ServerResponse): Promise<void> {
  const file = await open(join(dir, 'bare-upload'));
  const { size } = await file.stat();
  response.writeHead(200, { 'content-length': size });
  const buffers = [Buffer.allocUnsafe(MIB), Buffer.allocUnsafe(MIB)];
  let flushed: Promise<unknown> = Promise.resolve();
  for (let i = 0; ; i += 1) {
    const { bytesRead, buffer } = await file.read(buffers[i % 2] as Buffer, 0, MIB);
    await flushed;
    if (bytesRead === 0) break;
    flushed = new Promise((resolve) => response.write(buffer.subarray(0, bytesRead), resolve));
  }
  response.end();
  await file.close();
}

const bytes = createServer((request, response) => {
  const done = { '/plain': () => upload(request, []), '/hashed': () => upload(request, [createHash('md5'), createHash('sha512')]) }[request.url ?? ''];
  if (request.method === 'GET') void download(response);
  else void done?.().then(() => response.writeHead(204).end());
});

await app.listen({ port: Number(port), host: '127.0.0.1' });
bytes.listen(Number(port) + 1, '127.0.0.1');
