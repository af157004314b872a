import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createHttpApp } from '../create-http-app.js';
import { EverybodyIsAdmin, PRINCIPAL_SOURCE } from '../principal.js';
import { PLAIN_EDGE, type ProxyOptions } from './edge.options.js';
import type { ReadMetrics } from './metrics.js';

@Module({ providers: [{ provide: PRINCIPAL_SOURCE, useClass: EverybodyIsAdmin }] })
class EmptyModule {}

const OWN = ['127.0.0.0/8', '::1'];

describe('Metrics', () => {
  let app: NestFastifyApplication | undefined;
  afterEach(() => app?.close());

  async function opened(readMetrics?: ReadMetrics, allowed: readonly string[] | undefined = OWN, proxies: ProxyOptions = PLAIN_EDGE.proxies): Promise<NestFastifyApplication> {
    const edge = { ...PLAIN_EDGE, proxies, ...(allowed && { metrics: { path: '/metrics', allowed } }) };
    app = await createHttpApp(EmptyModule, { cache: false, multiStore: false, v2: true, edge, logger: false, ...(readMetrics && { readMetrics }) });
    await app.init();
    return app;
  }
  const read = async () => 'jobs 1\n';
  const asked = async (of: NestFastifyApplication, headers: Record<string, string> = {}, remoteAddress = '127.0.0.1', method: 'GET' | 'HEAD' | 'POST' = 'GET') => {
    const { statusCode, body, headers: answered } = await of.inject({ method, url: '/metrics', headers, remoteAddress });
    return { statusCode, body, type: answered['content-type'] };
  };

  it('are told to who is on this host, without a token', async () => {
    const of = await opened(read);
    expect(await asked(of)).toEqual({ statusCode: 200, body: 'jobs 1\n', type: 'text/plain; version=0.0.4; charset=utf-8' });
    expect((await asked(of, {}, '::ffff:127.0.0.1')).statusCode).toBe(200);
    expect(await asked(of, {}, '127.0.0.1', 'HEAD')).toMatchObject({ statusCode: 200, body: '' });
    expect((await asked(of, {}, '127.0.0.1', 'POST')).statusCode).toBe(405);
  });

  it('are told to nobody else, nor through a proxy that may ask for anybody', async () => {
    const of = await opened(read);
    const answers = [await asked(of, {}, '192.0.2.1'), await asked(of, { 'x-forwarded-for': '127.0.0.1' }), await asked(of, { forwarded: 'for=127.0.0.1' })];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403]);
    for (const { body } of answers) expect(body).not.toContain('jobs 1');
  });

  it('are told to the addresses that are named, also where a proxy that is believed asks for them', async () => {
    const of = await opened(read, ['192.0.2.0/24'], { believed: true, trusted: ['127.0.0.1'] });
    const from = async (client: string) => (await asked(of, { 'x-forwarded-for': client })).statusCode;
    expect([await from('192.0.2.9'), await from('198.51.100.1'), (await asked(of)).statusCode]).toEqual([200, 403, 403]);
  });

  it('are 503 while nobody can tell them', async () => {
    expect((await asked(await opened(async () => undefined))).statusCode).toBe(503);
    await app?.close();
    expect((await asked(await opened(() => Promise.reject(new Error('no'))))).statusCode).toBe(503);
  });

  it('are not there where they are turned off', async () => {
    const of = await createHttpApp(EmptyModule, { cache: false, multiStore: false, v2: true, edge: PLAIN_EDGE, logger: false, readMetrics: read });
    app = of;
    await of.init();
    expect((await asked(of)).statusCode).toBe(404);
  });
});
