import { readFileSync, writeFileSync } from 'node:fs';
import { zstdCompressSync } from 'node:zlib';
import { createMemoryEventStore } from '../adapters/memory/memory.event-store.js';
import { backupFolder, fill, wholeLog } from './backup.fixture.js';
import { exportLog } from './export-log.js';
import { verifyLogFile } from './import-log.js';
import { LogFileReader } from './log-file-reader.js';
import { frameLength, textOf } from './zstd-frames.js';

const EVENTS = 8;
const SLOW = 60_000;

describe('a file of a log', () => {
  const file = backupFolder();
  const store = createMemoryEventStore();
  let whole: Buffer;
  let lines: string[];
  const damaged = (line?: number) => expect.objectContaining({ code: 'LogFileDamaged', ...(line === undefined ? {} : { line }) });
  const verified = (name: string, content: string | Buffer, events = true) => {
    writeFileSync(file(name), content);
    return verifyLogFile(file(name), { events });
  };
  const changed = (n: number, change: (line: string) => string): string => lines.map((line, i) => (i === n - 1 ? change(line) : line)).join('\n').concat('\n');

  beforeAll(async () => {
    await fill(store, EVENTS);
    await exportLog({ store, site: 'here', to: file('whole') });
    whole = readFileSync(file('whole'));
    lines = (await text(whole)).split('\n').slice(0, -1);
  });

  it('says of which log it is, holds each event as its stored text, and ends with count and digests', async () => {
    const log = await wholeLog(store);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      format: 'afterimage-log', version: 1, site: 'here', engine: 'memory', createdAt: expect.any(String), first: 1, last: EVENTS, previousHead: '0'.repeat(64),
    });
    const [first] = log;
    expect(JSON.parse(lines[1] ?? '')).toEqual({
      position: 1, stream: first?.stream, revision: 0, recordedAt: first?.recordedAt.toISOString(), body: first?.body, data: first?.data,
      salt: first?.salt.toString('hex'), chain: first?.chain.toString('hex'),
    });
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({ end: 'afterimage-log', events: EVENTS, last: EVENTS, head: log.at(-1)?.head?.toString('hex'), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is read as it was packed, and as its text, packed anew by others or not at all', async () => {
    for (const content of [whole, lines.join('\n').concat('\n'), zstdCompressSync(lines.join('\n').concat('\n'))]) {
      expect(await verified('copy', content)).toMatchObject({ events: EVENTS, header: { site: 'here', last: BigInt(EVENTS) } });
      expect(await verified('copy', content, false)).toMatchObject({ events: EVENTS });
    }
    const events = [];
    for await (const read of new LogFileReader(file('whole')).read()) events.push(...read.events);
    expect(events).toEqual(await wholeLog(store));
  });

  it('is not whole with one byte less, wherever it is cut off', async () => {
    for (let length = 1; length < whole.length; length += 11) await expect(verified('cut', whole.subarray(0, length))).rejects.toEqual(expect.objectContaining({ code: expect.stringMatching(/^LogFile(Damaged|Unknown)$/) }));
    const plain = Buffer.from(lines.join('\n').concat('\n'));
    for (let length = 1; length < plain.length; length += 83) await expect(verified('cut', plain.subarray(0, length), false)).rejects.toEqual(expect.objectContaining({ code: expect.stringMatching(/^LogFile/) }));
    await expect(verified('cut', '')).rejects.toEqual(expect.objectContaining({ code: 'LogFileUnknown' }));
  }, SLOW);

  it('gives away each byte of its text that was changed', async () => {
    const plain = Buffer.from(lines.join('\n').concat('\n'));
    const unnoticed: number[] = [];
    for (let at = 0; at < plain.length; at += 31) {
      const copy = Buffer.from(plain);
      copy[at] = (copy[at] ?? 0) ^ 1;
      await verified('flipped', copy, false).then(() => unnoticed.push(at), () => undefined);
    }
    expect(unnoticed.map((at) => plain.subarray(at - 20, at + 20).toString())).toEqual([]);
  }, SLOW);

  it('gives away each packed byte that was changed, unless the text is the same all the same', async () => {
    const plain = lines.join('\n').concat('\n');
    for (let at = 0; at < whole.length; at += at < 32 ? 1 : 7) {
      const copy = Buffer.from(whole);
      copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8));
      const outcome = await verified('flipped', copy, false).then(() => text(copy), () => plain);
      expect(outcome).toBe(plain);
    }
  }, SLOW);

  it('names the line of an event that was changed, left out, moved, doubled or made up', async () => {
    await expect(verified('changed', changed(5, (line) => line.replace('"n\\":', '"m\\":')))).rejects.toEqual(damaged(5));
    await expect(verified('changed', changed(5, (line) => line.replace('"revision":', '"revision": ')))).rejects.toEqual(damaged(5));
    await expect(verified('changed', changed(4, () => 'nonsense'))).rejects.toEqual(damaged(4));
    await expect(verified('changed', [...lines.slice(0, 6), ...lines.slice(7)].join('\n').concat('\n'))).rejects.toEqual(damaged(7));
    await expect(verified('changed', [...lines.slice(0, 6), lines[7], lines[6], ...lines.slice(8)].join('\n').concat('\n'))).rejects.toEqual(damaged(7));
    await expect(verified('changed', [...lines.slice(0, 6), lines[5], ...lines.slice(6)].join('\n').concat('\n'))).rejects.toEqual(damaged(7));
    await expect(verified('changed', [...lines, lines[3]].join('\n').concat('\n'))).rejects.toEqual(damaged(lines.length + 1));
  });

  it('finds by its own digest what no digest of an event covers', async () => {
    const earlier = changed(6, (line) => line.replace(/"recordedAt":"\d{4}/, '"recordedAt":"1999'));
    await expect(verified('changed', earlier)).rejects.toEqual(damaged(lines.length));
    await expect(verified('changed', earlier, false)).rejects.toEqual(damaged(lines.length));
  });

  it('is refused where it is of another kind or of a newer version, which is said', async () => {
    await expect(verified('other', 'id,name\n1,a\n')).rejects.toThrow("not that of a file which 'afterimage export' wrote");
    await expect(verified('newer', changed(1, (line) => line.replace('"version":1', '"version":2')))).rejects.toThrow('it is of version 2, and this program reads 1');
  });

  it('keeps what was lawfully erased, and only that, without data', async () => {
    await expect(verified('erased', changed(3, (line) => JSON.stringify({ ...(JSON.parse(line) as object), data: 7 })))).rejects.toEqual(damaged(3));
    await expect(verified('erased', changed(3, (line) => JSON.stringify({ ...(JSON.parse(line) as object), data: null })))).rejects.toEqual(damaged(lines.length));
  });

  async function text(packed: Buffer): Promise<string> {
    const parts: Buffer[] = [];
    for (let rest = packed; rest.length > 0; ) {
      const length = frameLength(rest) ?? rest.length;
      parts.push(await textOf(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
    return Buffer.concat(parts).toString('utf8');
  }
});
