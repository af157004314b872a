import { createHash, randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locationCipher } from '#stores';
import type { Caller, Glance } from './glance.js';
import type { MariaDb } from './mariadb.js';

export const OPERATOR: Caller = { user: 'root', project: 'operators', roles: 'admin,member,reader' };
export const RED: Caller = { user: 'alice', project: 'red', roles: 'member,reader' };
export const BLUE: Caller = { user: 'bob', project: 'blue', roles: 'member,reader' };

const VISIBILITIES = ['public', 'private', 'shared', 'community'] as const;
const DECISIONS = ['pending', 'accepted', 'rejected'] as const;
const STATUSES = ['queued', 'saving', 'uploading', 'importing', 'active', 'deactivated', 'killed', 'deleted', 'pending_delete'] as const;
const ACTIVE = ['active', 'deactivated', 'pending_delete'];
const PATCH = 'application/openstack-images-v2.1-json-patch';

/** By the API: each visibility in each status that it reaches at once, with members, tags, properties and data. */
export async function createByApi(glance: Glance): Promise<void> {
  for (const [i, visibility] of VISIBILITIES.entries()) {
    for (const status of ['queued', 'active', 'deactivated', 'deleted', 'pending_delete']) {
      const { id } = await glance.json<{ id: string }>(OPERATOR, 'POST', '/v2/images', {
        name: `${visibility} ${status} 日本`, visibility, owner: 'red', disk_format: 'raw', container_format: 'bare', min_disk: i, min_ram: 64 * i,
        tags: ['one', `tag ${i}`], hw_disk_bus: 'scsi', empty: '', 'ключ': 'значение', os_hidden: status === 'deactivated' && i > 1,
      });
      if (ACTIVE.includes(status)) await glance.request(OPERATOR, 'PUT', `/v2/images/${id}/file`, `data of ${id}\n`.repeat(i + 1));
      if (status === 'deactivated') await glance.request(OPERATOR, 'POST', `/v2/images/${id}/actions/deactivate`);
      if (visibility === 'shared') await share(glance, id);
      if (status === 'active') await glance.request(OPERATOR, 'PATCH', `/v2/images/${id}`, [{ op: 'remove', path: '/empty' }, { op: 'replace', path: '/protected', value: true }], PATCH);
      if (status.includes('delete')) await glance.request(OPERATOR, 'DELETE', `/v2/images/${id}`);
    }
  }
}

async function share(glance: Glance, id: string): Promise<void> {
  for (const [member, status] of [['blue', 'accepted'], ['green', 'rejected'], ['white', 'pending'], ['gone', 'pending']] as const) {
    await glance.request(OPERATOR, 'POST', `/v2/images/${id}/members`, { member });
    if (status !== 'pending') await glance.request(OPERATOR, 'PUT', `/v2/images/${id}/members/${member}`, { status });
  }
  await glance.request(OPERATOR, 'DELETE', `/v2/images/${id}/members/gone`);
}

export async function defineByApi(glance: Glance): Promise<void> {
  const property = { title: 'Cores', type: 'integer', default: '2', minimum: 1, operators: ['>='] };
  await glance.request(OPERATOR, 'POST', '/v2/metadefs/namespaces', {
    namespace: 'Red::Own', display_name: 'Own', visibility: 'private', protected: true, owner: 'red', resource_type_associations: [{ name: 'Red::Machine', prefix: 'r_' }],
    properties: { cores: property }, objects: [{ name: 'disk', required: ['cores'], properties: { cores: property } }], tags: [{ name: 'b' }, { name: 'a' }],
  });
}

const text = (value: string | number | null): string => (value === null ? 'NULL' : `'${String(value).replaceAll("'", "''")}'`);
const hash = (algorithm: string, data: string): string => createHash(algorithm).update(data).digest('hex');

/** By rows of their own, in every status, visibility and state of a member; data in the store, encrypted places. */
export async function createByRows(mariadb: MariaDb, database: string, glance: Glance, key: string, count: number): Promise<void> {
  const { encrypt } = locationCipher(key);
  const statements: string[] = [];
  for (let n = 0; n < count; n++) {
    const id = randomUUID();
    const status = STATUSES[n % STATUSES.length] ?? 'queued';
    const visibility = VISIBILITIES[Math.floor(n / STATUSES.length) % VISIBILITIES.length] ?? 'shared';
    const gone = status === 'deleted' || status === 'pending_delete';
    const [created, updated] = [new Date(Date.UTC(2015, 0, 1, 0, n)), new Date(Date.UTC(2016, 0, 1, 0, n))].map((time) => time.toISOString().slice(0, 19).replace('T', ' '));
    const data = ACTIVE.includes(status) ? `row ${n}` : null;
    const deletion = `${text(gone ? updated ?? null : null)}, ${gone ? 1 : 0}`;
    // The oldest know only the MD5.
    const sha = data !== null && n % 2 === 0 ? hash('sha512', data) : null;
    statements.push(
      `INSERT INTO images (id, name, size, status, created_at, updated_at, deleted_at, deleted, disk_format, container_format, checksum, owner, min_disk, min_ram, protected, visibility, os_hidden, os_hash_algo, os_hash_value) VALUES
       (${text(id)}, ${text(`row ${n}`)}, ${data === null ? 'NULL' : data.length}, ${text(status)}, ${text(created ?? null)}, ${text(updated ?? null)}, ${deletion}, 'raw', 'bare', ${text(data === null ? null : hash('md5', data))}, ${text(n % 3 === 0 ? 'blue' : 'red')}, 0, 0, 0, ${text(visibility)}, ${n % 7 === 0 ? 1 : 0}, ${text(sha && 'sha512')}, ${text(sha)})`,
      `INSERT INTO image_properties (image_id, name, value, created_at, deleted_at, deleted) VALUES (${text(id)}, 'number', '${n}', ${text(created ?? null)}, ${deletion})`,
      `INSERT INTO image_members (image_id, member, can_share, status, created_at, updated_at, deleted_at, deleted) VALUES (${text(id)}, ${text(n % 2 ? 'green' : 'blue')}, ${n % 2}, ${text(DECISIONS[n % 3] ?? 'pending')}, ${text(created ?? null)}, ${text(updated ?? null)}, ${deletion})`,
    );
    if (data === null) continue;
    writeFileSync(join(glance.images, id), data);
    const place = status === 'pending_delete' ? `'pending_delete', ${deletion}` : "'active', NULL, 0";
    statements.push(`INSERT INTO image_locations (image_id, value, meta_data, created_at, status, deleted_at, deleted) VALUES (${text(id)}, ${text(encrypt(`file://${join(glance.images, id)}`))}, '{"store": "fast"}', ${text(created ?? null)}, ${place})`);
  }
  await mariadb.sql(`START TRANSACTION;\n${statements.join(';\n')};\nCOMMIT;`, database);
}
