import { id, short, type Seed } from './image-list.fixture.js';
import type { ImageFilters, TimeOperator } from './image-list.js';

/** What every filter lets pass; part of the contract of image lists. `ids` lists what passes, in id order. */
export function filterContract(given: (...images: Seed[]) => Promise<void>, ids: (filters: ImageFilters) => Promise<readonly string[]>): void {
  const listed = async (filters: ImageFilters) => (await ids(filters)).map(short);

  describe('filters', () => {
    const images: readonly Seed[] = [
      { id: id(1), name: 'a', status: 'active', size: 10, virtualSize: 20, checksum: 'c1', osHashValue: 'h1', diskFormat: 'raw', tags: ['x', 'y'], properties: { os: 'a', arch: 'b' } },
      { id: id(2), name: 'b', status: 'saving', owner: 'p2', containerFormat: 'ovf', minDisk: 5, protected: true, tags: ['x'], properties: { os: 'a' } },
      { id: id(3), name: 'A', minRam: 512, properties: { os: 'A' } },
      { id: id(4), name: null, diskFormat: null, containerFormat: null },
      { id: id(5), name: '', status: 'active', size: 0, osHashAlgo: 'sha256' },
    ];
    it.each<[string, ImageFilters, number[]]>([
      ['no filter', {}, [1, 2, 3, 4, 5]],
      ['name, by code points', { name: ['a'] }, [1]],
      ['any of the names', { name: ['a', 'A', 'q'] }, [1, 3]],
      ['no name at all', { name: [] }, []],
      ['the empty name, which null is not', { name: [''] }, [5]],
      ['the empty name or another', { name: ['', 'b'] }, [2, 5]],
      ['id', { id: [id(3)] }, [3]],
      ['any of the ids', { id: [id(3), id(1), 'x'] }, [1, 3]],
      ['status', { status: ['saving'] }, [2]],
      ['any of the statuses', { status: ['saving', 'queued'] }, [2, 3, 4]],
      ['a status that is never listed', { status: ['deleted'] }, []],
      ['a status that is none', { status: ['nonsense'] }, []],
      ['container format', { containerFormat: ['ovf'] }, [2]],
      ['disk format', { diskFormat: ['raw', 'qcow2'] }, [1]],
      ['the empty format, which null is not', { diskFormat: [''] }, []],
      ['owner', { owner: 'p2' }, [2]],
      ['checksum', { checksum: 'c1' }, [1]],
      ['hash algorithm', { osHashAlgo: 'sha256' }, [5]],
      ['hash value', { osHashValue: 'h1' }, [1]],
      ['protected', { protected: true }, [2]],
      ['not protected', { protected: false }, [1, 3, 4, 5]],
      ['size', { numbers: [{ column: 'size', op: 'eq', value: 10 }] }, [1]],
      ['size 0, which null is not', { numbers: [{ column: 'size', op: 'eq', value: 0 }] }, [5]],
      ['size at least', { numbers: [{ column: 'size', op: 'min', value: 10 }] }, [1]],
      ['size at least 0, without null', { numbers: [{ column: 'size', op: 'min', value: 0 }] }, [1, 5]],
      ['size at most', { numbers: [{ column: 'size', op: 'max', value: 10 }] }, [1, 5]],
      ['size at most less than nothing', { numbers: [{ column: 'size', op: 'max', value: -1 }] }, []],
      ['virtual size, both bounds', { numbers: [{ column: 'virtual_size', op: 'min', value: 20 }, { column: 'virtual_size', op: 'max', value: 20 }] }, [1]],
      ['minimum disk', { numbers: [{ column: 'min_disk', op: 'eq', value: 5 }] }, [2]],
      ['minimum memory at least', { numbers: [{ column: 'min_ram', op: 'min', value: 1 }] }, [3]],
      ['a number no column can hold', { numbers: [{ column: 'min_ram', op: 'max', value: Number.MAX_SAFE_INTEGER }] }, [1, 2, 3, 4, 5]],
      ['tag', { tags: ['x'] }, [1, 2]],
      ['each of the tags', { tags: ['x', 'y'] }, [1]],
      ['property', { properties: { os: 'a' } }, [1, 2]],
      ['each of the properties', { properties: { os: 'a', arch: 'b' } }, [1]],
      ['a property that none has', { properties: { constructor: 'x' } }, []],
      ['tag and property', { tags: ['x'], properties: { arch: 'b' } }, [1]],
      ['all at once', { name: ['a'], status: ['active'], tags: ['y'], checksum: 'c1', protected: false }, [1]],
    ])('%s', async (_title, filters, expected) => {
      await given(...images);
      expect(await listed(filters)).toEqual(expected);
    });

    const second = Date.parse('2026-11-01T10:00:00.000Z');
    it.each<[TimeOperator, number, number[]]>([
      ['eq', 0, [1, 2]], ['neq', 0, [3, 4]], ['gt', 0, [3, 4]], ['gte', 0, [1, 2, 3, 4]], ['lt', 1000, [1, 2]], ['lte', 1000, [1, 2, 3]],
      ['gte', 1000, [3, 4]], ['lt', 0, []], ['lte', 0, [1, 2]],
      ['eq', 500, []], ['neq', 500, [1, 2, 3, 4]], ['gt', 500, [3, 4]], ['gte', 500, [3, 4]], ['lt', 500, [1, 2]], ['lte', 500, [1, 2]],
    ])('created_at %s the second that is shown and %i ms', async (op, ms, expected) => {
      await given(...[0, 999, 1000, 5000].map((later, i) => ({ id: id(i + 1), createdAt: second + later })));
      expect(await listed({ times: [{ column: 'created_at', op, at: new Date(second + ms) }] })).toEqual(expected);
    });

    it('looks at updated_at, and at several times together', async () => {
      await given({ id: id(1), status: 'active', createdAt: second }, { id: id(2), createdAt: second });
      expect(await listed({ times: [{ column: 'updated_at', op: 'gt', at: new Date(second) }] })).toEqual([1]);
      const both: ImageFilters['times'] = [{ column: 'created_at', op: 'gte', at: new Date(second) }, { column: 'updated_at', op: 'lt', at: new Date(second + 1000) }];
      expect(await listed({ times: both })).toEqual([2]);
    });

    it.each(['0000-01-01T00:00:00Z', '+010000-01-01T00:00:00Z'])('takes the time %s', async (at) => {
      await given({ id: id(1) });
      const later = at.startsWith('+');
      expect(await listed({ times: [{ column: 'created_at', op: later ? 'lt' : 'gt', at: new Date(at) }] })).toEqual([1]);
    });
  });
}
