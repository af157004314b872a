import { CommandBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { AccessModule, openPolicy, parsePropertyProtections, type Principal } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, type CommandContext } from '#event-store';
import { Stores, StoresModule } from '#stores';
import { ImageDataService } from './image-data.service.js';
import { ChangeImage } from './image/change-image.js';
import { imageDecider } from './image/image.decider.js';
import { LOCATION_TOOLS, NO_QUOTAS } from './image/image.fixture.js';
import { ImagesModule } from './images.module.js';
import { ImagesService } from './images.service.js';
import { MemoryImageList, memoryImageProjection } from './read-model/image-list.memory.js';

const FILE = `
[^secret_]
create = admin
read = admin
update = admin
delete = admin
[^img_]
create = @
read = !
update = !
delete = !
[.*]
create = @
read = @
update = @
delete = @
`;

const context = (role: string): CommandContext => {
  const actor: Principal = { user: role, project: 'p', roles: [role, 'member', 'reader'], admin: role === 'admin', service: null };
  return { actor, requestId: 'req-1' };
};
const [MEMBER, ADMIN] = [context('member'), context('admin')];

describe('under property protections', () => {
  const images = new MemoryImageList();
  let app: TestingModule;
  let service: ImagesService;

  beforeAll(async () => {
    const policy = openPolicy({ legacy: false });
    app = await Test.createTestingModule({
      imports: [
        AccessModule.forRoot(policy, parsePropertyProtections(FILE, { file: 'f', format: 'roles' }, policy)),
        EventStoreModule.forRoot({
          site: 'here', store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints(), deciders: [imageDecider],
          projections: [memoryImageProjection(images)],
        }),
        StoresModule.forRoot(new Stores([{ id: 'one', type: 'memory' }], 'one', { several: false })),
        ImagesModule.forRoot({
          site: 'here', quotas: NO_QUOTAS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'test',
          locationsSealed: false, encryptLocation: (url) => url, decryptLocation: (url) => url,
        }, images),
      ],
    }).compile();
    await app.init();
    service = app.get(ImagesService);
  });
  afterAll(() => app.close());

  const list = (as: CommandContext, properties: Record<string, string>) =>
    service.list(as, { filters: { properties }, sort: [{ key: 'id', direction: 'asc' }], limit: 1 });

  it('nobody creates an image with a property that he may not create, and none comes into being', async () => {
    const id = '2f7c1b1e-9c50-4b6e-8f5a-0d6f3f1c7a11';
    await expect(service.create(MEMBER, { id, properties: { a: '1', secret_a: '2' } })).rejects.toThrow("Attribute 'secret_a' is reserved.");
    expect(await images.find(id)).toBeUndefined();
    expect((await service.create(ADMIN, { id, properties: { a: '1', secret_a: '2' } })).properties).toEqual({ a: '1', secret_a: '2' });
  });

  it('what cannot be read is in no answer, neither to its creation nor to a change', async () => {
    const { id, properties } = await service.create(MEMBER, { properties: { a: '1', img_x: '2' } });
    expect(properties).toEqual({ a: '1' });
    const answered = await service.change(ADMIN, id, [{ kind: 'property', op: 'add', key: 'secret_a', value: '3' }]);
    expect(answered.properties).toEqual({ a: '1', secret_a: '3' });
    expect((await service.change(MEMBER, id, [{ kind: 'attribute', name: 'name', value: 'n' }])).properties).toEqual({ a: '1' });
    expect((await service.show(MEMBER, id)).properties).toEqual({ a: '1' });
    expect((await images.find(id))?.properties).toEqual({ a: '1', img_x: '2', secret_a: '3' });
  });

  it('a list is not filtered by what cannot be read, which would tell its value', async () => {
    const { id } = await service.create(ADMIN, { properties: { secret_b: 'yes' } });
    expect((await list(ADMIN, { secret_b: 'yes' })).images).toMatchObject([{ id, properties: { secret_b: 'yes' } }]);
    for (const value of ['yes', 'no']) expect(await list(MEMBER, { secret_b: value })).toEqual({ images: [] });
    expect((await list(MEMBER, {})).images.flatMap(({ properties }) => Object.keys(properties)).filter((key) => key.startsWith('secret_'))).toEqual([]);
  });

  it('an upload is verified by the properties that are there, whether or not the caller reads them', async () => {
    const signed = { img_signature: 'AAAA', img_signature_hash_method: 'SHA-256', img_signature_key_type: 'RSA-PSS', img_signature_certificate_uuid: 'b1c0a3a6-7a3d-4c8f-9d43-1b7a4c1f2d11' };
    const { id, properties } = await service.create(MEMBER, { diskFormat: 'raw', containerFormat: 'bare', properties: signed });
    expect(properties).toEqual({});
    async function* bytes() {
      yield Buffer.from('data');
    }
    await expect(app.get(ImageDataService).upload(MEMBER, id, { source: bytes() })).rejects.toThrow();
    expect((await images.find(id))?.status).toBe('queued');
  });

  it('what the server writes itself asks nobody', async () => {
    const { id } = await service.create(MEMBER, {});
    await app.get(CommandBus).execute(new ChangeImage(MEMBER, id, [{ kind: 'property', op: 'add', key: 'secret_c', value: '1' }], NO_QUOTAS, LOCATION_TOOLS));
    expect((await images.find(id))?.properties).toEqual({ secret_c: '1' });
  });
});
