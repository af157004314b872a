import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { v7 } from 'uuid';
import type { Admission } from './admission.js';
import type { Checkpoints } from './checkpoints.js';
import type { Claims } from './claims.js';
import { HybridClock } from './clock.js';
import { StreamCommandHandler } from './command-handler.js';
import { Deciders, type AnyDecider } from './deciders.js';
import type { EventStore } from './event-store.js';
import { Followers } from './followers.js';
import { ReadModelFollower, type ReadModelFollowerOptions } from './following/read-model-follower.js';
import type { InlineProjection } from './projection.js';
import { StreamReader } from './stream-reader.js';
import { CHECKPOINTS, CLAIMS, EVENT_STORE } from './tokens.js';

export interface EventStoreOptions {
  /** This site's name: part of every stamp. */
  readonly site: string;
  readonly store: EventStore;
  readonly claims: Claims;
  readonly checkpoints: Checkpoints;
  readonly deciders: readonly AnyDecider[];
  /** Written with each append: only those made for this kind of store. */
  readonly projections?: readonly InlineProjection<unknown, unknown>[];
  /** Read models that follow the log instead. */
  readonly follows?: Pick<ReadModelFollowerOptions, 'projections' | 'target' | 'runs'>;
  readonly admission?: Admission;
  /** Whether a `.contract` migration has been; absent: nothing older ever ran here. */
  readonly contracted?: (migration: string) => Promise<boolean>;
  readonly clock?: HybridClock;
  /** Makes event ids (UUIDv7). */
  readonly newId?: () => string;
}

/** Global. The command bus (`CommandBus` of @nestjs/cqrs) runs every `StreamCommand` once the application is initialised. */
@Module({})
export class EventStoreModule {
  static forRoot(options: EventStoreOptions): DynamicModule {
    const { site, store, claims, checkpoints, projections = [], follows, admission, contracted, clock = new HybridClock(), newId = () => v7() } = options;
    const deciders = new Deciders(options.deciders);
    const reader = new StreamReader(store, deciders);
    const follower = follows && new ReadModelFollower({ store, claims, deciders, admission, ...follows });
    const decisions = { site, clock, newId, projections, admission, contracted, visible: follower && ((stream: string, revision: number) => follower.visible(stream, revision)) };
    const shared: Provider[] = [
      { provide: EVENT_STORE, useValue: store },
      { provide: CLAIMS, useValue: claims },
      { provide: CHECKPOINTS, useValue: checkpoints },
      { provide: HybridClock, useValue: clock },
      { provide: Deciders, useValue: deciders },
      { provide: StreamReader, useValue: reader },
      { provide: Followers, useFactory: () => new Followers({ store: follower?.log ?? store, claims, checkpoints, deciders, site }) },
    ];
    const handler: Provider = { provide: StreamCommandHandler, useFactory: () => new StreamCommandHandler(store, reader, deciders, decisions), inject: [] };
    const following: Provider[] = follower ? [{ provide: ReadModelFollower, useFactory: () => follower }] : [];
    return {
      module: EventStoreModule,
      global: true,
      imports: [CqrsModule.forRoot()],
      providers: [...shared, ...following, handler],
      exports: [CqrsModule, EVENT_STORE, CLAIMS, CHECKPOINTS, HybridClock, Deciders, StreamReader, Followers, ...(follower ? [ReadModelFollower] : [])],
    };
  }
}
