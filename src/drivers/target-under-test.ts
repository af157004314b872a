import type { StateChange } from '#event-store';
import type { TargetUnderTest } from '#event-store/conformance';
import { created, fold, history, located, started, stored } from '#images/conformance';
import { streamOf, type ImageState } from '#images';
import type { ReadModelUnderTest } from './read-model-conformance.js';

/** Values are names of images, sums are bytes of owners: so a driver's own writes are what its target is tried with. */
export function targetUnderTest<Write>(under: ReadModelUnderTest<Write>): TargetUnderTest<Write> {
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    const id = ids.get(name) ?? `00000000-0000-4000-8000-${(ids.size + 1).toString(16).padStart(12, '0')}`;
    ids.set(name, id);
    return id;
  };
  const writes = (change: StateChange<ImageState>): readonly Write[] =>
    under.driver.projections.filter(({ streamPrefix }) => change.stream.startsWith(streamPrefix)).flatMap((projection) => projection.write(change));
  const bytesOf = async (owner: string): Promise<number> => Number((await under.driver.usage.of(owner)).bytes);
  const named = (kind: string): string[] => [...ids.keys()].filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  return {
    target: { checkpoint: (name) => under.driver.target.checkpoint(name), apply: (...of) => under.driver.target.apply(...of) },
    put: (stream, revision, value) => writes({ stream: streamOf(idOf(VALUE + stream)), before: NOTHING, after: fold(history([created({ owner: null, name: String(value) })])), revision, events: [] }),
    add: (group, by) => writes({ stream: streamOf(idOf(SUM + group)), ...booking(by < 0 ? less(group) : more(group), Math.abs(by)), revision: 3, events: [] }),
    failing: under.failing,
    async values() {
      const found = await Promise.all(named(VALUE).map(async (stream) => [stream, await under.driver.images.find(idOf(VALUE + stream))] as const));
      return Object.fromEntries(found.flatMap(([stream, image]) => (image ? [[stream, Number(image.name)]] : [])));
    },
    async sums() {
      const found = await Promise.all(named(SUM).map(async (group) => [group, (await bytesOf(more(group))) - (await bytesOf(less(group)))] as const));
      return Object.fromEntries(found.filter(([, sum]) => sum !== 0));
    },
    async clear() {
      ids.clear();
      await under.clear();
    },
    close: () => under.driver.close(),
  };
}

const [VALUE, SUM] = ['value ', 'sum '];
const more = (group: string): string => `${group} +`;
const less = (group: string): string => `${group} -`;
const NOTHING = fold([]);

const booking = (owner: string, size: number): Pick<StateChange<ImageState>, 'before' | 'after'> => ({
  before: fold(history([created({ owner })])), after: fold(history([created({ owner }), started(), stored({ size }), located()])),
});
