import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Follower, type FollowerOptions } from './follower.js';
import type { Reactor } from './reactor.js';
import type { Deciders } from './deciders.js';

export interface FollowersOptions extends Pick<FollowerOptions, 'store' | 'claims' | 'checkpoints'> {
  readonly deciders: Deciders;
  readonly site: string;
}

/** Runs this process's reactors, until the application shuts down. */
export class Followers implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Followers.name);
  private readonly running: Follower[] = [];

  constructor(private readonly options: FollowersOptions) {}

  /** Answers at once; the reactor runs in this process whenever no other process runs it. */
  react(reactor: Reactor): Follower {
    const { deciders, site, store, claims, checkpoints } = this.options;
    const { name, types, from, origin } = reactor;
    const follower = new Follower({
      store, claims, checkpoints, name, from,
      filter: { types },
      handle: async (logged) => {
        const event = deciders.open(logged);
        if (event && (origin === 'any' || event.meta.site === site)) await reactor.react(event);
      },
      failed: (error, event) => this.logger.error(`${name} failed${event ? ` on event ${event.id}` : ''}, will try again: ${String(error)}`),
    });
    this.running.push(follower);
    follower.start();
    return follower;
  }

  /** Ends after what is being handled has ended. */
  async stop(): Promise<void> {
    await Promise.all(this.running.splice(0).map((follower) => follower.stop()));
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.stop();
  }
}
