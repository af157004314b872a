import fc from 'fast-check';
import { ByteWindows } from './byte-windows.js';

const bytes = (length: number): Buffer => Buffer.from(Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) % 251));

/** Cuts data where the numbers say. */
function* chunked(data: Buffer, cuts: readonly number[]): Generator<Buffer> {
  const at = [0, ...cuts.map((cut) => cut % (data.length + 1)).sort((a, b) => a - b), data.length];
  for (let i = 1; i < at.length; i += 1) yield data.subarray(at[i - 1], at[i]);
}

describe('windows on a stream', () => {
  it('are the bytes asked for, with zeros for those that never came, however the stream is cut', () => {
    const windows = fc.array(fc.tuple(fc.nat(400), fc.nat(100)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.nat(500), windows, fc.array(fc.nat(500)), (length, wanted, cuts) => {
        const data = bytes(length);
        const stream = new ByteWindows(16);
        const got: Buffer[] = [];
        for (const [i, [start, size]] of wanted.entries()) expect(stream.want(start, size, (window) => (got[i] = window))).toBe(true);
        for (const chunk of chunked(data, cuts)) stream.feed(chunk);
        expect(stream.end().equals(data.subarray(-16))).toBe(true);
        expect(stream.at).toBe(length);
        const padded = Buffer.concat([data, Buffer.alloc(600)]);
        for (const [i, [start, size]] of wanted.entries()) expect(got[i]?.equals(padded.subarray(start, start + size))).toBe(true);
      }),
    );
  });

  it('can be asked for from where another ended on, not before', () => {
    const answers: boolean[] = [];
    const seen: string[] = [];
    const stream = new ByteWindows(4);
    stream.want(2, 3, () => {
      for (const start of [0, 4, 5, 7]) answers.push(stream.want(start, 2, (window) => seen.push(window.toString())));
    });
    stream.feed(Buffer.from('0123456789'));
    expect([answers, seen]).toEqual([[false, false, true, true], ['56', '78']]);
  });

  it.each([[Number.MAX_SAFE_INTEGER, 1], [2 ** 60, 1], [-1, 1]])('cannot be where no number reaches: %d', (start, length) => {
    expect(new ByteWindows(4).want(start, length, () => undefined)).toBe(false);
  });

  it('far away hold nothing before their first byte came', () => {
    const stream = new ByteWindows(4);
    stream.want(2 ** 50, 65_536, () => undefined);
    stream.feed(bytes(1000));
    expect(stream.held).toBe(4);
  });
});
