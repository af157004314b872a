import { Test, type TestingModule } from '@nestjs/testing';
import { AccessModule, openPolicy, type Policy, type PolicyRule, type Principal } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, type CommandContext } from '#event-store';
import { Stores, StoresModule } from '#stores';
import type { Visibility } from './image/image.events.js';
import { imageDecider } from './image/image.decider.js';
import { NO_QUOTAS } from './image/image.fixture.js';
import { ImagesModule } from './images.module.js';
import { ImagesService } from './images.service.js';
import { MembersService } from './members.service.js';
import { MemoryImageList, memoryImageProjection } from './read-model/image-list.memory.js';

const caller = (project: string | null, roles: string[], more: Partial<Principal> = {}): Principal => ({ user: 'u', project, roles, admin: false, service: null, ...more });
const ADMIN = caller('p0', ['admin', 'member', 'reader'], { admin: true });
const CALLERS = {
  'an admin': ADMIN,
  'the owner': caller('p1', ['member', 'reader']),
  'a reader of the owner': caller('p1', ['reader']),
  'a member': caller('p2', ['member', 'reader']),
  'a reader of a member': caller('p2', ['reader']),
  'a member without a role': caller('p2', []),
  'another project': caller('p9', ['member', 'reader']),
  nobody: caller(null, [], { user: null, readOnly: true }),
};
type Who = keyof typeof CALLERS;

const context = (actor: Principal): CommandContext => ({ actor, requestId: 'req-1' });

async function open(policy: Policy): Promise<TestingModule> {
  const images = new MemoryImageList();
  const eventStore = { store: createMemoryEventStore(), claims: createMemoryClaims(), checkpoints: createMemoryCheckpoints() };
  const app = await Test.createTestingModule({
    imports: [
      AccessModule.forRoot(policy),
      EventStoreModule.forRoot({ site: 'here', ...eventStore, deciders: [imageDecider], projections: [memoryImageProjection(images)] }),
      StoresModule.forRoot(new Stores([{ id: 'memory', type: 'memory' }], 'memory')),
      ImagesModule.forRoot({
        site: 'here', quotas: NO_QUOTAS, imageSizeCap: 1e6, hashingAlgorithm: 'sha512', formats: { requireMatch: true, vmdkAllowedTypes: [], gptChecksNonfatal: [] }, holder: 'h', locationsSealed: false, encryptLocation: (url) => url, decryptLocation: (url) => url,
      }, images),
    ],
  }).compile();
  return app.init();
}

