import { Controller, Delete, Get, Module, Param, Post, Put, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { connect, type AddressInfo } from 'node:net';
import type { CommandContext } from '#event-store';
import { API_OPTIONS, type ApiOptions } from '../api.options.js';
import { SchemasController } from '../v2/schemas/schemas.controller.js';
import { InvalidValue } from './api.errors.js';
import { bodyBytes, NoBody, readJson } from './body.js';
import { createHttpApp } from './create-http-app.js';
import { Context, EverybodyIsAdmin, PRINCIPAL_SOURCE } from './principal.js';
import { VersionsController } from './versions.controller.js';

@Controller('v2/images')
class SampleController {
  @Get()
  list(@Req() { url }: FastifyRequest) {
    return { url };
  }

  @Post()
  async echo(@Req() request: FastifyRequest) {
    return { body: await readJson(request) };
  }

  @Get(':id')
  @NoBody()
  show(@Param('id') id: string, @Context() context: CommandContext) {
    return { id, ...context };
  }

  @Delete(':id')
  @NoBody()
  delete(@Param('id') id: string) {
    if (id === 'bug') throw new TypeError('secret detail');
  }

  @Put(':id/file')
  async refuseAfterFirstChunk(@Req() request: FastifyRequest) {
    for await (const chunk of bodyBytes(request)) throw new InvalidValue(`no more after ${chunk.length > 0 ? 'some' : 'no'} bytes`);
  }
}

const options: ApiOptions = {
  authentication: 'none',
  cache: true,
  multiStore: true,
  image: { diskFormats: ['raw'], containerFormats: ['bare'] },
  view: { directUrl: false, locations: false, multiStore: true, decryptLocation: (stored) => stored },
  imageSizeCap: 2 ** 40,
  paging: { limitDefault: 25, limitMax: 1000 },
};

@Module({
  controllers: [VersionsController, SchemasController, SampleController],
  providers: [{ provide: API_OPTIONS, useValue: options }, { provide: PRINCIPAL_SOURCE, useClass: EverybodyIsAdmin }],
})
class SampleModule {}

let app: NestFastifyApplication;

beforeAll(async () => {
  app = await createHttpApp(SampleModule, { cache: true, multiStore: true, logger: false });
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';

const ask = (method: Method, url: string, headers: Record<string, string> = {}, payload?: string | Buffer) =>
  app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });

const port = () => (app.getHttpServer().address() as AddressInfo).port;

/** Sends text as it is and answers all that comes back until the server closes or says nothing for `quiet` ms. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port(), '127.0.0.1', () => socket.write(text));
    socket.on('data', (data) => { answer += data.toString(); });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('Paths', () => {
  it.each(['/v2/images', '/v2.0/images', '/v2.18/images', '//v2/images', '/v2//images', '/v2/im%61ges'])('%s is the collection of images', async (url) => {
    const answer = await ask('GET', url);
    expect([answer.statusCode, answer.json()]).toEqual([200, { url: url.includes('%61') ? '/v2/im%61ges' : '/v2/images' }]);
  });

  it('takes the version from the Accept header where it is there', async () => {
    const answer = await ask('GET', '/images?limit=2', { accept: 'application/vnd.openstack.images-v2.1' });
    expect(answer.json()).toEqual({ url: '/v2/images?limit=2' });
  });

  it.each(['/', '/images', '/v3/x', '/v1/images', '/v2.99/images', '/V2/images', '/%'])('%s offers the versions with 300, without a request id', async (url) => {
    const answer = await ask('GET', url);
    expect(answer.statusCode).toBe(300);
    expect(answer.json()).toHaveProperty('versions.0.id', 'v2.18');
    expect(answer.headers).not.toHaveProperty('x-openstack-request-id');
  });

  it('offers the versions to whoever posts nonsense, too', async () => {
    expect((await ask('POST', '/', { 'content-type': 'nonsense' }, 'x')).statusCode).toBe(300);
  });

  it.each(['/versions', '/versions/'])('%s is 200 with the same document', async (url) => {
    const answer = await ask('GET', url, { host: 'glance.example:9292' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json()).toHaveProperty('versions.16.links.0.href', 'http://glance.example:9292/v2/');
  });

  it('answers a health check', async () => {
    const answer = await ask('GET', '/healthcheck');
    expect([answer.statusCode, answer.body]).toEqual([200, 'OK']);
  });

  it.each(['/v2', '/v2.5'])('%s leads to /v2/', async (url) => {
    const answer = await ask('GET', url, { host: 'h:1' });
    expect([answer.statusCode, answer.headers.location]).toEqual([302, 'http://h:1/v2/']);
  });

  it.each(['/v2/', '/v2/images/', '/v2/images//file', '/v2/images/a/', '/v2/Images', '/v2/nonesuch', '/v2/images/a%2Fb', `/v2/${'y'.repeat(9000)}`])(
    '%s is not found', async (url) => {
      const answer = await ask('GET', url);
      expect([answer.statusCode, answer.body.split('\n')[2]]).toEqual([404, 'The resource could not be found.']);
      expect(answer.headers['x-openstack-request-id']).toMatch(/^req-/);
    });

  it('hands a very long id to the handler', async () => {
    const id = 'x'.repeat(16_000);
    expect((await ask('GET', `/v2/images/${id}`)).json()).toHaveProperty('id', id);
  });

  it.each(['/v2/images/%zz', '/v2/images/%ff', '/v2/images/%'])('%s is a bad request', async (url) => {
    const answer = await ask('GET', url, { accept: 'application/json' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toHaveProperty('code', '400 Bad Request');
    expect(answer.headers['x-openstack-request-id']).toMatch(/^req-/);
  });
});

describe('Methods', () => {
  it.each([
    ['PUT', '/v2/images', 'GET, POST'], ['HEAD', '/v2/images', 'GET, POST'], ['OPTIONS', '/v2/images', 'GET, POST'],
    ['POST', '/v2/images/a', 'GET, PATCH, DELETE'], ['DELETE', '/v2/tasks/a', 'GET'], ['GET', '/v2/cache/a', 'DELETE, PUT'],
    ['PUT', '/v2/schemas/image', 'GET'], ['POST', '/v2.3/images/a/file', 'GET, PUT'],
  ] as const)('%s %s is not allowed; %s are', async (method, url, allow) => {
    const answer = await ask(method, url);
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
  });

  it('are as good as none where the settings leave a route out', async () => {
    expect((await ask('GET', '/v2/cached_images')).statusCode).toBe(404);
  });
});

describe('Request ids', () => {
  it.each([['abc', 'req-abc'], ['req-abc', 'req-abc']])('%s of the client is %s', async (sent, answered) => {
    const answer = await ask('GET', '/v2/images/a', { 'x-openstack-request-id': sent });
    expect(answer.headers['x-openstack-request-id']).toBe(answered);
    expect(answer.json()).toHaveProperty('requestId', answered);
  });

  it('is a new one where the client sent bytes that are no text', async () => {
    expect(await raw('GET /v2/images HTTP/1.1\r\nHost: h\r\nX-Openstack-Request-Id: \u00ff\r\nConnection: close\r\n\r\n')).toMatch(/\r\nx-openstack-request-id: req-[0-9a-f-]{36}\r\n/);
  });

  it('refuses one that is too long', async () => {
    expect((await ask('GET', '/v2/images', { 'x-openstack-request-id': 'x'.repeat(65) })).statusCode).toBe(431);
  });
});

describe('Callers', () => {
  it('cannot say who they are', async () => {
    const answer = await ask('GET', '/v2/images/a', { 'x-user-id': 'eve', 'x-roles': 'none', 'x-project-id': 'p', 'x-identity-status': 'Confirmed' });
    expect(answer.json()).toHaveProperty('actor', { user: null, project: null, roles: ['admin'], admin: true, service: null });
  });
});

describe('Bodies', () => {
  const OCTETS = { 'content-type': 'application/octet-stream' };

  it.each([['GET', OCTETS], ['GET', {}], ['DELETE', OCTETS]] as const)('%s with one is refused where none is expected', async (method, headers) => {
    const answer = await ask(method, '/v2/images/a', headers, 'x');
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('A body is not expected with this request.');
  });

  it('may be empty there', async () => {
    expect((await ask('DELETE', '/v2/images/a', { ...OCTETS, 'content-length': '0' })).statusCode).toBe(200);
  });

  it.each(['application/json', 'text/plain', 'nonsense', ''])('are JSON whatever %p says', async (type) => {
    const answer = await ask('POST', '/v2/images', { 'content-type': type }, '{"name":"ü"}');
    expect(answer.json()).toEqual({ body: { name: 'ü' } });
  });

  it.each([
    ['', 'Body expected in request.'], ['{', 'Malformed JSON in request body.'], ['5', 'Unexpected body type. Expected list/dict.'],
    ['null', 'Unexpected body type. Expected list/dict.'], ['{"a":"\\u0000"}', 'NUL'], ['{"\\ud800":1}', 'surrogate'], ['[[-1e400]]', 'a number beyond every bound'],
  ])('%p is refused', async (body, why) => {
    const answer = await ask('POST', '/v2/images', {}, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain(why);
  });

  it('that are not UTF-8 are refused', async () => {
    expect((await ask('POST', '/v2/images', {}, Buffer.from([0x22, 0xff, 0x22]))).statusCode).toBe(400);
  });

  it('that are too large are refused', async () => {
    expect((await ask('POST', '/v2/images', {}, `["${'x'.repeat(1024 * 1024)}"]`)).statusCode).toBe(413);
  });

  it('deep nesting does no harm', async () => {
    const answer = await ask('POST', '/v2/images', {}, '['.repeat(400_000) + ']'.repeat(400_000));
    expect(answer.statusCode).toBeLessThan(600);
    expect((await ask('GET', '/v2/images')).statusCode).toBe(200);
  });
});

describe('A refusal in mid-upload', () => {
  it('reaches a client that first sends everything, and the connection serves on', async () => {
    const size = 8 * 1024 * 1024;
    const upload = `PUT /v2/images/a/file HTTP/1.1\r\nHost: h\r\nContent-Type: application/octet-stream\r\nContent-Length: ${size}\r\n\r\n${'x'.repeat(size)}`;
    const answer = await raw(`${upload}GET /v2/images HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request/);
    expect(answer).toContain('no more after some bytes');
    expect(answer).toContain('HTTP/1.1 200 OK');
  });

  it.each(['PUT /v2/nonesuch', 'GET /v2/images/a'])('%s answers though nobody reads its chunked body', async (line) => {
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const answer = await raw(`${line} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(64)}0\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`);
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual([line.startsWith('PUT') ? 'HTTP/1.1 404' : 'HTTP/1.1 200', 'HTTP/1.1 300']);
  });
});

describe('Errors', () => {
  it('tell nothing of what went wrong inside', async () => {
    const answer = await ask('DELETE', '/v2/images/bug');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toBe('500 Internal Server Error\n\nThe server has either erred or is incapable of performing the requested operation.\n\n   ');
  });
});
