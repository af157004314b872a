import fc from 'fast-check';
import { UploadRoom } from './upload-room.js';

const MIB = 1024 * 1024;

/** A reservation that gives up to a limit, and remembers. */
function limited(limit: number) {
  const state = { reserved: 0n, asked: 0 };
  return {
    state,
    renew: async () => undefined,
    async take(least: bigint, most: bigint) {
      state.asked += 1;
      if (least > limit) throw new Error('full');
      state.reserved = most < limit ? most : BigInt(limit);
      return state.reserved;
    },
  };
}

async function* pieces(sizes: readonly number[]) {
  for (const size of sizes) yield new Uint8Array(size);
}

describe('the room of an upload', () => {
  const open = async (reservation: ReturnType<typeof limited>, size?: number) => {
    const room = new UploadRoom(reservation);
    await room.open(size);
    room.close();
    return room;
  };

  it('is reserved no later than the bytes are handed on, and never much beyond them', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5 * MIB }), { maxLength: 30 }), fc.integer({ min: 1, max: 80 * MIB }), async (sizes, limit) => {
      const reservation = limited(limit);
      let taken = 0;
      const read = async () => {
        for await (const chunk of (await open(reservation)).meter(pieces(sizes))) {
          taken += chunk.byteLength;
          expect(Number(reservation.state.reserved)).toBeGreaterThanOrEqual(taken);
          expect(Number(reservation.state.reserved)).toBeLessThanOrEqual(Math.max(taken + MIB, taken * 1.125));
        }
      };
      const total = sizes.reduce((sum, size) => sum + size, 0);
      if (total > limit) await expect(read()).rejects.toThrow('full');
      else await read();
      expect(taken).toBeLessThanOrEqual(Math.min(total, limit));
    }));
  });

  it('is asked for seldom, however much comes', async () => {
    const reservation = limited(Number.MAX_SAFE_INTEGER);
    const chunk = new Uint8Array(64 * 1024);
    async function* much() {
      for (let i = 0; i < 16 * 1024; i++) yield chunk;
    }
    for await (const _chunk of (await open(reservation)).meter(much()));
    expect(reservation.state.asked).toBeLessThan(60);
  });

  it('is reserved whole, once and exactly, where the size was announced', async () => {
    const reservation = limited(10 * MIB);
    const source = pieces([MIB, MIB]);
    expect((await open(reservation, 7)).meter(source)).toBe(source);
    expect(reservation.state).toEqual({ reserved: 7n, asked: 1 });
    await expect(open(limited(6), 7)).rejects.toThrow('full');
  });

  it('is refused at the start where nothing is left', async () => {
    await expect(open(limited(0))).rejects.toThrow('full');
  });

  it('gives up a source that hangs in its next chunk', async () => {
    let ended = false;
    const hanging: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined), return: async () => ((ended = true), { done: true, value: undefined }) }),
    };
    const iterator = (await open(limited(1))).meter(hanging)[Symbol.asyncIterator]();
    void iterator.next();
    await iterator.return?.();
    expect(ended).toBe(true);
  });
});
