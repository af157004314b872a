import { createMemoryEventStore, type EventStore, type StateChange } from '#event-store';
import { projectionTargetContract } from '#event-store/conformance';
import type { Image } from '#images';
import { imageListContract, taskListContract, usageContract } from '#images/conformance';
import { metadefCatalogContract } from '#metadefs/conformance';
import type { ReadModelDriver } from './read-model-driver.js';
import { targetUnderTest } from './target-under-test.js';

/** A driver of read models, and what only a suite does with it. */
export interface ReadModelUnderTest<Write = unknown> {
  /** Is read anew after each `clear`. */
  readonly driver: ReadModelDriver<Write>;
  /** Removes every row, reservation and checkpoint. */
  clear(): Promise<void>;
  /** Lets so many ms pass for reservations; absent: the suite waits as long. */
  pass?(ms: number): Promise<void>;
  /** A write that fails; absent where none can. */
  readonly failing?: Write;
}

/** What every driver of read models must do; `open` makes a new, empty one. Needs Jest's globals and fast-check. */
export function readModelConformance<Write>(name: string, open: () => Promise<ReadModelUnderTest<Write>>): void {
  const opened = async () => new Opened(await open());
  imageListContract(name, async () => (await opened()).imageList());
  usageContract(name, async () => (await opened()).usage());
  taskListContract(name, async () => (await opened()).tasks());
  metadefCatalogContract(name, async () => (await opened()).catalog());
  projectionTargetContract(name, async () => targetUnderTest(await open()), () => createMemoryEventStore() as EventStore<never>);
}

/** Whose changes all go through the driver's own projections and target. */
class Opened<Write> {
  private changes = 0;

  constructor(private readonly under: ReadModelUnderTest<Write>) {}

  imageList() {
    const { under } = this;
    return {
      get list() {
        return under.driver.images;
      },
      rows: () => everyImage(under.driver),
      ...this.shared(),
    };
  }

  usage() {
    const usage = () => this.under.driver.usage;
    const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    return {
      usage: {
        of: (...asked: Parameters<ReadModelDriver['usage']['of']>) => usage().of(...asked),
        reserve: (...asked: Parameters<ReadModelDriver['usage']['reserve']>) => usage().reserve(...asked),
        renew: (...asked: Parameters<ReadModelDriver['usage']['renew']>) => usage().renew(...asked),
        release: (...asked: Parameters<ReadModelDriver['usage']['release']>) => usage().release(...asked),
      },
      pass: (ms: number) => (this.under.pass ? this.under.pass(ms) : wait(ms)),
      ...this.shared(),
    };
  }

  tasks() {
    const { under } = this;
    return {
      get list() {
        return under.driver.tasks.list;
      },
      get progress() {
        return under.driver.tasks.progress;
      },
      projectImage: (change: StateChange<unknown>) => this.project(change),
      ...this.shared(),
    };
  }

  catalog() {
    const { under } = this;
    return {
      get catalog() {
        return under.driver.metadefs;
      },
      ...this.shared(),
    };
  }

  private shared() {
    return {
      project: (change: StateChange<unknown>) => this.project(change),
      clear: () => this.under.clear(),
      close: () => this.under.driver.close(),
    };
  }

  private async project(change: StateChange<unknown>): Promise<void> {
    const { projections, target } = this.under.driver;
    const writes = projections.filter(({ streamPrefix }) => change.stream.startsWith(streamPrefix)).flatMap((projection) => projection.write(change));
    const done = await target.apply(`conformance ${(this.changes += 1)}`, 0n, 1n, writes);
    if (!done) throw new Error('the target made no writes under a new checkpoint');
  }
}

/** Every image that can be asked for, whatever happened to it, as each of some projects too. */
async function everyImage({ images }: ReadModelDriver): Promise<readonly Image[]> {
  const viewers = [{ admin: true, project: null }, { admin: false, project: 'p2' }] as const;
  const sort = [{ key: 'id', direction: 'asc' }] as const;
  const found = await Promise.all(viewers.map((viewer) => images.list({ viewer, visibility: 'all', state: 'any', hidden: 'any', memberStatus: 'all', filters: {}, sort, limit: 1000 })));
  return found.flat();
}
