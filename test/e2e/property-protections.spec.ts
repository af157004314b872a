import fc from 'fast-check';
import { ImageClient, type Document } from '../support/image-client.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { protectedBy, type Protections } from '../support/protection-files.js';
import { Server } from '../support/server.js';
import { FAKEAUTH } from '../support/story.js';

const V20 = 'application/openstack-images-v2.0-json-patch';

const BY_ROLE: Protections = {
  '^spl_create_': ['spl_role', 'spl_role', 'admin', 'admin'],
  '^spl_read_': ['spl_role,member', 'spl_role, member', 'admin', 'admin'],
  '^spl_update_': ['SPL_ROLE', 'spl_role', 'Spl_Role', 'admin'],
  '^spl_delete_': ['spl_role', 'spl_role', 'spl_role', 'spl_role'],
  '^none_read': ['@', '!', '@', '@'],
  '^none_update': ['@', '@', '!', '@'],
  '^none_delete': ['@', '@', '@', '!'],
  '^nobody': ['!', '!', '!', '!'],
  '^empty': ['', '', '', ''],
  '^os_glance': ['!', '!', '!', '!'],
  '^service_': ['service', 'service', 'service', 'service'],
  '^blind_': ['member', 'admin', 'admin', 'admin'],
  '^(?:a+)+$': ['@', '@', '@', '@'],
  '(?i)^free': ['@', '@', '@', '@'],
  '.*': ['admin', 'admin', 'admin', 'admin'],
};

/** What roles said above, said by policy rules that are always there: for admins, for everybody. */
const BY_POLICY: Protections = {
  '^admin_': ['context_is_admin', 'context_is_admin', 'context_is_admin', 'context_is_admin'],
  '^shown_': ['context_is_admin', 'default', 'context_is_admin', 'context_is_admin'],
  '^service_': ['service_api', 'service_api', 'service_api', 'service_api'],
  '^all': ['@', '@', '@', '@'],
  '^nobody': ['!', '!', '!', '!'],
};

async function serve(memory: boolean, protections: { conf: string }): Promise<{ server: Server; client: ImageClient; dispose(): Promise<void> }> {
  let database: TestDatabase | undefined;
  if (!memory) database = await testDatabase();
  const conf = `${protections.conf}${FAKEAUTH}${database ? `[database]\nconnection = ${database.url}\n` : ''}`;
  const server = await Server.start({ memory, conf });
  return {
    server,
    client: new ImageClient(server),
    dispose: async () => {
      await server.dispose();
      await database?.drop();
    },
  };
}

const spoken = async (answer: Response): Promise<string> => `${answer.status} ${(await answer.text()).replaceAll('&#x27;', "'")}`;

