/** How the limits are read: a GET at Keystone with the service's own credentials; rejects where nobody answers. */
export interface LimitReader {
  get(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
}

/** Which service's limits are meant: by the id of its endpoint, or by what finds that. */
export interface LimitedEndpoint {
  readonly id?: string;
  readonly serviceType?: string;
  readonly serviceName?: string;
  readonly region?: string;
  readonly interface?: string;
}

interface Place {
  readonly service: string;
  readonly region: string | null;
}

type Item = Readonly<Record<string, unknown>>;

/** Project limits and registered limits (Identity API v3, unified limits), read anew each time: a changed limit holds at once. */
export class UnifiedLimits {
  private place: Promise<Place> | undefined;

  constructor(
    private readonly reader: LimitReader,
    private readonly endpoint: LimitedEndpoint,
  ) {}

  /** By name; −1: unlimited. Those that are not registered are missing. Rejects where the configuration does not lead to limits. */
  async of(project: string | null, resources: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
    const place = await this.found();
    const [registered, own] = await Promise.all([
      this.items(`/registered_limits?service_id=${encodeURIComponent(place.service)}`, 'registered_limits'),
      project === null ? [] : this.items(`/limits?service_id=${encodeURIComponent(place.service)}&project_id=${encodeURIComponent(project)}`, 'limits'),
    ]);
    const amounts = new Map<string, bigint>();
    const take = (items: readonly Item[], amount: string) => {
      for (const item of inRegion(items, place.region)) {
        const { resource_name: name, [amount]: value } = item;
        if (typeof name === 'string' && resources.includes(name) && typeof value === 'number') amounts.set(name, BigInt(Math.trunc(value)));
      }
    };
    take(registered, 'default_limit');
    take(own.filter((item) => item['project_id'] === project), 'resource_limit');
    return amounts;
  }

  private async found(): Promise<Place> {
    this.place ??= this.find();
    try {
      return await this.place;
    } catch (error) {
      this.place = undefined;
      throw error;
    }
  }

  private async find(): Promise<Place> {
    const { id, region } = this.endpoint;
    const endpoints = id === undefined ? await this.endpointsOfService() : [await this.item(`/endpoints/${encodeURIComponent(id)}`, 'endpoint')];
    const endpoint = endpoints.find((one) => region === undefined || one['region_id'] === region);
    const service = endpoint?.['service_id'];
    if (!endpoint || typeof service !== 'string') throw new Error(`[oslo_limit] names no endpoint that Keystone knows: ${JSON.stringify(this.endpoint)}. Set endpoint_id.`);
    return { service, region: typeof endpoint['region_id'] === 'string' ? endpoint['region_id'] : null };
  }

  private async endpointsOfService(): Promise<readonly Item[]> {
    const { serviceType, serviceName, interface: kind } = this.endpoint;
    const of = new URLSearchParams({ ...(serviceType === undefined ? {} : { type: serviceType }), ...(serviceName === undefined ? {} : { name: serviceName }) });
    const [service] = await this.items(`/services?${of.toString()}`, 'services');
    if (typeof service?.['id'] !== 'string') return [];
    const where = new URLSearchParams({ service_id: service['id'], ...(kind === undefined ? {} : { interface: kind }) });
    return this.items(`/endpoints?${where.toString()}`, 'endpoints');
  }

  private async items(path: string, name: string): Promise<readonly Item[]> {
    const items = await this.read(path, name);
    return Array.isArray(items) ? items.filter(isItem) : [];
  }

  private async item(path: string, name: string): Promise<Item> {
    const item = await this.read(path, name);
    return isItem(item) ? item : {};
  }

  private async read(path: string, name: string): Promise<unknown> {
    const { status, body } = await this.reader.get(path);
    if (status === 200 && isItem(body)) return body[name];
    throw new Error(`[oslo_limit] Keystone answered ${status} to GET ${path}: look at endpoint_id and at the credentials; they need to read every project's limits (system_scope = all).`);
  }
}

/** Limits without a region hold everywhere; one of the region itself comes after them and counts. */
function inRegion(items: readonly Item[], region: string | null): readonly Item[] {
  const everywhere = items.filter((item) => item['region_id'] === null || item['region_id'] === undefined);
  return region === null ? everywhere : [...everywhere, ...items.filter((item) => item['region_id'] === region)];
}

const isItem = (value: unknown): value is Item => typeof value === 'object' && value !== null && !Array.isArray(value);
