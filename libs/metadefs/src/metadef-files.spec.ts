import { Logger } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { MetadefFiles } from './metadef-files.js';
import { parseMetadefFile } from './metadef-file.js';
import { CONTEXT } from './metadefs/metadefs.fixture.js';
import { memoryPlace, metadefsApp } from './metadefs.fixture.js';
import { MetadefsService } from './metadefs.service.js';

const PAGE = { sort: { key: 'namespace', direction: 'asc' }, limit: 1000 } as const;

const RACK = {
  namespace: 'OS::Rack', display_name: 'Rack (19")', description: 'where it stands', visibility: 'public', protected: true,
  resource_type_associations: [{ name: 'OS::Nova::Server', prefix: 'r_' }], tags: [{ name: 'cold' }],
  properties: { row: { title: 'Row', type: 'integer', default: '1' } },
  objects: [{ name: 'Door', description: 'front', required: ['lock'], properties: { lock: { title: 'Lock', type: 'string' } } }],
};
const NEWER = {
  ...RACK, description: 'somewhere else', protected: false, tags: [{ name: 'COLD' }, { name: 'hot' }],
  properties: { row: { title: 'The row', type: 'string' }, unit: { title: 'Unit', type: 'string' } },
  objects: [{ name: 'Door', description: 'back', properties: {} }],
};

describe('files of metadata definitions', () => {
  let folder: string;
  let module: TestingModule;
  let files: MetadefFiles;
  let namespaces: MetadefsService;
  const errors: string[] = [];

  beforeEach(async () => {
    errors.length = 0;
    folder = await mkdtemp(join(tmpdir(), 'metadef-files-'));
    module = await metadefsApp(memoryPlace());
    Logger.overrideLogger({ log: () => undefined, warn: () => undefined, error: (text: string) => void errors.push(text) });
    files = module.get(MetadefFiles);
    namespaces = module.get(MetadefsService);
  });
  afterEach(async () => {
    await module.close();
    await rm(folder, { recursive: true });
  });
  afterAll(() => Logger.overrideLogger(['error', 'warn', 'log']));

  const write = async (content: unknown, file = 'rack.json'): Promise<string> => {
    await writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));
    return join(folder, file);
  };
  const rack = async () => {
    const { namespace, content } = await namespaces.show(CONTEXT, 'OS::Rack');
    return {
      description: namespace.description, protected: namespace.protected, tags: content.tags.map(({ name }) => name),
      properties: Object.fromEntries(content.properties.map(({ name, schema }) => [name, schema['title']])), door: content.objects[0]?.description,
    };
  };
  const OLD = { description: 'where it stands', protected: true, tags: ['cold'], properties: { row: 'Row' }, door: 'front' };

  it('leave a namespace alone that is there already', async () => {
    expect(await files.load(CONTEXT, await write(RACK), 'skip')).toBe(1);
    expect(await files.load(CONTEXT, await write(NEWER), 'skip')).toBe(0);
    expect(await rack()).toEqual(OLD);
  });

  it.each([
    ['prefer-old', { ...OLD, tags: ['cold', 'hot'], properties: { row: 'Row', unit: 'Unit' } }],
    ['prefer-new', { description: 'somewhere else', protected: false, tags: ['COLD', 'hot'], properties: { row: 'The row', unit: 'Unit' }, door: 'back' }],
    ['overwrite', { description: 'somewhere else', protected: false, tags: ['COLD', 'hot'], properties: { row: 'The row', unit: 'Unit' }, door: 'back' }],
  ] as const)('merge into one as told: %s', async (mode, merged) => {
    await files.load(CONTEXT, await write(RACK), 'skip');
    expect(await files.load(CONTEXT, await write(NEWER), mode)).toBe(1);
    expect(await rack()).toEqual(merged);
    expect(errors).toEqual([]);
  });

  it('that cannot be used are told and left out, the others are loaded', async () => {
    await write('{', 'a.json');
    await write({ namespace: 'no list', tags: 7 }, 'b.json');
    await write(RACK, 'c.json');
    await write(RACK, 'd.txt');
    expect(await files.load(CONTEXT, folder, 'skip')).toBe(1);
    expect(errors).toEqual([expect.stringContaining('a.json is left out'), expect.stringContaining('b.json is left out: tags is not a list')]);
    expect(await files.load(CONTEXT, join(folder, 'none'), 'skip')).toBe(0);
    expect(errors.at(-1)).toContain('nothing was loaded');
  });

  it('are written so that the same is read again, each namespace into one of its own', async () => {
    await files.load(CONTEXT, await write(RACK), 'skip');
    await files.load(CONTEXT, await write({ ...RACK, namespace: 'OS::Other' }), 'skip');
    await files.load(CONTEXT, await write({ namespace: 'Ünnamed', tags: [] }), 'skip');
    const out = join(folder, 'out');
    await mkdir(out);
    const written = await files.export(out);
    expect([...written].map((file) => basename(file))).toEqual(['Rack19.json', 'Rack192.json', 'Ünnamed.json']);
    expect((await readdir(out)).length).toBe(3);
    const read = parseMetadefFile(await readFile(written[0] ?? '', 'utf8'));
    const original = parseMetadefFile(JSON.stringify(RACK));
    expect(read.attributes).toEqual(original.attributes);
    expect(read.definitions).toEqual(expect.arrayContaining([...original.definitions]));
    expect(await files.unload(CONTEXT)).toBe(3);
    expect(await namespaces.list(CONTEXT, PAGE)).toEqual([]);
    expect(await files.load(CONTEXT, out, 'skip')).toBe(3);
    expect(await rack()).toEqual(OLD);
  });
});
