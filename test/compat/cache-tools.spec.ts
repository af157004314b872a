import { fileURLToPath } from 'node:url';
import { eventually } from '../support/eventually.js';
import { ImageClient } from '../support/image-client.js';
import { run, type Run } from '../support/run.js';
import { Server } from '../support/server.js';
import { TOKENS, type Person } from '../support/story.js';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const ID = '0a000000-0000-4000-8000-000000000001';
const NOBODY = '0a000000-0000-4000-8000-00000000dead';
const SLOW = 60_000;

const TOOLS = ['glance-cache-manage', 'glance-cache-pruner', 'glance-cache-cleaner', 'glance-cache-prefetcher', 'glance-scrubber'];
/** Debian's own, unmodified. */
const theirs = (tool: string, ...args: string[]) => run('/usr/bin/python3', ['-W', 'ignore', `/usr/bin/${tool}`, ...args]);
const ours = (tool: string, ...args: string[]) => run('node', [MAIN, tool, ...args]);

describe("Glance's tools and ours", () => {
  const helps = new Map<string, { their: Run; our: Run }>();
  beforeAll(async () => {
    for (const tool of TOOLS) helps.set(tool, { their: await theirs(tool, '--help'), our: await ours(tool, '--help') });
  }, SLOW);

  it.each(TOOLS)('%s has every option of the peer', (tool) => {
    const { their, our } = helps.get(tool) ?? {};
    const options = [...new Set([...(their?.stdout ?? '').matchAll(/(?<=^ {2}|, )--?[\w-]+/gm)].map(([option]) => option))];
    expect(options.length).toBeGreaterThan(10);
    const shown = options.filter((option) => !/^--no|^--log(?:dir|file|-config|_config)$/.test(option));
    expect(shown.filter((option) => !our?.stdout.includes(option))).toEqual([]);
    expect([their?.code, our?.code]).toEqual([0, 0]);
  });

  it('name the same commands', () => {
    const commands = (text = '') => [...text.matchAll(/^ {4}([a-z][a-z-]+)/gm)].map(([, name]) => name);
    const { their, our } = helps.get('glance-cache-manage') ?? {};
    expect(commands(our?.stdout)).toHaveLength(8);
    expect(commands(our?.stdout)).toEqual(commands(their?.stdout));
  });
});

/** The same commands by Debian's tool and by ours, at the same server. */
describe('glance-cache-manage', () => {
  let server: Server;
  let alice: ImageClient;

  beforeAll(async () => {
    server = await Server.start({ memory: true, conf: 'image_cache_dir = cache\n[paste_deploy]\nflavor = fakeauth+cachemanagement\n' });
    alice = new ImageClient(server, TOKENS.alice);
    await alice.create({ id: ID });
    expect((await alice.put(ID, 'data')).status).toBe(204);
  }, SLOW);
  afterAll(() => server.dispose(), SLOW);

  async function both(words: readonly string[], { as = 'root', input, at = server }: { as?: Person; input?: string; at?: Server } = {}): Promise<{ their: Run; our: Run }> {
    const args = ['-H', '127.0.0.1', '-p', new URL(at.url).port, '--os-auth-token', TOKENS[as], ...words];
    const options = input === undefined ? {} : { input };
    const their = await run('/usr/bin/python3', ['-W', 'ignore', '/usr/bin/glance-cache-manage', ...args], options);
    return { their, our: await run('node', [MAIN, 'glance-cache-manage', ...args], options) };
  }

  async function cached(): Promise<void> {
    expect(await (await alice.request(`/v2/images/${ID}/file`)).text()).toBe('data');
    await eventually(async () => expect((await both(['list-cached'])).our.stdout).toContain('Found 1 cached images...'));
  }

  it.each<[string, readonly string[], { as?: Person; input?: string }, number, string]>([
    ['an empty cache', ['list-cached'], {}, 0, 'No cached images.\n'],
    ['what only an admin may', ['list-cached'], { as: 'alice' }, 1, 'Not authorized to make this request.\n'],
    ['an id that is none', ['delete-cached-image', '7'], {}, 1, "Image ID '7' is not a valid UUID.\n"],
    ['a question that is declined', ['delete-all-cached-images'], { input: 'n\n' }, 0, 'Delete all cached images? [y/N] '],
    ['yes', ['delete-all-queued-images', '-v'], { input: 'YES\n' }, 0, 'Delete all queued images? [y/N] Deleted 0 queued images\n'],
    ['an image that is not cached', ['-f', 'delete-cached-image', NOBODY], {}, 0, ''],
  ])('prints the same for %s', async (_what, words, options, code, stdout) => {
    const { their, our } = await both(words, options);
    const told = ({ code, stdout }: Run) => ({ code, stdout: stdout.replace(/Completed in .*\n/, '') });
    expect(told(our)).toEqual({ code, stdout });
    expect(told(our)).toEqual(told(their));
  }, SLOW);

  it('draws the same table of what is cached', async () => {
    await cached();
    const { their, our } = await both(['list-cached']);
    expect(our).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^Found 1 cached images\\.\\.\\.\\n\\+-+\\+(?:.|\\n)*\\| {18}ID {18}\\|(?:.|\\n)*\\| ${ID} \\|.* 4 \\| +\\d+ \\|`)) });
    expect(our.stdout).toBe(their.stdout);
  }, SLOW);

  it('removes and queues for both', async () => {
    await cached();
    const { their } = await both(['-f', '-v', 'delete-cached-image', ID]);
    expect(their).toMatchObject({ code: 0, stdout: expect.stringContaining(`Deleted cached image ${ID}\n`) });
    expect((await both(['list-cached'])).our.stdout).toBe('No cached images.\n');
    const queued = await both(['-fv', 'queue-image', ID]);
    for (const one of [queued.their, queued.our]) expect(one).toMatchObject({ code: 0, stdout: expect.stringMatching(new RegExp(`^Queued image ${ID} for caching\nCompleted in \\d+\\.\\d{4} sec\\.\n$`)) });
  }, SLOW);

  it('says of a server without the cache management that it is not there', async () => {
    const plain = await Server.start({ memory: true, conf: '[paste_deploy]\nflavor = fakeauth\n' });
    const { their, our } = await both(['list-cached'], { at: plain });
    await plain.dispose();
    expect(our).toMatchObject({ code: 1, stdout: 'Cache management middleware not enabled on host 127.0.0.1\n' });
    expect(our.stdout).toBe(their.stdout);
  }, SLOW);

  it.each([[['nonsense'], 1], [['-p', 'x', 'list-cached'], 2]])('%j ends with the same code', async (words, code) => {
    const { their, our } = await both(words);
    expect([their.code, our.code]).toEqual([code, code]);
  }, SLOW);
});
