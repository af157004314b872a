import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counterDecider } from './counter.fixture.js';
import { openHistory } from './history.js';

describe('the frozen samples', () => {
  let folder: string;
  const write = (name: string, data: object) => writeFileSync(join(folder, name), JSON.stringify(data));
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'history-'));
    write('CounterOpened.v1.json', { from: 3 });
    write('CounterOpened.v2.json', { start: 4 });
    write('CounterMoved.v1.json', { by: 5 });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('are upcast and folded, each by itself', () => {
    expect(openHistory(folder, counterDecider).map(({ name, event, state }) => [name, event.data, state.value])).toEqual([
      ['CounterMoved.v1', { by: 5 }, 5],
      ['CounterOpened.v1', { start: 3 }, 3],
      ['CounterOpened.v2', { start: 4 }, 4],
    ]);
  });

  it('must be there for every version that a type ever had', () => {
    rmSync(join(folder, 'CounterOpened.v1.json'));
    expect(() => openHistory(folder, counterDecider)).toThrow('CounterOpened.v1.json');
  });

  it('must have a way to the current version', () => {
    expect(() => openHistory(folder, { ...counterDecider, upcasts: {} })).toThrow('no step from CounterOpened.v1');
  });

  it('must still be known to the decider', () => {
    write('CounterVanished.v1.json', {});
    expect(() => openHistory(folder, counterDecider)).toThrow('CounterVanished.v1');
  });

  it('must be named after type and version', () => {
    write('notes.json', {});
    expect(() => openHistory(folder, counterDecider)).toThrow('notes.json');
  });
});
