import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Authority } from '../support/certificates.js';
import { testDatabase, type TestDatabase } from '../support/postgres.js';
import { PythonClients } from '../support/python-clients.js';
import { StepwiseServer } from '../support/stepwise-server.js';
import { FAKEAUTH, TOKENS } from '../support/story.js';

const MIB = 1024 * 1024;
const CAP = 64 * MIB;
const SIZES = [0, 1, 4095, 4096, 4097, 8192, CAP];
const SLOW = 60_000;
const NEW = "v1.images.create(name='data', disk_format='raw', container_format='bare', ";

/** How the client as a library sends a file; of text it says the length, and of nothing else. */
const WAYS: Readonly<Record<string, (file: string) => string>> = {
  'in chunks, with its size': (file) => `data=open('${file}', 'rb')`,
  'in chunks, without its size': (file) => `data=Pipe(open('${file}', 'rb').read())`,
  'at its length': (file) => `data=open('${file}').read()`,
};

interface Stored {
  readonly id: string;
  readonly size: number;
  readonly status: string;
  readonly checksum: string;
  readonly back: string;
}

describe.each([{ tls: false }, { tls: true }])('data from python-glanceclient of version 1 (TLS: $tls)', ({ tls }) => {
  let authority: Authority;
  let database: TestDatabase;
  let server: StepwiseServer;
  let clients: PythonClients;

  beforeAll(async () => {
    [database, authority] = await Promise.all([testDatabase(), Authority.make()]);
    const { cert, key } = await authority.sign('server');
    const secure = tls ? `cert_file = ${cert}\nkey_file = ${key}\n` : '';
    server = await StepwiseServer.create(() => `${secure}image_size_cap = ${CAP}\n${FAKEAUTH}[database]\nconnection = ${database.url}\n`);
    await server.start();
    clients = PythonClients.start(server.stateDir);
  }, SLOW);
  afterAll(async () => {
    await clients.stop();
    await server.now.dispose();
    await Promise.all([database.drop(), authority.dispose()]);
  }, SLOW);

  const v1 = (expression: string) => clients.run('glance-v1', [server.now.url, TOKENS.alice, authority.cert, expression]);
  const md5 = (data: Buffer) => createHash('md5').update(data).digest('hex');
  const fileOf = async (size: number) => {
    const file = join(server.stateDir, `data-${size}`);
    await writeFile(file, randomBytes(Math.ceil(size / 2)).toString('hex').slice(0, size));
    return file;
  };
  /** Kept by the store, also what is not whole. */
  const kept = () => readdirSync(server.now.imagesDir).toSorted();
  const stepsSince = (before: number, pattern: RegExp) => server.steps.slice(before).filter((step) => pattern.test(step));
  const counted = async () => JSON.parse((await v1('[image.id for image in v1.images.list()]')).stdout) as string[];

  // Of no length nothing is sent, and what comes without a size is as large below.
  const LEFT_OUT = ['0 at its length', `${CAP} in chunks, without its size`];
  const cases = Object.keys(WAYS).flatMap((way) => SIZES.map((size) => ({ size, way }))).filter(({ size, way }) => !LEFT_OUT.includes(`${size} ${way}`));
  it.each(cases)('seed 13: $size bytes $way are stored once, and come back', async ({ size, way }) => {
    const file = await fileOf(size);
    const [files, steps] = [kept(), server.steps.length];
    const back = "hashlib.md5(b''.join(v1.images.data(image))).hexdigest()";
    const { code, stdout, stderr } = await v1(`(lambda image: {**image.to_dict(), 'back': ${back}})(${NEW}${WAYS[way]?.(file)}))`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { id, ...said } = JSON.parse(stdout) as Stored;
    const sent = await readFile(file);
    expect(said).toMatchObject({ status: 'active', size, checksum: md5(sent), back: md5(sent) });
    expect(kept()).toEqual([...files, id].toSorted());
    expect((await readFile(join(server.now.imagesDir, id))).equals(sent)).toBe(true);
    expect(stepsSince(steps, /^append .*ImageDataStored/)).toHaveLength(1);
    expect(stepsSince(steps, /^store \S+ publish$/)).toHaveLength(1);
    expect(stepsSince(steps, /^store \S+ begin$/)).toHaveLength(1);
  }, SLOW);

  it('seed 13: no bytes at all are told by the size 0, and nothing is stored', async () => {
    const [files, steps] = [kept(), server.steps.length];
    const { code, stdout } = await v1(`${NEW}size=0, data='').to_dict()`);
    expect({ code, ...(JSON.parse(stdout) as Stored) }).toMatchObject({ code: 0, status: 'active', size: 0 });
    expect(kept()).toEqual(files);
    expect(stepsSince(steps, /^store /)).toEqual([]);
  }, SLOW);

  it.each(['in chunks, with its size', 'at its length'])('seed 16: what comes %s and is too large is refused before there is an image', async (way) => {
    const file = await fileOf(CAP + 1);
    const [files, images] = [kept(), await counted()];
    const { code, stderr } = await v1(`${NEW}${WAYS[way]?.(file)})`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('HTTP 400') });
    expect(await counted()).toEqual(images);
    expect(kept()).toEqual(files);
  }, SLOW);

  it('seed 16: what turns out to be too large kills the image, and no byte stays', async () => {
    const file = await fileOf(CAP + 1);
    const files = kept();
    const id = `16000000-0000-4000-8000-00000000000${Number(tls)}`;
    const { code, stderr } = await v1(`${NEW}id='${id}', ${WAYS['in chunks, without its size']?.(file)})`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('413') });
    expect(JSON.parse((await v1(`v1.images.get('${id}')`)).stdout)).toMatchObject({ status: 'killed' });
    expect(kept()).toEqual(files);
  }, SLOW);
});