describe.each([{ memory: false }, { memory: true }])('Property protections by role (memory drivers: $memory)', ({ memory }) => {
  const file = protectedBy(BY_ROLE);
  let site: Awaited<ReturnType<typeof serve>>;
  let as: Record<'member' | 'special' | 'admin' | 'service' | 'reader', ImageClient>;
  beforeAll(async () => {
    site = await serve(memory, file);
    as = {
      member: site.client.as('m:p1:member,reader'), special: site.client.as('s:p1:member,reader,spl_role'), admin: site.client.as('a:p1:admin,member,reader'),
      service: site.client.as('n:p1:member,reader,service'), reader: site.client.as('r:p1:reader'),
    };
  }, 60_000);
  afterAll(async () => {
    await site.dispose();
    file.remove();
  });

  const step = (op: 'add' | 'replace' | 'remove', key: string, value?: string) => ({ op, path: `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, ...(value === undefined ? {} : { value }) });
  const custom = ({ id: _id, ...document }: Document, ...keys: string[]) => Object.fromEntries(keys.filter((key) => key in document).map((key) => [key, document[key]]));

  it('seed 43: an image comes only with properties that its maker may create', async () => {
    expect(await as.member.status('POST', '/v2/images', { free_a: 'o', foo: 'bar' }, { 'content-type': 'application/json' })).toBe(403);
    const image = await as.special.create({ spl_create_a: '1', spl_read_a: '2', spl_update_a: '', none_read: 'x' });
    expect(custom(image, 'spl_create_a', 'spl_read_a', 'spl_update_a', 'none_read')).toEqual({ spl_create_a: '1', spl_read_a: '2', spl_update_a: '' });
    for (const who of [as.admin, as.member]) expect(custom(await who.show(image.id), 'spl_create_a', 'spl_read_a', 'none_read')).toEqual({ spl_read_a: '2' });
    expect(custom(await as.reader.show(image.id), 'spl_create_a', 'spl_read_a', 'none_read')).toEqual({});
    for (const key of ['nobody', 'empty', 'service_x', 'zzz']) expect(await as.member.status('POST', '/v2/images', { [key]: '1' }, { 'content-type': 'application/json' })).toBe(403);
  });

  it('seed 43: a change is refused whole where one of its steps is not allowed', async () => {
    const { id } = await as.special.create({ spl_read_a: 'r', spl_update_a: 'u', spl_delete_a: 'd', spl_delete_b: '' });
    expect(await spoken(await as.special.patch(id, [step('replace', 'spl_update_a', 'new'), step('replace', 'spl_read_a', 'new')]))).toMatch(/^403 [^]*Attribute 'spl_read_a' is reserved\./);
    expect((await as.special.patch(id, [step('remove', 'spl_delete_a'), step('add', 'spl_new', '1')])).status).toBe(403);
    expect(custom(await as.special.show(id), 'spl_read_a', 'spl_update_a', 'spl_delete_a')).toEqual({ spl_read_a: 'r', spl_update_a: 'u', spl_delete_a: 'd' });
    const updated = await as.special.patch(id, [step('replace', 'spl_update_a', ''), step('replace', 'spl_update_a', 'u2'), step('remove', 'spl_delete_a'), step('remove', 'spl_delete_b')]);
    expect(updated.status).toBe(200);
    expect(custom((await updated.json()) as Document, 'spl_update_a', 'spl_delete_a', 'spl_delete_b')).toEqual({ spl_update_a: 'u2' });
  });

  it('by ! and by nothing said nobody may, not even an admin; by @ everybody', async () => {
    const { id } = await as.member.create({ none_update: '1', none_delete: '1', none_read: '1', FREE: '1' });
    for (const who of [as.admin, as.member]) {
      expect((await who.patch(id, [step('replace', 'none_update', '2')])).status).toBe(403);
      expect((await who.patch(id, [step('add', 'none_update', '2')])).status).toBe(403);
      expect((await who.patch(id, [step('remove', 'none_delete')])).status).toBe(403);
      expect((await who.patch(id, [step('add', 'nobody', '1')])).status).toBe(403);
      expect((await who.patch(id, [step('add', 'empty_x', '1')])).status).toBe(403);
      expect((await who.patch(id, [step('replace', 'FREE', '2')])).status).toBe(200);
    }
    expect(custom(await as.admin.show(id), 'none_update', 'none_delete', 'none_read', 'FREE')).toEqual({ none_update: '1', none_delete: '1', FREE: '2' });
  });

  it('what cannot be read is missing for whoever replaces or removes it, and is never lost', async () => {
    const { id } = await as.admin.create({ owner: 'p1', hidden: 'h', free_a: '1' });
    for (const tried of [step('replace', 'hidden', 'x'), step('remove', 'hidden'), step('replace', 'missing', 'x'), step('remove', 'missing')]) {
      expect(await spoken(await as.member.patch(id, [tried]))).toMatch(/^409 [^]*Property (?:hidden|missing) does not exist\./);
    }
    expect((await as.member.patch(id, [step('add', 'hidden', 'x')])).status).toBe(403);
    expect((await as.member.patch(id, [{ add: '/hidden', value: 'x' }], V20)).status).toBe(403);
    expect((await as.member.patch(id, [step('replace', 'free_a', '2'), { op: 'replace', path: '/name', value: 'n' }])).status).toBe(200);
    expect(await as.member.status('PUT', `/v2/images/${id}/tags/t`)).toBe(204);
    expect((await as.member.put(id, 'data')).status).toBe(204);
    expect(custom(await as.admin.show(id), 'hidden', 'free_a', 'name', 'tags', 'status')).toEqual({ hidden: 'h', free_a: '2', name: 'n', tags: ['t'], status: 'active' });
  });

  it('the right to create does not write over what is there unseen', async () => {
    const { id } = await as.member.create({ blind_a: '1' });
    expect((await as.member.patch(id, [step('add', 'blind_b', '1')])).status).toBe(200);
    expect((await as.member.patch(id, [step('add', 'blind_a', '2')])).status).toBe(403);
    expect((await as.member.patch(id, [{ add: '/blind_a', value: '2' }], V20)).status).toBe(403);
    expect(custom(await as.admin.show(id), 'blind_a', 'blind_b')).toEqual({ blind_a: '1', blind_b: '1' });
  });

  it('of many who add one property at once the first creates it, and the others, who may not update it, are refused', async () => {
    const { id } = await as.special.create();
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => as.special.patch(id, [step('add', 'spl_create_race', `${n}`)])));
    const won = answers.flatMap(({ status }, n) => (status === 200 ? [`${n}`] : []));
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(11);
    expect(won).toEqual([(await as.special.show(id))['spl_create_race']]);
  });

  it('lists show and filter by nothing that the caller cannot read', async () => {
    const { id } = await as.admin.create({ hidden: 'needle', free_n: 'thread' });
    const found = async (who: ImageClient, query: string) => (await who.list(query)).images.map((image) => ({ id: image.id, hidden: image['hidden'] }));
    expect(await found(as.admin, '?hidden=needle')).toEqual([{ id, hidden: 'needle' }]);
    for (const query of ['?hidden=needle', '?hidden=straw', '?hidden=needle&free_n=thread']) expect(await found(as.member, query)).toEqual([]);
    expect(await found(as.member, '?free_n=thread')).toEqual([{ id, hidden: undefined }]);
    expect(await found(as.reader, '?free_n=thread')).toEqual([{ id, hidden: undefined }]);
  });

  it('who is shared an image reads of it what his roles read', async () => {
    const { id } = await as.admin.create({ hidden: 'h', free_a: '1' });
    await as.admin.status('POST', `/v2/images/${id}/members`, { member: 'p2' });
    expect(custom(await site.client.as('x:p2:member,reader').show(id), 'hidden', 'free_a')).toEqual({ free_a: '1' });
  });

  it('properties of the server itself stay read-only, whatever a section says', async () => {
    expect(await as.admin.status('POST', '/v2/images', { os_glance_x: '1' }, { 'content-type': 'application/json' })).toBe(403);
    const { id } = await as.member.create();
    expect((await as.admin.patch(id, [step('add', 'os_glance_x', '1')])).status).toBe(403);
  });

  it('names made to be slow or odd are answered like any other', async () => {
    const { id } = await as.member.create();
    expect(await as.member.status('GET', `/v2/images?${'a'.repeat(254)}!=1`)).toBe(200);
    expect(await as.member.status('GET', `/v2/images?${'a'.repeat(8_000)}=1`)).toBe(200);
    const name = fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), fc.constantFrom('__proto__', 'constructor', `${'a'.repeat(254)}!`, '.*', '[', 'x~y/z', 'nobody\n', '^free'));
    await fc.assert(fc.asyncProperty(name, async (key) => {
      const answer = await as.member.patch(id, [step('add', key, '1')]);
      expect([200, 400, 403, 409]).toContain(answer.status);
      if (answer.status === 200) expect(Object.hasOwn((await answer.json()) as object, key)).toBe(true);
    }), { numRuns: 60, seed: 43 });
    const { id: shown, ...rest } = await as.member.show(id);
    expect(shown).toBe(id);
    expect(Object.keys(rest).filter((key) => /^(?:nobody|empty|service_|spl_)/.test(key))).toEqual([]);
  });
});

describe.each([{ memory: false }, { memory: true }])('Property protections by policy (memory drivers: $memory)', ({ memory }) => {
  const file = protectedBy(BY_POLICY, 'policies');
  let site: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => void (site = await serve(memory, file)), 60_000);
  afterAll(async () => {
    await site.dispose();
    file.remove();
  });

  it('seed 43: the rules that the sections name say who creates, reads, updates and deletes', async () => {
    const [admin, member, service] = [site.client.as('a:p1:admin'), site.client.as('m:p1:member'), site.client.as('s:p1:member,service')];
    const allowed = async (who: ImageClient, key: string): Promise<string> => {
      const { id } = await admin.create();
      const there = await admin.create({ [key]: '1' }).catch(() => undefined);
      const target = there?.id ?? (await service.create({ [key]: '1' }).catch(() => undefined))?.id ?? id;
      const patch = async (image: string, op: string) => (await who.patch(image, [{ op, path: `/${key}`, ...(op === 'remove' ? {} : { value: '2' }) }])).status === 200;
      const created = await patch(id, 'add');
      const read = key in (await who.show(target));
      return `${created ? 'c' : ''}${read ? 'r' : ''}${await patch(target, 'replace') ? 'u' : ''}${await patch(target, 'remove') ? 'd' : ''}`;
    };
    expect([await allowed(admin, 'admin_a'), await allowed(member, 'admin_a'), await allowed(service, 'admin_a')]).toEqual(['crud', '', '']);
    expect([await allowed(admin, 'shown_a'), await allowed(member, 'shown_a')]).toEqual(['crud', 'r']);
    expect([await allowed(member, 'service_a'), await allowed(service, 'service_a')]).toEqual(['', 'crud']);
    expect([await allowed(member, 'all'), await allowed(admin, 'nobody'), await allowed(admin, 'none fits')]).toEqual(['crud', '', '']);
  });
});
