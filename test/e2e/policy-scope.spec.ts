import { ImageClient } from '../support/image-client.js';
import { createUser, ensureRole } from '../support/keystone-cloud.js';
import { Keystone, PASSWORD } from '../support/keystone.js';
import { PolicyFile } from '../support/policy-files.js';
import { Server } from '../support/server.js';

const JSON_BODY = { 'content-type': 'application/json' };

describe('Tokens that are not for a project', () => {
  let keystone: Keystone;
  const tokens = new Map<'system' | 'domain' | 'project', string>();

  beforeAll(async () => {
    keystone = await Keystone.start();
    const id = await createUser(keystone, 'lord', { red: ['admin'] });
    await keystone.request('PUT', `/domains/default/users/${id}/roles/${await ensureRole(keystone, 'admin')}`);
    const lord = { identity: { methods: ['password'], password: { user: { id, password: PASSWORD } } } };
    tokens.set('system', await keystone.token({ user: 'admin' }));
    tokens.set('domain', await keystone.authenticate({ ...lord, scope: { domain: { id: 'default' } } }));
    tokens.set('project', await keystone.token({ user: 'lord', project: 'red' }));
  }, 60_000);
  afterAll(() => keystone.stop(), 60_000);

  const tryAll = async (conf: string) => {
    const server = await Server.start({ memory: true, conf: keystone.conf(conf) });
    try {
      const answers: Record<string, number[]> = {};
      for (const [scope, token] of tokens) {
        const client = new ImageClient(server).as(token);
        answers[scope] = [await client.status('GET', '/v2/images'), await client.status('POST', '/v2/images', { name: 'x', owner: 'somebody' }, JSON_BODY), await client.status('GET', '/v2/metadefs/namespaces')];
      }
      return { answers, output: server.output };
    } finally {
      await server.dispose();
    }
  };

  it('are refused what is for projects, admins or not', async () => {
    expect((await tryAll('')).answers).toEqual({ system: [403, 403, 403], domain: [403, 403, 403], project: [200, 201, 200] });
  }, 60_000);

  it('are asked for their roles like others with enforce_scope = False, which is told', async () => {
    const { answers, output } = await tryAll('[oslo_policy]\nenforce_scope = False\n');
    expect(answers).toEqual({ system: [200, 201, 200], domain: [200, 201, 200], project: [200, 201, 200] });
    expect(output.match(/the rule get_images is for projects/g)).toHaveLength(1);
  }, 60_000);

  it('and their domains are known to rules', async () => {
    const file = new PolicyFile('get_images: system_scope:all or domain_id:default\nadd_image: user_domain_id:default and project_domain_id:default\nget_metadef_namespaces: "!"\n');
    const { answers } = await tryAll(`${file.conf}enforce_scope = False\n`);
    file.remove();
    expect(answers).toEqual({ system: [200, 403, 403], domain: [200, 403, 403], project: [403, 201, 403] });
  }, 60_000);
});
