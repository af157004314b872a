import { readdir } from 'node:fs/promises';
import { eventually } from './eventually.js';
import type { HostileRequest, Ids } from './hostile-requests.js';
import { ImageClient, type Document } from './image-client.js';
import type { Server } from './server.js';

/** Of the probe, also where its web location leads. */
export const DATA = 'the bytes of the probe';
/** These settle in the background after a client that went away, or by a job. */
const UNSETTLED: ReadonlySet<unknown> = new Set(['saving', 'importing', 'deleted', 'pending_delete']);

const NAMESPACE = {
  namespace: 'HOSTILE', visibility: 'private', resource_type_associations: [{ name: 'OS::Glance::Image', prefix: 'p:' }],
  properties: { p: { title: 't', type: 'string' } }, objects: [{ name: 'o', properties: {} }], tags: [{ name: 't' }],
};

interface Sight {
  readonly images: readonly Document[];
  readonly members: string;
  readonly namespaces: unknown;
  readonly definitions: string;
}

/** Images and a namespace of definitions that hostile requests aim at, and how everything looked before them. */
export class ProbeImages {
  readonly ids: { -readonly [K in keyof Ids]: Ids[K] } = { probe: '', queued: '' };
  private before: Sight | undefined;
  private readonly client: ImageClient;

  /** `attributes`: of both images, and of the namespace. */
  constructor(private readonly server: Server, private readonly web: string, private readonly attributes: object = {}) {
    this.client = new ImageClient(server);
  }

  /** One image with everything, one that waits for its data, a namespace, and no other; what is as it was stays. */
  async renew(): Promise<void> {
    const now = await this.sight();
    const as = (part: keyof Sight) => JSON.stringify(now[part]) === JSON.stringify(this.before?.[part]);
    const kept = new Set(this.before?.images.map((image) => JSON.stringify(image)));
    const touched = now.images.filter((image) => !kept.has(JSON.stringify(image)) || (image.id === this.ids.probe && !as('members')));
    for (const image of touched) await this.remove(image);
    const ids = now.images.filter((image) => !touched.includes(image)).map(({ id }) => id);
    if (!ids.includes(this.ids.queued)) this.ids.queued = (await this.client.create({ name: 'queued', ...this.attributes })).id;
    if (!ids.includes(this.ids.probe)) await this.makeProbe();
    if (!as('namespaces') || !as('definitions')) await this.remakeNamespaces();
    this.before = await this.sight();
  }

  private async remove({ id, protected: kept }: Document): Promise<void> {
    if (kept === true) await this.client.patch(id, [{ op: 'replace', path: '/protected', value: false }]);
    await this.client.delete(id);
  }

  private async makeProbe(): Promise<void> {
    const { id } = await this.client.create({ visibility: 'shared', tags: ['a', 'b'], hw_x: '1', min_disk: 1, name: 'probe', ...this.attributes });
    this.ids.probe = id;
    this.hold([
      await this.client.put(id, DATA),
      await this.client.patch(id, [{ op: 'add', path: '/locations/-', value: { url: `${this.web}/a`, metadata: { rack: '7' } } }]),
      await this.client.request(`/v2/images/${id}/members`, { method: 'POST', body: '{"member":"p1"}' }),
    ]);
  }

  private async remakeNamespaces(): Promise<void> {
    for (const { namespace, protected: kept } of await this.namespaces()) {
      if (kept) await this.definitions(namespace, { method: 'PUT', body: JSON.stringify({ namespace }) });
      await this.definitions(namespace, { method: 'DELETE' });
    }
    this.hold([await this.client.request('/v2/metadefs/namespaces', { method: 'POST', body: JSON.stringify({ ...NAMESPACE, ...this.attributes }) })]);
  }

  private hold(answers: readonly Response[]): void {
    if (!answers.every(({ ok }) => ok)) throw new Error(`no probe: ${answers.map(({ status }) => status).join(', ')}\n${this.server.output}`);
  }

  /** That a refused request left everything as it was; after one that was not refused everything is made anew. */
  async check(request: HostileRequest, status: number): Promise<void> {
    if (/^(GET|HEAD|OPTIONS)$/.test(request.now.method)) return;
    if (status < 300) return this.renew();
    await this.checkUnchanged(`refused with ${status}`);
  }

  /** That everything is as it was, whatever was done. */
  async checkUnchanged(done: string): Promise<void> {
    const [was, is] = [this.before, await this.sight()].map((one) => JSON.stringify(one));
    if (was === is) return;
    await this.renew();
    throw new Error(`${done}, but changed\n${was} to\n${is}`);
  }

  /** That the bytes are there and no others are left over in the store. */
  async checkData(): Promise<void> {
    const answer = await this.client.request(`/v2/images/${this.ids.probe}/file`);
    expect(await answer.text()).toBe(DATA);
    expect((await this.images()).map(({ id }) => id).toSorted()).toEqual([this.ids.probe, this.ids.queued].toSorted());
    await eventually(async () => expect(await this.files()).toEqual([this.ids.probe]));
  }

  private files(): Promise<string[]> {
    return readdir(this.server.imagesDir).catch(() => [this.ids.probe]);
  }

  private async namespaces(): Promise<{ namespace: string; protected: boolean }[]> {
    const answer = await this.client.request('/v2/metadefs/namespaces?limit=1000');
    return ((await answer.json()) as { namespaces: { namespace: string; protected: boolean }[] }).namespaces;
  }

  private definitions(namespace: string, init: RequestInit = {}): Promise<Response> {
    return this.client.request(`/v2/metadefs/namespaces/${encodeURIComponent(namespace)}`, init);
  }

  private async images(): Promise<Document[]> {
    const pages = await Promise.all(['false', 'true'].map((hidden) => this.client.list(`?visibility=all&limit=1000&os_hidden=${hidden}`)));
    return pages.flatMap(({ images }) => images);
  }

  /** Tasks change images when it suits them. */
  private async hasTasks(): Promise<boolean> {
    const open = await Promise.all(['pending', 'processing'].map(async (status) => (await (await this.client.request(`/v2/tasks?status=${status}&limit=1`)).json()) as { tasks: unknown[] }));
    return open.some(({ tasks }) => tasks.length > 0);
  }

  /** An upload that was refused had begun: only its time is left. */
  private async sight(): Promise<Sight> {
    if (await this.hasTasks()) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return this.sight();
    }
    const members = await (await this.client.request(`/v2/images/${this.ids.probe}/members`)).text();
    const images = await this.images();
    if (images.some(({ status }) => UNSETTLED.has(status))) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return this.sight();
    }
    const [namespaces, definitions] = await Promise.all([this.namespaces(), this.definitions('HOSTILE').then((answer) => answer.text())]);
    return { images: images.map((image) => (image.id === this.ids.queued ? { ...image, updated_at: '' } : image)), members, namespaces, definitions };
  }
}
