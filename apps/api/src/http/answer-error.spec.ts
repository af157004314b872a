import { Controller, ForbiddenException, Get, Module, Param, UnauthorizedException } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { NOBODY_IN_PARTICULAR, type Principal } from '#access';
import { StreamBusy, type CommandContext } from '#event-store';
import { ImageNotFound, ImageProtected } from '#images';
import { StoreFull } from '#stores';
import { ERROR_STATUS } from '../v2/error-status.js';
import { RangeNotSatisfiable, UnsupportedMediaType } from './api.errors.js';
import { createHttpApp } from './create-http-app.js';
import { Context, PRINCIPAL_SOURCE } from './principal.js';

const FAILURES: Readonly<Record<string, unknown>> = {
  gone: new ImageNotFound('x'),
  protected: new ImageProtected('x'),
  busy: new StreamBusy('s'),
  full: new StoreFull('disk', 'No space is left.'),
  url: new UnsupportedMediaType('http://ann:secret@host/x'),
  type: new UnsupportedMediaType('a/b', { 'accept-patch': 'c/d' }),
  nest: new ForbiddenException('Not you.'),
  system: Object.assign(new Error('connect ECONNREFUSED /secret/socket'), { code: 'ECONNREFUSED' }),
  inherited: Object.assign(new Error('secret'), { code: 'toString' }),
  text: 'secret',
  range: new RangeNotSatisfiable('Invalid Range header.', 10),
};

@Controller('v2/images')
class FailingController {
  @Get(':id')
  async fail(@Param('id') id: string, @Context() { actor }: CommandContext) {
    if (id in FAILURES) throw FAILURES[id];
    return actor;
  }
}

/** As a token service would be: asked over the network. */
class Tokens {
  async principalOf(headers: IncomingHttpHeaders): Promise<Principal> {
    await Promise.resolve();
    if (headers['x-auth-token'] === undefined) throw new UnauthorizedException('This server could not verify that you are authorized.');
    return { ...NOBODY_IN_PARTICULAR, user: 'ann' };
  }
}

@Module({ controllers: [FailingController], providers: [{ provide: PRINCIPAL_SOURCE, useClass: Tokens }] })
class FailingModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createHttpApp(FailingModule, { cache: false, multiStore: false, logger: false });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});
afterAll(() => app.close());

const get = (url: string, headers: Record<string, string> = { 'x-auth-token': 't' }) => app.inject({ url, headers });

describe('An error becomes', () => {
  it.each([
    ['gone', 404, 'No image found with ID x'], ['protected', 403, 'Image x is protected and cannot be deleted.'], ['full', 413, 'No space is left.'],
    ['busy', 503, 'Too many requests wait for this resource; try again.'], ['nest', 403, 'Not you.'],
    ['url', 415, 'The request media type http://ann:***@host/x is not supported by this server. '],
  ])('for %s %d and its own sentence', async (id, status, sentence) => {
    const answer = await get(`/v2/images/${id}`);
    expect([answer.statusCode, answer.body.split('\n')[2]]).toEqual([status, sentence]);
  });

  it.each(['system', 'inherited', 'text'])('for %s 500, and nothing of it gets out', async (id) => {
    const answer = await get(`/v2/images/${id}`);
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('secret');
  });

  it('an answer with the headers that belong to it', async () => {
    expect((await get('/v2/images/type')).headers).toHaveProperty('accept-patch', 'c/d');
    expect((await get('/v2/images/range')).headers).toHaveProperty('content-range', 'bytes */10');
  });
});

describe('A source of principals that needs time', () => {
  it('says who calls', async () => {
    expect((await get('/v2/images/fine')).json()).toHaveProperty('user', 'ann');
  });

  it.each(['/v2/images/fine', '/v2/nonesuch', '/v2/images/a/members'])('refuses a stranger at %s before anything is said of the path', async (url) => {
    expect((await get(url, {})).statusCode).toBe(401);
  });
});

describe('The table of statuses', () => {
  it('has an error status for every code', () => {
    const wrong = Object.entries(ERROR_STATUS).filter(([, status]) => status < 400 || status > 599);
    expect(wrong).toEqual([]);
  });
});
