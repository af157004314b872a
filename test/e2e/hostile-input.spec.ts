import fc from 'fast-check';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../support/hostile-answers.js';
import { dataRequests, documentRequests, listRequests, requestsFor, ROUTES, type HostileRequest, type Places } from '../support/hostile-requests.js';
import { SECRETS } from '../support/hostile-values.js';
import { requestsOfV1 } from '../support/hostile-v1.js';
import { Origin } from '../support/origin.js';
import { DATA, ProbeImages } from '../support/probe-images.js';
import { exchange } from '../support/raw-http.js';
import { Server } from '../support/server.js';

/** More of the same for whoever has time: runs of each property are multiplied. */
const TIMES = Number(process.env['HOSTILE_TIMES'] ?? 1);
const SEED = Number(process.env['HOSTILE_SEED'] ?? 20_120_927);

describe.each([{ memory: false }, { memory: true }])('Whatever is sent (memory drivers: $memory)', ({ memory }) => {
  let web: Origin;
  let server: Server;
  let probes: ProbeImages;
  let places: Places;
  let sent = 0;
  const seen = new Map<string, number>();

  beforeAll(async () => {
    web = await Origin.start();
    web.files.set('/a', Buffer.from(DATA)).set('/empty', Buffer.alloc(0));
    const stateDir = await mkdtemp(join(tmpdir(), 'afterimage-hostile-'));
    const conf = [
      'debug = True', 'show_multiple_locations = True', 'show_image_direct_url = True', 'image_size_cap = 65536', `metadata_encryption_key = ${SECRETS.encryption}`,
      `image_cache_dir = ${join(stateDir, 'cache')}`,
      `enabled_backends = own:${memory ? 'memory' : 'file'},web:http`,
      '[paste_deploy]', 'flavor = cachemanagement',
      '[import_filtering_opts]', 'allow_private_addresses = True', `allowed_ports = ${new URL(web.url).port},1`,
      '[glance_store]', 'default_backend = own', ...(memory ? [] : ['[own]', `filesystem_store_datadir = ${join(stateDir, 'images')}`]),
    ].join('\n');
    server = await Server.start({ memory, stateDir, conf: `${conf}\n` });
    probes = new ProbeImages(server, web.url);
    await probes.renew();
    places = { server: new URL(server.url), web: web.url, ids: () => probes.ids };
  }, 60_000);
  afterAll(async () => {
    if (process.env['HOSTILE_TIMES']) console.log([...seen].toSorted(([, a], [, b]) => b - a).map(([outcome, times]) => `${times} × ${outcome}`).join('\n'), sent);
    await server.dispose();
    await web.close();
  });

  async function send(request: HostileRequest): Promise<void> {
    const raw = request.now;
    sent += 1;
    const answered = await exchange(places.server, raw);
    const status = answered.answer?.status ?? 0;
    const outcome = `${status} ${raw.method.slice(0, 8)} ${answered.answer?.body.subarray(0, 80).toString().replace(/[^ -~]+/g, ' ') ?? ''}`;
    seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
    judge(raw, answered);
    await probes.check(request, status);
  }

  const holds = (requests: fc.Arbitrary<HostileRequest>, numRuns: number) =>
    fc.assert(fc.asyncProperty(requests, send), { seed: SEED, numRuns: numRuns * TIMES, endOnFailure: false });

  afterEach(() => probes.checkData(), 30_000);

  it('to any route, it is refused with 4xx in the negotiated form, changes nothing and leaves the connection whole', async () => {
    await holds(requestsFor(places), 600);
  }, 600_000);

  it('to version 1, it is refused with 4xx too, and changes nothing', async () => {
    await holds(requestsOfV1(places), 500);
  }, 600_000);

  it('as a document, it is refused or understood', async () => {
    await holds(documentRequests(places, ({ method }) => method !== 'PATCH'), 600);
  }, 600_000);

  it('as a PATCH, all of it is applied or nothing', async () => {
    await holds(documentRequests(places, ({ method }) => method === 'PATCH'), 400);
  }, 600_000);

  it('in the query of a list, it is refused or finds something', async () => {
    await holds(listRequests(places), 600);
  }, 600_000);

  it('around the data, nothing is stored but what was accepted', async () => {
    await holds(dataRequests(places), 300);
  }, 600_000);

  it('finds every route of the API served', async () => {
    const answers = await Promise.all(ROUTES.map(async ({ method, path }) => {
      const target = `/v2${path.replace(/\{\w+\}/g, 'x')}`;
      const { answer } = await exchange(places.server, { method, target, headers: [], body: Buffer.alloc(0) });
      return { route: `${method} ${path}`, missing: answer?.status === 501 || answer?.body.includes('The resource could not be found.') };
    }));
    expect(answers.filter(({ missing }) => missing).map(({ route }) => route)).toEqual([]);
  });

  it('CVE-2014-1948, CVE-2013-0212: no secret of it is in the log, even for debugging', () => {
    for (const secret of Object.values(SECRETS)) expect(server.output).not.toContain(secret);
  });
});
