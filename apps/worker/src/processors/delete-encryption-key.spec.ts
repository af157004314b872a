import { Logger } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AccessModule, openKeyManager, openPolicy } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, StreamReader, type CommandContext } from '#event-store';
import { imageDecider, ImagesModule, ImagesService, MemoryImageList, memoryImageProjection, streamOf } from '#images';
import { Stores, StoresModule } from '#stores';
import { until } from '../job-runner.contract.js';
import { WorkerModule } from '../worker.module.js';
import { WorkerService } from '../worker.service.js';

const KEY = '5f1b1a0e-0000-4000-8000-000000000001';
const as = (user: string): CommandContext => ({ actor: { user, project: 'p', roles: ['admin'], admin: true, service: null }, requestId: 'req-1' });
const OPTIONS = {
  site: 'here', quotas: { properties: -1, tags: -1, locations: -1, members: -1 }, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] },
  holder: 'test', locationsSealed: false, encryptLocation: (url: string) => url, decryptLocation: (url: string) => url,
};

/** What Barbican's own tests and test/e2e/signed-images.spec.ts show of it, and when it is down. */
describe('The key of a deleted image', () => {
  let server: Server;
  let app: TestingModule;
  let creators: Map<string, string>;
  let down: boolean;
  let requests: string[];

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    [creators, down, requests] = [new Map([[KEY, 'alice']]), false, []];
    server = createServer(({ method = '', url = '', headers }, answer) => {
      requests.push(`${method} ${String(headers['x-auth-token'])}`);
      const id = url.split('/').at(-1) ?? '';
      const creator = creators.get(id);
      if (down) return void answer.writeHead(503).end();
      if (headers['x-auth-token'] !== 'own') return void answer.writeHead(403).end();
      if (creator === undefined) return void answer.writeHead(404).end();
      if (method === 'DELETE') creators.delete(id);
      if (method === 'DELETE') return void answer.writeHead(204).end();
      answer.end(JSON.stringify({ creator_id: creator }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const keys = openKeyManager({ backend: 'barbican', endpoint, apiVersion: 'v1', verifyTls: true }, undefined, async () => 'own');
    const images = new MemoryImageList();
    app = await Test.createTestingModule({
      imports: [
        AccessModule.forRoot(openPolicy({ legacy: false })),
        EventStoreModule.forRoot({
          site: 'here', store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), deciders: [imageDecider], projections: [memoryImageProjection(images)],
        }),
        StoresModule.forRoot(new Stores([{ id: 'one', type: 'memory' }], 'one')),
        ImagesModule.forRoot(OPTIONS, images, keys),
        WorkerModule.forRoot({ jobs: { kind: 'in-process', retries: { attempts: 100, firstDelayMs: 20, maxDelayMs: 20 } } }),
      ],
    }).compile();
    await app.init();
  });
  afterEach(async () => {
    await app.get(WorkerService).stop(1_000);
    await app.close();
    server.close().closeAllConnections();
  });

  const deletedBy = async (user: string, keyId = KEY, credentials?: { token: string }): Promise<string> => {
    const properties = { cinder_encryption_key_id: keyId, cinder_encryption_key_deletion_policy: 'on_image_deletion' };
    const { id } = await app.get(ImagesService).create(as('alice'), { properties });
    await app.get(ImagesService).delete(as(user), id, credentials);
    return id;
  };
  /** What it ended in. */
  const end = async (id: string) => {
    const last = async () => (await app.get(StreamReader).load(streamOf(id))).events.at(-1);
    await until(async () => ((await last())?.type ?? '').startsWith('ImageEncryptionKey'));
    const { type, data } = (await last()) ?? {};
    return { type, data };
  };

  it('goes by a job with the service\'s own rights, whoever deleted the image', async () => {
    expect(await end(await deletedBy('admin', KEY, { token: 'of the admin' }))).toEqual({ type: 'ImageEncryptionKeyDeleted', data: { keyId: KEY } });
    expect(creators.size).toBe(0);
    expect(requests).toEqual(['GET own', 'DELETE own']);
  });

  it('is asked for with the rights of who named it and deletes the image, and by the service where those do not do', async () => {
    expect(await end(await deletedBy('alice', KEY, { token: 'of alice' }))).toMatchObject({ type: 'ImageEncryptionKeyDeleted' });
    expect(requests).toContain('DELETE of alice');
  });

  it('counts as gone where there is none', async () => {
    creators.clear();
    expect(await end(await deletedBy('alice'))).toMatchObject({ type: 'ImageEncryptionKeyDeleted' });
    expect(await end(await deletedBy('alice', 'no id of a key'))).toMatchObject({ type: 'ImageEncryptionKeyDeleted' });
  });

  it('is tried again as long as the key manager is down', async () => {
    down = true;
    const id = await deletedBy('alice');
    await until(async () => requests.length >= 3);
    down = false;
    expect(await end(id)).toMatchObject({ type: 'ImageEncryptionKeyDeleted' });
  });

  it('stays where another user made it than the one who named it, and that is told', async () => {
    creators.set(KEY, 'bob');
    expect(await end(await deletedBy('alice'))).toMatchObject({ type: 'ImageEncryptionKeyKept', data: { keyId: KEY, reason: expect.stringContaining('another user') } });
    expect(creators.size).toBe(1);
  });
});
