import { unlinkSync, writeFileSync } from 'node:fs';
import { eventually } from '../support/eventually.js';
import { ImageClient, type Document } from '../support/image-client.js';
import { PolicyFile } from '../support/policy-files.js';
import { testDatabase } from '../support/postgres.js';
import { protectedBy } from '../support/protection-files.js';
import { Server } from '../support/server.js';
import { FAKEAUTH } from '../support/story.js';

const MEMBER = 'ann:p1:member';
const FOREIGN = 'eve:p2:member';

const SLOW = 60_000;

describe('Policy files', () => {
  const files: PolicyFile[] = [];
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.dispose()));
    files.splice(0).forEach((file) => file.remove());
  }, SLOW);

  const policy = (content: string) => {
    const file = new PolicyFile(content);
    files.push(file);
    return file;
  };
  const serve = async (conf: string, memory = true) => {
    const server = await Server.start({ memory, conf: `${FAKEAUTH}${conf}` });
    servers.push(server);
    const client = new ImageClient(server);
    return { server, client, as: (token: string) => client.as(token) };
  };
  const deletes = (client: ImageClient, { id }: Document) => client.status('DELETE', `/v2/images/${id}`);

  it('let operators say otherwise, rule by rule, while all other rules stay', async () => {
    const file = policy('publicize_image: role:publisher\ndelete_image: "!"\n');
    const { as } = await serve(file.conf);
    const image = await as('ann:p1:member,publisher').create({ visibility: 'public' });
    expect(image['visibility']).toBe('public');
    expect(await deletes(as(MEMBER), image)).toBe(403);
    expect(await deletes(as('root:p9:admin'), image)).toBe(403);
    expect(await as('root:p9:admin').status('POST', '/v2/images', { visibility: 'public' }, { 'content-type': 'application/json' })).toBe(403);
    expect((await as(FOREIGN).patch(image.id, [{ op: 'replace', path: '/name', value: 'y' }])).status).toBe(403);
  }, SLOW);

  it('may name rules of their own, which look at custom properties', async () => {
    const file = policy('download_image: "rule:context_is_admin or rule:licensed"\nlicensed: "role:member and (not \'yes\':%(x_licensed)s or role:buyer)"\n');
    const { as, server } = await serve(file.conf);
    const image = await as(MEMBER).create({ visibility: 'community', x_licensed: 'yes' });
    await as(MEMBER).put(image.id, 'data');
    const download = async (token: string) => as(token).status('GET', `/v2/images/${image.id}/file`);
    expect(await Promise.all([MEMBER, FOREIGN, 'eve:p2:member,BUYER', 'root:p9:admin'].map(download))).toEqual([403, 403, 200, 200]);
    await as(MEMBER).patch(image.id, [{ op: 'replace', path: '/x_licensed', value: 'no' }]);
    expect(await download(FOREIGN)).toBe(200);
    expect(server.output).not.toContain('nothing asks for');
  }, SLOW);

  it('with a default that denies refuse only what asks for it', async () => {
    const before = '[oslo_policy]\nenforce_new_defaults = False\n';
    const file = policy('default: "!"\n');
    const { as } = await serve(`${before}${file.conf.replace('[oslo_policy]\n', '')}`);
    const image = await as(MEMBER).create();
    expect(await deletes(as(FOREIGN), image)).toBe(404);
    expect(await as('ann:p1:reader').status('POST', '/v2/images', { name: 'x' }, { 'content-type': 'application/json' })).toBe(403);
    expect(await deletes(as(MEMBER), image)).toBe(204);
    const secure = await serve(policy('default: "!"\n').conf);
    expect((await secure.as(MEMBER).list()).images).toEqual([]);
  }, SLOW);

  it('are read again when they change, and a broken one changes nothing', async () => {
    const file = policy('get_images: role:member\n');
    const { as, server } = await serve(file.conf);
    const list = () => as(MEMBER).status('GET', '/v2/images');
    const becomes = (status: number) => eventually(async () => expect(await list()).toBe(status));
    await becomes(200);
    file.write('get_images: role:auditor\n');
    await becomes(403);
    file.write('get_images: role:member\nmodify_image: role:(\n');
    await eventually(async () => {
      await list();
      expect(server.output).toContain(`${file.path}:2:20: rule modify_image: '(' is not expected here; the rules stay as they were`);
    });
    expect(await list()).toBe(403);
    file.write('# nothing\n');
    await becomes(200);
    file.write('get_images: "!"\n');
    await becomes(403);
    unlinkSync(file.path);
    await becomes(200);
    expect(server.output.match(/is not expected here/g)).toHaveLength(1);
  }, SLOW);

  it('follow who is an admin', async () => {
    const file = policy('{}');
    const { as } = await serve(file.conf);
    const image = await as(MEMBER).create();
    const show = () => as('joe:p7:operator').status('GET', `/v2/images/${image.id}`);
    expect(await show()).toBe(404);
    file.write('context_is_admin: role:admin or role:OPERATOR\n');
    await eventually(async () => expect(await show()).toBe(200));
    file.write('{}');
    await eventually(async () => expect(await show()).toBe(404));
  }, SLOW);

  it('give rights to custom properties that are protected by policy', async () => {
    const file = policy('billing_clerk: role:billing\n');
    const protections = protectedBy({ '^x_billing_': ['billing_clerk', 'billing_clerk', 'billing_clerk', '!'], '.*': ['@', '@', '@', '@'] }, 'policies');
    const { as, server } = await serve(`${file.conf}[DEFAULT]\n${protections.conf}`);
    const image = await as('ann:p1:member,billing').create({ x_billing_code: '7' });
    const reads = async (token: string) => 'x_billing_code' in (await as(token).show(image.id));
    expect([await reads(MEMBER), await reads('ann:p1:member,billing')]).toEqual([false, true]);
    file.write('billing_clerk: role:member\n');
    await eventually(async () => expect(await reads(MEMBER)).toBe(true));
    expect(server.output).not.toContain('nothing asks for');
    protections.remove();
  }, SLOW);

  it('are followed by every process', async () => {
    const database = await testDatabase();
    try {
      const file = policy('get_images: role:member\n');
      const { as } = await serve(`${file.conf}[DEFAULT]\nworkers = 2\n[database]\nconnection = ${database.url}\n`, false);
      const answers = () => Promise.all(Array.from({ length: 12 }, () => as(MEMBER).status('GET', '/v2/images')));
      expect(new Set(await answers())).toEqual(new Set([200]));
      file.write('get_images: "!"\n');
      await eventually(async () => expect(new Set(await answers())).toEqual(new Set([403])));
    } finally {
      await Promise.all(servers.splice(0).map((server) => server.dispose()));
      await database.drop();
    }
  }, SLOW);

  it('stop the start where a rule is broken, and say where', async () => {
    const file = policy('modify_image: role:member\nget_image: role:member and\n');
    await expect(serve(file.conf)).rejects.toThrow(new RegExp(`ended with 1:[^]*ERROR: policy file ${file.path}:2:27: rule get_image: a check is missing`));
  }, SLOW);

  it('that are named but missing are told of, and read when they come', async () => {
    const file = policy('');
    unlinkSync(file.path);
    const { as, server } = await serve(file.conf);
    expect(server.output).toContain(`policy_file = ${file.path}: the file is not there`);
    expect(await as(MEMBER).status('GET', '/v2/images')).toBe(200);
    writeFileSync(file.path, 'get_images: "!"\n');
    await eventually(async () => expect(await as(MEMBER).status('GET', '/v2/images')).toBe(403));
  }, SLOW);
});
