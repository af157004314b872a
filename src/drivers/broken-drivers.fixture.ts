import type { InlineProjection, MemoryWrite, StateChange } from '#event-store';
import { breaking, recordSuite, type RecordedCase } from '#event-store/conformance';
import { memoryReadModels } from './memory-read-models.js';
import { readModelConformance } from './read-model-conformance.js';
import type { ReadModelDriver } from './read-model-driver.js';

export type Driver = ReadModelDriver<MemoryWrite>;
/** What is broken, by the case that must find it, and how. */
export type Broken = readonly [title: string, what: string, (driver: Driver) => Driver];

/** The suite of read models on the driver in memory, with something broken in it. */
export const suiteOf = (broken: (driver: Driver) => Driver): readonly RecordedCase[] => recordSuite(() => readModelConformance('broken', async () => {
  let ms = 0;
  const now = () => ms;
  let driver = broken(memoryReadModels(now));
  return {
    get driver() {
      return driver;
    },
    pass: async (more: number) => void (ms += more),
    clear: async () => void (driver = broken(memoryReadModels(now))),
  };
}));

export const part = <K extends 'images' | 'usage' | 'metadefs' | 'target'>(key: K, broken: (whole: Driver[K]) => Partial<Driver[K]>) => (driver: Driver): Driver =>
  ({ ...driver, [key]: breaking<Driver[K]>(driver[key], broken(driver[key])) });

export const images = (broken: (whole: Driver['images']) => Partial<Driver['images']>) => part('images', broken);
export const usage = (broken: (whole: Driver['usage']) => Partial<Driver['usage']>) => part('usage', broken);
export const metadefs = (broken: (whole: Driver['metadefs']) => Partial<Driver['metadefs']>) => part('metadefs', broken);
export const target = (broken: (whole: Driver['target']) => Partial<Driver['target']>) => part('target', broken);
export const tasks = (broken: (whole: Driver['tasks']['list']) => Partial<Driver['tasks']['list']>) => (driver: Driver): Driver =>
  ({ ...driver, tasks: { ...driver.tasks, list: breaking(driver.tasks.list, broken(driver.tasks.list)) } });
export const progress = (broken: (whole: Driver['tasks']['progress']) => Partial<Driver['tasks']['progress']>) => (driver: Driver): Driver =>
  ({ ...driver, tasks: { ...driver.tasks, progress: breaking(driver.tasks.progress, broken(driver.tasks.progress)) } });

type Write = InlineProjection<unknown, MemoryWrite>['write'];

/** The projection of that name writes otherwise; `make` is called once for a driver. */
export const projecting = (name: string, make: (write: Write) => Write) => (driver: Driver): Driver => ({
  ...driver,
  projections: driver.projections.map((one) => (one.name === name ? { ...one, write: make((change) => one.write(change)) } : one)),
});

export const changing = (name: string, change: (asked: StateChange<unknown>) => StateChange<unknown>) => projecting(name, (write) => (asked) => write(change(asked)));

/** What comes later wins, whatever its revision. */
export const byArrival = (name: string) => {
  let arrived = 1_000;
  return changing(name, (change) => ({ ...change, revision: (arrived += 1) }));
};

/** Of each stream the first change is written and no other. */
export const firstAlone = (name: string) => projecting(name, (write) => {
  const met = new Set<string>();
  return (change) => {
    if (met.has(change.stream)) return [];
    met.add(change.stream);
    return write(change);
  };
});
