import { Controller, Delete, Get, Module, Post, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { connect, type AddressInfo } from 'node:net';
import { API_OPTIONS, type ApiOptions } from '../api.options.js';
import { NoBody, readJson } from './body.js';
import { createHttpApp } from './create-http-app.js';
import { EverybodyIsAdmin, PRINCIPAL_SOURCE } from './principal.js';
import { VersionsController } from './versions.controller.js';

@Controller('v2/images')
class SampleController {
  @Get()
  list() {
    return {};
  }

  @Post()
  async create(@Req() request: FastifyRequest) {
    return { body: await readJson(request) };
  }

  @Delete(':id')
  @NoBody()
  async delete() {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const options: ApiOptions = {
  cache: false,
  multiStore: false,
  image: { diskFormats: ['raw'], containerFormats: ['bare'] },
  view: { directUrl: false, locations: false, multiStore: false, decryptLocation: (stored) => stored },
  imageSizeCap: 2 ** 40,
  paging: { limitDefault: 25, limitMax: 1000 },
  authentication: 'none',
};

@Module({
  controllers: [VersionsController, SampleController],
  providers: [{ provide: API_OPTIONS, useValue: options }, { provide: PRINCIPAL_SOURCE, useClass: EverybodyIsAdmin }],
})
class SampleModule {}

let app: NestFastifyApplication;
beforeAll(async () => {
  app = await createHttpApp(SampleModule, { cache: false, multiStore: false, logger: false });
  await app.listen(0, '127.0.0.1');
});
afterAll(() => app.close());

const port = () => (app.getHttpServer().address() as AddressInfo).port;

/** Sends text as it is, in Latin-1, and answers all that comes back until the server closes. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port(), '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.on('data', (data) => { answer += data.toString(); });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

describe('What the parser refuses', () => {
  it.each([['PROPFIND', '/v2/nonesuch', '501 Not Implemented'], ['PROPFIND', '/v2/images', '405 Method Not Allowed'], ['FOO', '/v2/nonesuch', '501 Not Implemented'], ['FOO', '/v2/images', '405 Method Not Allowed'],
    ['get', '/v2.5/images?x', '405 Method Not Allowed'], ['CONNECT', 'h:80', '501 Not Implemented'], ['CONNECT', '/v2/images', '405 Method Not Allowed'], ['\x16\x03\x01', '/v2/images', '400 Bad Request'], ['<>', '/v2/images', '400 Bad Request']])(
    '%s %s is %s', async (method, url, status) => {
      expect(await raw(`${method} ${url} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`)).toContain(`HTTP/1.1 ${status}`);
    });

  it('as a method gets the methods of the resource all the same', async () => {
    expect(await raw('FOO /v2/images HTTP/1.1\r\nHost: h\r\n\r\n')).toMatch(/\r\nallow: GET, POST\r\n[^]*The method FOO is not allowed for this resource/);
  });

  it('as headers beyond every bound is 431', async () => {
    expect(await raw(`GET /v2/images HTTP/1.1\r\nHost: h\r\nX-Auth-Token: ${'x'.repeat(80_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  });

  it('as no HTTP is 400', async () => {
    expect(await raw('GET / HTTP/9\r\n\r\n')).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/);
  });

  it('after a request leaves the answer to it', async () => {
    const answer = await raw('POST /v2/images HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}and more\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 201 Created\r\n/);
    expect(answer).toMatch(/HTTP\/1.1 400 Bad Request\r\n/);
  });

  it('in a body that nobody reads leaves the answer to what was done', async () => {
    const answer = await raw('DELETE /v2/images/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nno chunk\r\n\r\n');
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  it('in a body that is read is its answer', async () => {
    const answer = await raw('POST /v2/images HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nno chunk\r\n\r\n');
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 400']);
  });
});

describe('A client that expects something unheard of', () => {
  it('is answered as any other', async () => {
    const expecting = (path: string) => raw(`GET ${path} HTTP/1.1\r\nHost: h\r\nExpect: miracles\r\nConnection: close\r\n\r\n`);
    expect(await expecting('/v2/images')).toMatch(/^HTTP\/1.1 200 OK/);
    expect(await expecting('/v2/nonesuch')).toMatch(/^HTTP\/1.1 404 [^]*x-openstack-request-id: req-[^]*The resource could not be found/i);
  });
});

describe('A request without a host', () => {
  it('of HTTP/1.0 is told the address that it came to', async () => {
    expect(await raw('GET /versions HTTP/1.0\r\n\r\n')).toContain(`"href":"http://127.0.0.1:${port()}/v2/"`);
  });

  it('of HTTP/1.1 is refused as any other', async () => {
    const answer = await raw('GET /v2/images HTTP/1.1\r\nAccept: application/json\r\nConnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\nx-openstack-request-id: req-[^]*"code": "400 Bad Request"/);
  });
});
