import { StreamCommand } from './command.js';
import type { Decider } from './decider.js';
import type { CommandContext, DomainEvent } from './event.js';

type CounterEvent = DomainEvent<'CounterOpened', { readonly start: number; readonly label?: string }> | DomainEvent<'CounterMoved', { readonly by: number }>;

export interface CounterState {
  readonly open: boolean;
  readonly value: number;
  readonly seen: readonly string[];
}

export const CONTEXT: CommandContext = {
  actor: { user: 'u1', project: 'p1', roles: ['member'], admin: false, service: null },
  requestId: 'req-1',
};

abstract class CounterCommand extends StreamCommand<CounterState> {
  constructor(readonly stream: string, context: CommandContext = CONTEXT) {
    super(context);
  }
}

export class OpenCounter extends CounterCommand {
  override readonly creates = true;

  /** `adopted`: since when it was open elsewhere, and what it counted there. */
  constructor(stream: string, readonly adopted?: { readonly since: string; readonly value: number }) {
    super(stream);
  }
}

export class MoveCounter extends CounterCommand {
  constructor(stream: string, readonly by: number, readonly times = 1) {
    super(stream);
  }
}

export class CounterClosed extends Error {
  readonly code = 'CounterClosed';
}

export class CounterTaken extends Error {
  readonly code = 'CounterTaken';
}

/** A decider small enough to test everything around it. */
export const counterDecider: Decider<CounterState, CounterCommand, CounterEvent> = {
  streamPrefix: 'counter-',
  initialState: () => ({ open: false, value: 0, seen: [] }),
  evolve(state, { type, data, meta }) {
    if (state.seen.includes(meta.id)) return state;
    const seen = [...state.seen, meta.id];
    if ('start' in data && type === 'CounterOpened') return { open: true, value: state.value + data.start, seen };
    return 'by' in data ? { ...state, value: state.value + data.by, seen } : state;
  },
  decide(command, state) {
    if (command instanceof OpenCounter) {
      if (state.open) throw new CounterTaken(command.stream);
      const { adopted } = command;
      return [{ type: 'CounterOpened', data: { start: 0 }, ...(adopted ? { at: adopted.since } : {}) }, ...(adopted ? [{ type: 'CounterMoved' as const, data: { by: adopted.value } }] : [])];
    }
    if (!(command instanceof MoveCounter)) throw new TypeError('no such command');
    if (!state.open) throw new CounterClosed(command.stream);
    const move: CounterEvent = { type: 'CounterMoved', data: { by: command.by } };
    return command.by === 0 ? [] : Array.from({ length: command.times }, () => move);
  },
  versions: { CounterOpened: 2, CounterMoved: 1 },
  upcasts: { 'CounterOpened.v1': ({ from }: { from: number }) => ({ start: from }) },
  creation: (state) => state.seen[0] ?? null,
};
