import { counterDecider, MoveCounter, OpenCounter } from './counter.fixture.js';
import { givenFor } from './given-when-then.js';

const given = givenFor(counterDecider);
const opened = { type: 'CounterOpened', data: { start: 1 } } as const;
const moved = { type: 'CounterMoved', data: { by: 2 } } as const;

describe('given, when, then', () => {
  it('accepts exactly the events that are decided', () => {
    given(opened).when(new MoveCounter('counter-1', 2)).decides(moved);
    expect(() => given(opened).when(new MoveCounter('counter-1', 3)).decides(moved)).toThrow();
    expect(() => given(opened).when(new MoveCounter('counter-1', 2, 2)).decides(moved)).toThrow();
    expect(() => given(opened).when(new MoveCounter('counter-1', 2)).decides()).toThrow();
  });

  it('accepts exactly the refusal that is thrown', () => {
    given(opened).when(new OpenCounter('counter-1')).refuses('CounterTaken');
    expect(() => given(opened).when(new OpenCounter('counter-1')).refuses('CounterClosed')).toThrow('counter-1');
    expect(() => given().when(new OpenCounter('counter-1')).refuses('CounterTaken')).toThrow('expected the refusal');
  });

  it('folds what was given and what was decided', () => {
    expect(given(opened, moved, moved).state().value).toBe(5);
    expect(given(opened, moved).when(new MoveCounter('counter-1', 10)).state()).toMatchObject({ value: 13, seen: { length: 3 } });
  });
});
