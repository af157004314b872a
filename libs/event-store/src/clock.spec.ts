import fc from 'fast-check';
import { HybridClock } from './clock.js';

const at = (ms: number) => ms.toString(16).padStart(12, '0');

describe('HybridClock', () => {
  it('reads the wall clock as twelve hex digits and starts its counter at zero', () => {
    expect(new HybridClock(() => 0x19aaf3b2c01).tick()).toBe('019aaf3b2c010000');
  });

  it('counts within a millisecond and starts again with the next', () => {
    let ms = 5;
    const clock = new HybridClock(() => ms);
    expect([clock.tick(), clock.tick()]).toEqual([`${at(5)}0000`, `${at(5)}0001`]);
    ms = 6;
    expect(clock.tick()).toBe(`${at(6)}0000`);
  });

  it('goes on from a reading that it observed, however far ahead', () => {
    const clock = new HybridClock(() => 5);
    clock.observe(`${at(9)}00ff`);
    expect(clock.tick()).toBe(`${at(9)}0100`);
  });

  it('is greater than the floor it is given', () => {
    expect(new HybridClock(() => 5).tick(`${at(7)}ffff`)).toBe(`${at(8)}0000`);
  });

  it('refuses a reading that is none', () => {
    expect(() => new HybridClock().observe('12')).toThrow(TypeError);
  });

  it('never goes back, whatever the wall clock does and whoever is observed', () => {
    const step = fc.record({ wall: fc.nat(2 ** 40), seen: fc.option(fc.nat(2 ** 40), { nil: undefined }) });
    fc.assert(fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      let ms = 0;
      let last = '';
      const clock = new HybridClock(() => ms);
      for (const { wall, seen } of steps) {
        ms = wall;
        const floor = seen === undefined ? undefined : `${at(seen)}0007`;
        const next = clock.tick(floor);
        expect(next > last && next > (floor ?? '')).toBe(true);
        last = next;
      }
    }));
  });
});
