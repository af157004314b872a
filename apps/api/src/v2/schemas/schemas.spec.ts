import { readFileSync } from 'node:fs';
import { imageSchema, imagesSchema } from './image.schema.js';
import { MEMBER_SCHEMA, MEMBERS_SCHEMA } from './member.schema.js';
import { METADEF_SCHEMAS } from './metadefs.schema.js';
import { TASK_SCHEMA, TASKS_SCHEMA } from './task.schema.js';

/** Recorded from a running Glance 25.1. */
const recorded = (name: string): string => {
  const all = JSON.parse(readFileSync(new URL('./glance-25.1.json', import.meta.url), 'utf8')) as Record<string, unknown>;
  return JSON.stringify(all[name]);
};

const formats = {
  diskFormats: ['ami', 'ari', 'aki', 'vhd', 'vhdx', 'vmdk', 'raw', 'qcow2', 'vdi', 'iso', 'ploop'],
  containerFormats: ['ami', 'ari', 'aki', 'bare', 'ovf', 'ova', 'docker', 'compressed'],
};

describe('The schema', () => {
  it.each([
    ['image', imageSchema(formats)], ['images', imagesSchema(formats)], ['member', MEMBER_SCHEMA], ['members', MEMBERS_SCHEMA],
  ])('%s is that of Glance, key by key in its order', (name, ours) => {
    expect(JSON.stringify(ours)).toBe(recorded(name));
  });

  it.each(Object.entries(METADEF_SCHEMAS))('of metadefs/%s is that of Glance, key by key in its order', (name, ours) => {
    expect(JSON.stringify(ours)).toBe(recorded(`metadefs_${name}`));
  });

  it.each([['task', TASK_SCHEMA], ['tasks', TASKS_SCHEMA]])('%s is that of Glance and one type of task more, which came later', (name, ours) => {
    expect(JSON.stringify(ours)).toBe(recorded(name).replace('"api_image_import"]', '"api_image_import","location_import"]'));
  });

  it('of an image names the configured formats and properties', () => {
    const schema = imageSchema({ diskFormats: ['gpt'], containerFormats: [], properties: { rack: { type: 'string' } }, required: ['rack'] });
    expect(schema.properties?.['disk_format']?.enum).toEqual([null, 'gpt']);
    expect(schema.properties?.['rack']).toEqual({ type: 'string', is_base: false });
    expect(schema.properties).not.toHaveProperty('kernel_id');
    expect(schema.required).toEqual(['rack']);
  });
});
