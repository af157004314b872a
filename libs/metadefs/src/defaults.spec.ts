import { fileURLToPath } from 'node:url';
import { jsonFilesIn, metadefFile, named, namesIn, readJson, type MetadefFile } from '../../../test/support/metadef-files.js';

const FOLDER = fileURLToPath(new URL('../defaults', import.meta.url));
/** Frozen from the files of Debian's Glance; test/compat/metadef-names.spec.ts holds it to them. */
const NAMES = fileURLToPath(new URL('./defaults.names.json', import.meta.url));
const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const KEYS = ['title', 'description', 'type', 'operators', 'readonly', 'minimum', 'maximum', 'pattern', 'default', 'enum', 'items'];

const files = jsonFilesIn(FOLDER);
const all = files.map((file) => metadefFile(FOLDER, file));

const unique = (values: readonly string[]): void => expect(values.filter((value, at) => values.indexOf(value) !== at)).toEqual([]);
const definitionsOf = ({ properties = {}, objects = [] }: MetadefFile) =>
  [properties, ...objects.map((one) => one.properties)].flatMap((definitions) => Object.entries(definitions));

describe('the default metadata definitions', () => {
  it('are one namespace a file, each with a name of its own', () => {
    unique(all.map(({ namespace }) => namespace));
    expect(files.filter((file) => !/^[a-z0-9]+(-[a-z0-9]+)*\.json$/.test(file))).toEqual([]);
  });

  it('name every namespace, resource type, property, object and tag that Glance installs, and no other', () => {
    expect(namesIn(all)).toEqual(readJson(NAMES));
  });
});

describe.each(files)('%s', (file) => {
  const namespace = metadefFile(FOLDER, file);
  const definitions = definitionsOf(namespace);

  it('is a public namespace whose texts fit the columns of Glance', () => {
    expect(namespace).toMatchObject({ visibility: 'public', protected: expect.any(Boolean) });
    expect(namespace.namespace.length).toBeLessThanOrEqual(80);
    expect(namespace.display_name).toMatch(/^.{3,80}$/);
    expect(namespace.description).toMatch(/^.{20,500}$/);
  });

  it('has each resource type, object and tag once', () => {
    for (const list of [namespace.resource_type_associations, namespace.objects ?? [], namespace.tags ?? []]) {
      unique(named(list));
      expect(named(list).filter((name) => name.length > 80)).toEqual([]);
    }
    for (const { description } of namespace.objects ?? []) expect(description).toMatch(/^.{20,500}$/);
  });

  it('defines properties by known keys and types, with bounds and defaults that agree', () => {
    expect(definitions.length).toBeGreaterThan(0);
    for (const [name, definition] of definitions) {
      expect(name).toMatch(/^.{1,80}$/);
      expect(Object.keys(definition).filter((key) => !KEYS.includes(key))).toEqual([]);
      expect(TYPES).toContain(definition.type);
      if (definition.type === 'array') expect(TYPES).toContain(definition.items?.type);
      if (definition.default !== undefined) expect(typeof definition.default).toBe(definition.type === 'integer' ? 'number' : definition.type);
      expect(definition.minimum ?? 0).toBeLessThanOrEqual(definition.maximum ?? Infinity);
      expect(() => new RegExp(definition.pattern ?? '')).not.toThrow();
    }
  });

  it('says what each property does, in a sentence that is not its title', () => {
    for (const [name, { title, description }] of definitions) {
      expect({ name, title }).toEqual({ name, title: expect.stringMatching(/^\S.{1,79}$/) });
      expect({ name, description }).toEqual({ name, description: expect.stringMatching(/^\S.{14,499}\S$/s) });
      expect(description).not.toBe(title);
    }
  });
});
