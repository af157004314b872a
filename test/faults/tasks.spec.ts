import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { Origin } from '../support/origin.js';
import { Server } from '../support/server.js';

interface TaskDocument {
  readonly status: string;
  readonly result: { readonly image_id: string } | null;
}

describe('tasks of a server that is killed', () => {
  it('go on when it comes back: neither an image nor a byte too many, and the data is whole', async () => {
    const origin = await Origin.start();
    const data = Buffer.alloc(4_000_000, 'x');
    origin.files.set('/slow', data);
    origin.stalling.add('GET /slow');
    const conf = `[import_filtering_opts]\nallow_private_addresses = True\nallowed_ports = ${new URL(origin.url).port}\n[glance_store]\nstores = file,http\n`;
    const first = await Server.start({ conf });
    const before = new ImageClient(first);
    const place = await before.create({ name: 'by place' });
    const validation_data = { os_hash_algo: 'sha256', os_hash_value: createHash('sha256').update(data).digest('hex') };
    expect(await before.status('POST', `/v2/images/${place.id}/locations`, { url: `${origin.url}/slow`, validation_data })).toBe(202);
    const image_properties = { name: 'by task', disk_format: 'raw', container_format: 'bare' };
    const asked = await before.request('/v2/tasks', { method: 'POST', body: JSON.stringify({ type: 'import', input: { import_from: `${origin.url}/slow`, import_from_format: 'raw', image_properties } }) });
    const { id: task } = (await asked.json()) as { readonly id: string };
    await eventually(async () => {
      expect((await before.list('?sort=name:asc')).images.map(({ name, status }) => [name, status])).toEqual([['by place', 'importing'], ['by task', 'saving']]);
    });
    await first.end('SIGKILL');
    origin.stalling.clear();
    const second = await Server.start({ conf, stateDir: first.stateDir });
    const after = new ImageClient(second);
    try {
      const taskNow = async () => (await (await after.request(`/v2/tasks/${task}`)).json()) as TaskDocument;
      await eventually(async () => expect((await taskNow()).status).toBe('success'), 100_000);
      await eventually(async () => expect(await after.show(place.id)).toMatchObject({ status: 'active', size: data.length, os_hash_value: validation_data.os_hash_value }), 100_000);
      const { images } = await after.list('?sort=name:asc');
      expect(images.map(({ name, status, size }) => [name, status, size])).toEqual([['by place', 'active', data.length], ['by task', 'active', data.length]]);
      expect(images[1]?.id).toBe((await taskNow()).result?.image_id);
      expect(await readdir(second.imagesDir)).toEqual([images[1]?.id]);
    } finally {
      await second.dispose();
      await origin.close();
    }
  }, 240_000);
});
