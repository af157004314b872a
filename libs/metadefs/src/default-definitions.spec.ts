import { Logger } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultDefinitions } from './default-definitions.js';
import { CONTEXT, tag } from './metadefs/metadefs.fixture.js';
import { memoryPlace, metadefsApp, Rules, type MemoryPlace } from './metadefs.fixture.js';
import { MetadefsService } from './metadefs.service.js';

const PAGE = { sort: { key: 'namespace', direction: 'asc' }, limit: 1000 } as const;

describe('the default metadata definitions', () => {
  let folder: string;
  let place: MemoryPlace;
  let module: TestingModule;
  let defaults: DefaultDefinitions;
  let namespaces: MetadefsService;
  const warnings: string[] = [];

  beforeEach(async () => {
    warnings.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'metadefs-'));
    place = memoryPlace();
    module = await metadefsApp(place);
    // Nest's testing module brings a logger that keeps warnings to itself.
    Logger.overrideLogger({ log: () => undefined, error: () => undefined, warn: (text: string) => void warnings.push(text) });
    defaults = module.get(DefaultDefinitions);
    namespaces = module.get(MetadefsService);
  });
  afterEach(async () => {
    await module.close();
    await rm(folder, { recursive: true, force: true });
  });
  afterAll(() => Logger.overrideLogger(['error', 'warn', 'log']));

  const write = (file: string, content: unknown) => writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
  const names = async () => (await namespaces.list(CONTEXT, PAGE)).map(({ name }) => name);
  const rack = {
    namespace: 'Rack', visibility: 'public', protected: true, resource_type_associations: [{ name: 'OS::Nova::Server', prefix: 'r_' }], tags: [{ name: 'cold' }],
    properties: { row: { title: 'Row', type: 'integer', default: 1 } }, objects: [{ name: 'Door', required: ['lock'], properties: { lock: { title: 'Lock', type: 'string' } } }],
  };

  it('are all those that come with the program', async () => {
    expect(await defaults.load()).toBeGreaterThan(30);
    expect(warnings).toEqual([]);
    expect(await names()).toContain('OS::Compute::Watchdog');
    expect((await namespaces.resourceTypes(CONTEXT)).map(({ name }) => name)).toContain('OS::Glance::Image');
  });

  it('are a namespace each, the administrator\'s, with all that the file defines', async () => {
    await write('rack.json', rack);
    await write('notes.txt', 'not one of them');
    expect(await defaults.load(folder)).toBe(1);
    const { namespace, content } = await namespaces.show(CONTEXT, 'Rack');
    expect(namespace).toMatchObject({ owner: 'admin', visibility: 'public', protected: true, associations: [{ name: 'OS::Nova::Server', prefix: 'r_' }] });
    expect(content).toMatchObject({ properties: [{ name: 'row', schema: { default: '1' } }], objects: [{ name: 'Door', required: ['lock'] }], tags: [{ name: 'cold' }] });
    expect(await namespaces.resourceTypes(CONTEXT)).toMatchObject([{ name: 'OS::Nova::Server', protected: true }]);
  });

  it('are loaded once, and not again after they were deleted, renamed or changed', async () => {
    for (const name of ['A', 'B', 'C']) await write(`${name}.json`, { namespace: name });
    expect(await defaults.load(folder)).toBe(3);
    await namespaces.delete(CONTEXT, 'A');
    await namespaces.change(CONTEXT, 'B', { name: 'D', description: 'ours' });
    const before = await place.store.head();
    expect(await defaults.load(folder)).toBe(0);
    expect(await names()).toEqual(['C', 'D']);
    expect(await place.store.head()).toBe(before);
  });

  it('leave a namespace alone that somebody made under their name', async () => {
    await namespaces.create(CONTEXT, { name: 'Rack' }, [tag('ours')]);
    await write('rack.json', rack);
    expect(await defaults.load(folder)).toBe(0);
    expect((await namespaces.show(CONTEXT, 'Rack')).content.tags.map(({ name }) => name)).toEqual(['ours']);
  });

  it.each([
    ['no JSON', '{'], ['a list', []], ['without a name', {}], ['with a name too long', { namespace: 'x'.repeat(81) }], ['with tags that are none', { namespace: 'X', tags: {} }],
    ['with a property that has no type', { namespace: 'X', properties: { p: { title: 't' } } }], ['with a property that says more', { namespace: 'X', properties: { p: { title: 't', type: 'string', x: 1 } } }],
    ['with a tag twice', { namespace: 'X', tags: [{ name: 'a' }, { name: 'A' }] }],
  ])('leave out a file that is %s, say so, and load the others', async (_how, content) => {
    await write('a-bad.json', content);
    await write('rack.json', rack);
    expect(await defaults.load(folder)).toBe(1);
    expect(await names()).toEqual(['Rack']);
    expect(warnings).toEqual([expect.stringContaining('left out')]);
  });

  it('are loaded by one of several processes', async () => {
    await write('rack.json', rack);
    const other = await metadefsApp(place);
    const made = await Promise.all([defaults.load(folder), other.get(DefaultDefinitions).load(folder)]);
    await other.close();
    expect(made.toSorted()).toEqual([0, 1]);
    expect(await names()).toEqual(['Rack']);
  });

  it('are loaded whatever the policy lets people do', async () => {
    await write('rack.json', rack);
    const rules = new Rules();
    rules.forbidden = ['add_metadef_namespace', 'add_metadef_tag'];
    const strict = await metadefsApp(place, rules);
    expect(await strict.get(DefaultDefinitions).load(folder)).toBe(1);
    await strict.close();
  });

  it('are none where there is no folder', async () => {
    expect(await defaults.load(join(folder, 'nowhere'))).toBe(0);
    expect(warnings).toHaveLength(1);
  });
});