describe.each([['secure RBAC', false], ['the rules from before', true]])('members under %s', (_rules, legacy) => {
  let app: TestingModule;
  let members: MembersService;
  beforeAll(async () => {
    app = await open(openPolicy({ legacy }));
    members = app.get(MembersService);
  });
  afterAll(() => app.close());

  /** Owned by p1, shared with p2 (pending) and p3 (accepted), then turned to the visibility. */
  const image = async (visibility: Visibility = 'shared', owner: string | null = 'p1'): Promise<string> => {
    const { id } = await app.get(ImagesService).create(context(ADMIN), { owner, visibility: 'shared' });
    for (const member of ['p2', 'p3']) await members.add(context(ADMIN), id, [member]);
    await members.decide(context(ADMIN), id, 'p3', 'accepted');
    if (visibility !== 'shared') await app.get(ImagesService).change(context(ADMIN), id, [{ kind: 'attribute', name: 'visibility', value: visibility }]);
    return id;
  };

  const outcomes = async (actor: Principal, id: string) => {
    const told = async (done: Promise<unknown>, whenDone = 'done') =>
      done.then((answer) => (Array.isArray(answer) ? answer.map(({ member }: { member: string }) => member).join() : whenDone), (error: { code: string }) => error.code);
    const by = context(actor);
    return {
      list: await told(members.list(by, id)),
      showOne: await told(members.show(by, id, 'p2')),
      showAnother: await told(members.show(by, id, 'p3')),
      showNone: await told(members.show(by, id, 'p5')),
      add: await told(members.add(by, id, ['p4']).then(() => undefined)),
      decideOne: await told(members.decide(by, id, 'p2', 'rejected')),
      decideAnother: await told(members.decide(by, id, 'p3', 'rejected')),
      remove: await told(members.remove(by, id, 'p2')),
    };
  };
  const each = (list: string, ...rest: string[]) => {
    const [showOne, showAnother, showNone, add, decideOne, decideAnother, remove] = rest;
    return { list, showOne, showAnother, showNone, add, decideOne, decideAnother, remove };
  };
  const missing = 'ImageNotFound';
  const none = 'MemberNotFound';
  const no = 'Forbidden';

  const always: [Who, object][] = [
    ['an admin', each('p2,p3', 'done', 'done', none, 'done', 'done', 'done', 'done')],
    ['the owner', each('p2,p3', 'done', 'done', none, 'done', no, no, 'done')],
    ['a member', each('p2', 'done', none, none, no, 'done', none, no)],
    ['another project', each(missing, missing, missing, missing, missing, missing, missing, missing)],
    ['nobody', each(missing, missing, missing, missing, no, no, no, no)],
  ];
  const byRules: [Who, object][] = legacy ? [
    ['a reader of the owner', each('p2,p3', 'done', 'done', none, 'done', no, no, 'done')],
    ['a reader of a member', each('p2', 'done', none, none, no, 'done', none, no)],
    ['a member without a role', each('p2', 'done', none, none, no, 'done', none, no)],
  ] : [
    ['a reader of the owner', each('p2,p3', 'done', 'done', none, no, no, no, no)],
    ['a reader of a member', each('p2', 'done', none, none, no, no, none, no)],
    ['a member without a role', each(missing, missing, missing, missing, missing, missing, missing, missing)],
  ];
  it.each([...always, ...byRules])('let %s do with a shared image exactly this', async (who, expected) => {
    expect(await outcomes(CALLERS[who], await image())).toEqual(expected);
  });

  /** Who does not own it is told of no member that could decide. */
  const strange = each('NotShared', none, none, none, 'NotShared', 'MemberNotFound', 'MemberNotFound', 'NotShared');
  const unshared = each('NotShared', none, none, none, 'NotShared', 'NotShared', 'NotShared', 'NotShared');
  it.each<[Who, Visibility, object]>([
    ['the owner', 'private', unshared], ['the owner', 'public', unshared], ['an admin', 'private', unshared], ['an admin', 'community', unshared],
    ['another project', 'public', strange], ['another project', 'community', strange], ['a member', 'public', strange],
    ['a member', 'private', each(missing, missing, missing, missing, missing, missing, missing, missing)],
    ['another project', 'private', each(missing, missing, missing, missing, missing, missing, missing, missing)],
  ])('tell %s of a %s image exactly this', async (who, visibility, expected) => {
    expect(await outcomes(CALLERS[who], await image(visibility))).toEqual(expected);
  });

  it('seed 19: let an admin share an image whoever owns it, and nobody else an image without an owner', async () => {
    const id = await image('shared', null);
    await expect(members.add(context(CALLERS['the owner']), id, ['p4'])).rejects.toMatchObject({ code: no });
    expect(await members.add(context(ADMIN), id, ['p4'])).toMatchObject([{ imageId: id, member: 'p4', status: 'pending' }]);
  });

  it('user-asks 27: tell a member of its own row only', async () => {
    const id = await image();
    expect(await members.list(context(CALLERS['a member']), id)).toMatchObject([{ member: 'p2', status: 'pending', imageId: id }]);
  });

  it('CVE-2013-4354: keep an image from the list of a project until it has accepted it', async () => {
    const id = await image();
    const images = app.get(ImagesService);
    const query = { filters: { id: [id] }, sort: [{ key: 'id', direction: 'asc' }] as const, limit: 10 };
    const listed = async (more: object = {}) => (await images.list(context(CALLERS['a member']), { ...query, ...more })).images.length;
    expect([await listed(), await listed({ memberStatus: 'pending' })]).toEqual([0, 1]);
    expect((await images.show(context(CALLERS['a member']), id)).id).toBe(id);
    await members.decide(context(CALLERS['a member']), id, 'p2', 'accepted');
    expect([await listed(), await listed({ memberStatus: 'pending' })]).toEqual([1, 0]);
    await members.remove(context(CALLERS['the owner']), id, 'p2');
    expect(await listed({ memberStatus: 'all' })).toBe(0);
    await expect(images.show(context(CALLERS['a member']), id)).rejects.toMatchObject({ code: missing });
  });
});

describe('members under rules of an operator\'s own', () => {
  const refusing = (...rules: PolicyRule[]) => openPolicy({ legacy: false, overrides: Object.fromEntries(rules.map((rule) => [rule, '!'])) });
  const told = async (...refused: PolicyRule[]) => {
    let policy = openPolicy({ legacy: false });
    const app = await open({ legacy: false, allows: (...asked) => policy.allows(...asked), defines: (rule) => policy.defines(rule) });
    const members = app.get(MembersService);
    const by = context(ADMIN);
    const { id } = await app.get(ImagesService).create(by, {});
    await members.add(by, id, ['p2']);
    policy = refusing(...refused);
    const outcome = async (done: Promise<unknown>) => done.then((answer) => (Array.isArray(answer) ? answer.length : 'done'), (error: { code: string }) => error.code);
    const answers: unknown[] = [
      await outcome(members.list(by, id)), await outcome(members.show(by, id, 'p2')), await outcome(members.add(by, id, ['p3']).then(() => 'added')),
      await outcome(members.decide(by, id, 'p2', 'accepted')), await outcome(members.remove(by, id, 'p2')),
    ];
    await app.close();
    return answers;
  };

  it.each<[PolicyRule[], unknown[]]>([
    [['get_members'], ['Forbidden', 'done', 'done', 'done', 'done']],
    [['get_member'], [0, 'MemberNotFound', 'done', 'Forbidden', 'Forbidden']],
    [['add_member'], [1, 'done', 'Forbidden', 'done', 'done']],
    [['modify_member'], [1, 'done', 'done', 'Forbidden', 'done']],
    [['delete_member'], [1, 'done', 'done', 'done', 'Forbidden']],
    [['get_image', 'add_member'], ['ImageNotFound', 'ImageNotFound', 'ImageNotFound', 'ImageNotFound', 'ImageNotFound']],
  ])('refuse what %j refuses, as the peer does', async (refused, expected) => {
    expect(await told(...refused)).toEqual(expected);
  });
});
