import { Command } from '@nestjs/cqrs';
import type { Decided } from './decider.js';
import type { CommandContext } from './event.js';

export { Command };

/**
 * A command on one stream. One generic handler serves every subclass through Nest's CommandBus (the handler's metadata
 * stands on this class and is inherited).
 */
export abstract class StreamCommand<State = unknown> extends Command<Decided<State>> {
  /** Name of the stream that it is decided on and writes. */
  abstract readonly stream: string;
  /** True: the stream is expected not to exist, and is not read before the first try. */
  readonly creates: boolean = false;

  constructor(readonly context: CommandContext) {
    super();
  }
}
