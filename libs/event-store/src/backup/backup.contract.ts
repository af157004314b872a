import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { note } from '../event-store.fixture.js';
import { EMPTY_STREAM, type EventStore } from '../event-store.js';
import type { LoggedEvent } from '../event.js';
import { backupFolder, fill, lengthOf, wholeLog } from './backup.fixture.js';
import { exportLog, type Exported } from './export-log.js';
import { importLog, verifyLogFile, type Imported, type Watch } from './import-log.js';
import type { LogTransfer } from './log-transfer.js';

/** A log that is empty at first. */
export interface MovableLog {
  /** May be used while the log is not open for an import. */
  readonly store: EventStore;
  readonly transfer: LogTransfer;
  close(): Promise<void>;
}

export interface BackupContract {
  /** Times of arrival and the places are the same in the log that was moved to. */
  readonly exact: boolean;
}

/** Text that packs badly, so that a few hundred events need several frames. */
const RANDOM = { noise: Array.from({ length: 400 }, (_, i) => Math.sin(i).toString(36)).join('') };
const stop = new Error('stopped');

/** What an engine must do so that its log can be moved out and in. */
export function backupContract(name: string, create: () => Promise<MovableLog>, { exact }: BackupContract): void {
  describe(`moving a log, ${name}`, () => {
    const file = backupFolder();
    const opened: MovableLog[] = [];
    const open = async (): Promise<MovableLog> => {
      const log = await create();
      opened.push(log);
      return log;
    };
    afterEach(() => Promise.all(opened.splice(0).map((log) => log.close())));

    const exported = async ({ store, transfer }: MovableLog, to: string, more: object = {}): Promise<Exported> => {
      await transfer.settled();
      return exportLog({ store, site: 'here', to: file(to), ...more });
    };
    const imported = async ({ transfer }: MovableLog, from: string, watch: Watch = {}): Promise<Imported> => {
      const outline = await verifyLogFile(file(from));
      const target = await transfer.open();
      try {
        return await importLog(outline, target, watch);
      } finally {
        await target.close();
      }
    };
    const kept = (events: readonly LoggedEvent[]) => events.map(({ recordedAt, ...event }) => (exact ? { ...event, recordedAt } : event));
    const abortedAt = (share: number): Watch => {
      const ended = new AbortController();
      return { signal: ended.signal, progress: (done) => void (done >= share && ended.abort(stop)) };
    };

    it('gives the same log again: events, order, revisions, chains and heads', async () => {
      const [from, to] = [await open(), await open()];
      await fill(from.store, 230);
      expect(await exported(from, 'same')).toMatchObject({ events: 230, after: 0n, resumed: 0, end: { position: 230n } });
      expect(await imported(to, 'same')).toEqual({ events: 230, stood: 0 });
      expect(kept(await wholeLog(to.store))).toEqual(kept(await wholeLog(from.store)));
      const [stream = ''] = (await wholeLog(to.store)).map((event) => event.stream);
      expect(kept((await to.store.readStream(stream)) as LoggedEvent[])).toEqual(kept((await from.store.readStream(stream)) as LoggedEvent[]));
    });

    it('moves an empty log', async () => {
      const [from, to] = [await open(), await open()];
      expect(await exported(from, 'empty')).toMatchObject({ events: 0 });
      expect(await imported(to, 'empty')).toEqual({ events: 0, stood: 0 });
      expect(await lengthOf(to.store)).toBe(0);
    });

    it('takes new events after an import as the log did that it came from', async () => {
      const [from, to] = [await open(), await open()];
      await fill(from.store, 20);
      await exported(from, 'onward');
      await imported(to, 'onward');
      const last = (await wholeLog(from.store)).at(-1);
      if (!last) throw new Error('nothing was filled in');
      const more = note(last.stream, { after: 'the import' });
      const heads = await Promise.all([from, to].map(({ store }) => store.append(last.stream, last, [more])));
      expect(heads[1]).toEqual(heads[0]);
      await Promise.all([from, to].map(({ transfer }) => transfer.settled()));
      expect((await wholeLog(to.store)).map(({ head }) => head)).toEqual((await wholeLog(from.store)).map(({ head }) => head));
    });

    it('goes on with an export that was ended, and writes what it would have written', async () => {
      const log = await open();
      await fill(log.store, 400, RANDOM);
      const ended = new AbortController();
      await expect(exported(log, 'ended', { signal: ended.signal, progress: (done: number) => done === 350 && ended.abort(stop) })).rejects.toBe(stop);
      expect(existsSync(file('ended'))).toBe(false);
      const part = readFileSync(file('ended.part'));
      // What a kill in the middle of a write leaves behind.
      writeFileSync(file('ended.part'), Buffer.concat([part, Buffer.alloc(99)]));
      await fill(log.store, 30);
      const done = await exported(log, 'ended');
      expect(done).toMatchObject({ events: 400, end: { position: 400n } });
      expect(done.resumed).toBeGreaterThan(0);
      expect(existsSync(file('ended.part'))).toBe(false);
      expect(readFileSync(file('ended')).subarray(0, part.length)).toEqual(part);
      expect(await verifyLogFile(file('ended'), { events: true })).toMatchObject({ events: 400 });
    });

    it('refuses to go on with what is left of an export of another log, and to write over a file', async () => {
      const [one, other] = [await open(), await open()];
      await Promise.all([fill(one.store, 400, RANDOM), fill(other.store, 400, RANDOM)]);
      const ended = new AbortController();
      await expect(exported(one, 'mixed', { signal: ended.signal, progress: (done: number) => done === 350 && ended.abort(stop) })).rejects.toBe(stop);
      await expect(exported(other, 'mixed')).rejects.toEqual(expect.objectContaining({ code: 'LogDiffers' }));
      await expect(exported(one, 'mixed', { site: 'there' })).rejects.toEqual(expect.objectContaining({ code: 'LogFileTaken' }));
      await exported(one, 'mixed');
      await expect(exported(one, 'mixed')).rejects.toEqual(expect.objectContaining({ code: 'LogFileTaken' }));
    });

    it('writes to a stream the same lines as to a file', async () => {
      const log = await open();
      await fill(log.store, 25);
      const chunks: Buffer[] = [];
      const to = new Writable({
        write(chunk: Buffer, _encoding, done) {
          chunks.push(chunk);
          done();
        },
      });
      await exported(log, '', { to });
      writeFileSync(file('streamed'), Buffer.concat(chunks));
      expect(await verifyLogFile(file('streamed'), { events: true })).toMatchObject({ events: 25 });
    });

    it('writes only what came after an earlier export, and takes the files in their order', async () => {
      const [from, to] = [await open(), await open()];
      await fill(from.store, 30);
      const { end } = await exported(from, 'first');
      await fill(from.store, 12);
      expect(await exported(from, 'second', { after: end })).toMatchObject({ events: 12, after: 30n, end: { position: 42n } });
      await expect(imported(to, 'second')).rejects.toEqual(expect.objectContaining({ code: 'LogGap' }));
      expect(await lengthOf(to.store)).toBe(0);
      await imported(to, 'first');
      expect(await imported(to, 'second')).toEqual({ events: 12, stood: 0 });
      expect(kept(await wholeLog(to.store))).toEqual(kept(await wholeLog(from.store)));
      expect(await imported(to, 'first')).toEqual({ events: 0, stood: 30 });
      await expect(exported(to, 'third', { after: { position: 42n, head: Buffer.alloc(32) } })).rejects.toEqual(expect.objectContaining({ code: 'LogDiffers' }));
    });

    it('goes on with an import that was ended, and imports nothing twice', async () => {
      const [from, to] = [await open(), await open()];
      await fill(from.store, 900, RANDOM);
      await exported(from, 'halved');
      await expect(imported(to, 'halved', abortedAt(0.4))).rejects.toBe(stop);
      const stood = await lengthOf(to.store);
      expect(stood).toBeGreaterThan(0);
      expect(stood).toBeLessThan(900);
      expect(await imported(to, 'halved')).toEqual({ events: 900 - stood, stood });
      expect(await imported(to, 'halved')).toEqual({ events: 0, stood: 900 });
      expect(kept(await wholeLog(to.store))).toEqual(kept(await wholeLog(from.store)));
    });

    it('refuses a log that has other events, and changes nothing', async () => {
      const [from, to, longer] = [await open(), await open(), await open()];
      await fill(from.store, 30);
      await exported(from, 'other');
      await fill(to.store, 10);
      await fill(longer.store, 40);
      await Promise.all([to, longer].map(({ transfer }) => transfer.settled()));
      for (const [log, has] of [[to, 10], [longer, 40]] as const) {
        await expect(imported(log, 'other')).rejects.toEqual(expect.objectContaining({ code: 'LogDiffers' }));
        expect(await lengthOf(log.store)).toBe(has);
      }
    });

    it('keeps an event whose data was erased', async () => {
      const [from, to] = [await open(), await open()];
      const target = await from.transfer.open();
      const sealed = note('counter-1', { secret: 'to be forgotten' });
      await target.close();
      await from.store.append('counter-1', EMPTY_STREAM, [{ ...sealed, data: null }]);
      await exported(from, 'erased');
      await imported(to, 'erased');
      expect((await wholeLog(to.store)).map(({ data, body }) => ({ data, body }))).toEqual([{ data: null, body: sealed.body }]);
    });
  });
}
