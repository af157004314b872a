import fc from 'fast-check';
import { judge } from '../support/hostile-answers.js';
import { requestsFor, type HostileRequest, type Places } from '../support/hostile-requests.js';
import { Origin } from '../support/origin.js';
import { DATA, ProbeImages } from '../support/probe-images.js';
import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

const TIMES = Number(process.env['HOSTILE_TIMES'] ?? 1);
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_120_927);
const STRANGER = 'eve:p-eve:member,reader';
const ADMIN = { 'X-Auth-Token': 'root:p-root:admin' };
/** In what a stranger must not read, and in nothing that he sends. */
const SECRET = 'known-to-its-owner-only';

describe('A stranger who sends anything', () => {
  let web: Origin;
  let server: Server;
  let probes: ProbeImages;
  let places: Places;

  beforeAll(async () => {
    web = await Origin.start();
    web.files.set('/a', Buffer.from(DATA));
    const conf = ['show_multiple_locations = True', '[paste_deploy]', 'flavor = fakeauth', '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(web.url).port}`];
    server = await Server.start({ memory: true, conf: `${conf.join('\n')}\n[glance_store]\nstores = memory,http\ndefault_store = memory\n` });
    probes = new ProbeImages(server, web.url, { owner: 'p-owner', description: SECRET });
    await probes.renew();
    places = { server: new URL(server.url), web: web.url, ids: () => probes.ids, token: STRANGER };
  }, 60_000);
  afterAll(async () => {
    await server.dispose();
    await web.close();
  });

  /** What he makes for himself is his. */
  async function send(request: HostileRequest): Promise<void> {
    const answered = await exchange(places.server, request.now);
    judge(request.now, answered);
    expect(answered.answer?.body.includes(SECRET)).not.toBe(true);
    await removeHis();
    await probes.checkUnchanged(`a stranger got ${answered.answer?.status}`);
  }

  async function removeHis(): Promise<void> {
    for (const hidden of ['false', 'true']) {
      const answer = await fetch(`${server.url}/v2/images?owner=p-eve&visibility=all&os_hidden=${hidden}`, { headers: ADMIN });
      for (const { id, protected: kept } of ((await answer.json()) as { images: { id: string; protected: boolean }[] }).images) {
        if (kept) await fetch(`${server.url}/v2/images/${id}`, { method: 'PATCH', headers: { ...ADMIN, 'content-type': 'application/openstack-images-v2.1-json-patch' }, body: '[{"op":"replace","path":"/protected","value":false}]' });
        await fetch(`${server.url}/v2/images/${id}`, { method: 'DELETE', headers: ADMIN });
      }
    }
  }

  it('CVE-2012-4573, CVE-2012-5482: changes nothing of others, nor learns of it, by headers of identity or anything else', async () => {
    await fc.assert(fc.asyncProperty(requestsFor(places), send), { seed: SEED, numRuns: 500 * TIMES });
    await probes.checkData();
  }, 600_000);

  it('ask 32: gets the same for the marker of what he does not see as for one of nothing', async () => {
    const answers = await Promise.all([probes.ids.probe, '00000000-0000-4000-8000-000000000000'].map(async (marker) => {
      const answer = await fetch(`${server.url}/v2/images?marker=${marker}`, { headers: { 'X-Auth-Token': STRANGER } });
      return { status: answer.status, text: (await answer.text()).replaceAll(marker, 'MARKER') };
    }));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.status).toBe(400);
  });
});
