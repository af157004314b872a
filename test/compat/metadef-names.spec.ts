import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jsonFilesIn, metadefFile, namesIn, readJson, type MetadefFile, type MetadefProperties } from '../support/metadef-files.js';

/** Where Glance's packages and its own installation put the definitions. */
const PEER = ['/usr/share/glance-common/metadefs', '/etc/glance/metadefs'].find((folder) => existsSync(folder) && jsonFilesIn(folder).length > 0);
const METADEFS = fileURLToPath(new URL('../../libs/metadefs/', import.meta.url));

const filesIn = (folder: string): MetadefFile[] => jsonFilesIn(folder).map((file) => metadefFile(folder, file));
const factsIn = (files: readonly MetadefFile[]) => Object.fromEntries(files.map((one) => [one.namespace, factsOf(one)]));

const withoutWords = (definitions: MetadefProperties = {}) =>
  Object.fromEntries(Object.entries(definitions).map(([name, definition]) => [name, { ...definition, title: undefined, description: undefined }]));

/** All that a client can rely on; titles and descriptions are each project's own. */
const factsOf = (one: MetadefFile) => ({
  resourceTypes: one.resource_type_associations,
  protected: one.protected ?? false,
  properties: withoutWords(one.properties),
  objects: (one.objects ?? []).map(({ name, required, properties }) => ({ name, required, properties: withoutWords(properties) })),
  tags: one.tags ?? [],
});

/** Runs where Glance's definitions are installed; elsewhere the frozen names stand for them (libs/metadefs/src/defaults.spec.ts). */
(PEER === undefined ? describe.skip : describe)("the metadata definitions of Debian's Glance", () => {
  const theirs = PEER === undefined ? [] : filesIn(PEER);
  const ours = filesIn(join(METADEFS, 'defaults'));

  it('have the names that are frozen for the comparison', () => {
    expect(readJson(join(METADEFS, 'src/defaults.names.json'))).toEqual(namesIn(theirs));
  });

  it('differ from the defaults in nothing but words', () => {
    expect(factsIn(ours)).toEqual(factsIn(theirs));
  });

  it('lend the defaults none of their sentences', () => {
    const sentences = (files: readonly MetadefFile[]) => JSON.stringify(files).match(/(?<="description":"|\. )[^".]{25,}/g) ?? [];
    const lent = new Set(sentences(theirs));
    expect(sentences(ours).length).toBeGreaterThan(200);
    expect(sentences(ours).filter((sentence) => lent.has(sentence))).toEqual([]);
  });
});
