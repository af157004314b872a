import { UnifiedLimits, type LimitedEndpoint } from './unified-limits.js';

const ENDPOINT = { id: 'e1', service_id: 's1', region_id: 'here', interface: 'public' };

describe('Unified limits', () => {
  let asked: string[];
  beforeEach(() => (asked = []));

  const limits = (answers: Readonly<Record<string, unknown>>, endpoint: LimitedEndpoint = { id: 'e1' }) => new UnifiedLimits({
    get: async (path) => {
      asked.push(path);
      const found = Object.entries({ '/endpoints/e1': { endpoint: ENDPOINT }, ...answers }).find(([start]) => path.startsWith(start));
      return { status: found?.[1] === undefined ? 404 : 200, body: found?.[1] };
    },
  }, endpoint);
  const registered = (...items: object[]) => ({ registered_limits: items });
  const item = (name: string, default_limit: unknown, region_id: string | null = 'here') => ({ resource_name: name, default_limit, region_id });
  const own = (name: string, resource_limit: number, project_id = 'p1', region_id: string | null = 'here') => ({ resource_name: name, resource_limit, project_id, region_id });

  it('are a project\'s own before those of every project', async () => {
    const found = await limits({ '/registered_limits': registered(item('a', 1), item('b', 2)), '/limits': { limits: [own('b', 20), own('a', 99, 'another')] } }).of('p1', ['a', 'b']);
    expect(found).toEqual(new Map([['a', 1n], ['b', 20n]]));
  });

  it('are those of the region before those of every region, and never another\'s', async () => {
    const answers = { '/registered_limits': registered(item('a', 1), item('a', 7, null), item('b', 2, null), item('c', 3, 'there')), '/limits': { limits: [] } };
    expect(await limits(answers).of('p1', ['a', 'b', 'c'])).toEqual(new Map([['a', 1n], ['b', 2n]]));
  });

  it('for no project are those of every project', async () => {
    expect(await limits({ '/registered_limits': registered(item('a', 1)) }).of(null, ['a'])).toEqual(new Map([['a', 1n]]));
    expect(asked.some((path) => path.startsWith('/limits'))).toBe(false);
  });

  it('are read anew each time, where they are but once', async () => {
    const one = limits({ '/registered_limits': registered(item('a', 1)), '/limits': { limits: [] } });
    await one.of('p1', ['a']);
    await one.of('p1', ['a']);
    expect(asked.map((path) => path.split('?')[0])).toEqual(['/endpoints/e1', '/registered_limits', '/limits', '/registered_limits', '/limits']);
  });

  it('are found by the type of the service too', async () => {
    const answers = { '/services': { services: [{ id: 's1' }] }, '/endpoints?': { endpoints: [{ ...ENDPOINT, region_id: 'there' }, ENDPOINT] }, '/registered_limits': registered(item('a', 1)), '/limits': { limits: [] } };
    expect(await limits(answers, { serviceType: 'image', region: 'here', interface: 'public' }).of('p1', ['a'])).toEqual(new Map([['a', 1n]]));
    expect(asked.slice(0, 2)).toEqual(['/services?type=image', '/endpoints?service_id=s1&interface=public']);
  });

  it('that a wrong configuration does not lead to say which option is wrong, and are looked for again', async () => {
    const one = limits({ '/endpoints/e1': undefined, '/registered_limits': registered() });
    await expect(one.of('p1', ['a'])).rejects.toThrow('endpoint_id');
    await expect(one.of('p1', ['a'])).rejects.toThrow('endpoint_id');
    await expect(limits({}, { serviceType: 'image' }).of('p1', [])).rejects.toThrow('[oslo_limit]');
    await expect(limits({ '/registered_limits': undefined }).of('p1', [])).rejects.toThrow('system_scope = all');
  });

  it('ignore what is no limit', async () => {
    expect(await limits({ '/registered_limits': registered(item('a', '1'), item('b', null), [] as object), '/limits': { limits: 'none' } }).of('p1', ['a', 'b'])).toEqual(new Map());
  });
});
