import { Controller, Get, Module } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpApp } from './create-http-app.js';
import { EverybodyIsAdmin, PRINCIPAL_SOURCE } from './principal.js';
import { requestInCourse } from './request-in-course.js';

@Controller('v2/images')
class SampleController {
  @Get()
  async list() {
    await sleep(1);
    return requestInCourse();
  }
}

@Module({ controllers: [SampleController], providers: [{ provide: PRINCIPAL_SOURCE, useClass: EverybodyIsAdmin }] })
class SampleModule {}

describe('The request in whose course something happens', () => {
  it('is known there, beside others, and nowhere else', async () => {
    const app = await createHttpApp(SampleModule, { cache: false, multiStore: false, v2: true, logger: false });
    await app.init();
    const ask = async (id: string) => (await app.inject({ method: 'GET', url: '/v2/images', headers: { 'x-openstack-request-id': id } })).json<unknown>();
    expect(await Promise.all([ask('req-a'), ask('req-b')])).toEqual([{ requestId: expect.stringContaining('req-a') }, { requestId: expect.stringContaining('req-b') }]);
    expect(requestInCourse()).toBeUndefined();
    await app.close();
  });
});
