import { readFileSync } from 'node:fs';
import { v7 } from 'uuid';
import { createMemoryEventStore, EMPTY_STREAM, exportLog, seal, type EventMeta, type Exported } from '#event-store';

const SAMPLES = new URL('../../libs/images/src/image/history/', import.meta.url);
const sample = (type: string): object => JSON.parse(readFileSync(new URL(`${type}.v1.json`, SAMPLES), 'utf8')) as object;
/** Without the id that a client chose. */
const { spelling: _, ...CREATED } = sample('ImageCreated') as { readonly spelling: string };
const ACTOR = { user: 'u', project: 'p', roles: ['member'], admin: false, service: null };

/** Writes the log of so many images, three events each, to a file, as an export of a site does. */
export async function writeImageLog(file: string, images: number, site = 'local'): Promise<Exported> {
  const store = createMemoryEventStore();
  const types = [{ type: 'ImageCreated', data: CREATED }, ...['ImageTagsChanged', 'ImageVisibilityChanged'].map((type) => ({ type, data: sample(type) }))];
  for (let n = 0; n < images; n += 1) {
    const ids = types.map(() => v7());
    const stream = `image-${ids[0]}`;
    const meta = (i: number): EventMeta => ({
      id: ids[i] ?? '', stream, v: 1, at: new Date(1_780_000_000_000 + n * 1000).toISOString(), hlc: (BigInt(1_780_000_000_000 + n * 1000 + i) << 16n).toString(16).padStart(16, '0'), site, actor: ACTOR,
      requestId: null, causationId: null, correlationId: null, creation: i === 0 ? null : (ids[0] ?? null),
    });
    await store.append(stream, EMPTY_STREAM, types.map((event, i) => seal(event, meta(i))));
  }
  const exported = await exportLog({ store, site, to: file });
  await store.close();
  return exported;
}
