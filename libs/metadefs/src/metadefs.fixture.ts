import { Global, Module } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { POLICY, type Policy, type PolicyRule, type Principal } from '#access';
import { createMemoryCheckpoints, createMemoryClaims, createMemoryEventStore, EventStoreModule, type Claims, type EventStore, type InlineProjection } from '#event-store';
import { metadefsDecider } from './metadefs/metadefs.decider.js';
import { MetadefsModule } from './metadefs.module.js';
import { MemoryMetadefCatalog, memoryMetadefsProjection } from './read-model/catalog.memory.js';

/** The default rules, but for those that a case forbids. */
export class Rules implements Policy {
  readonly legacy = false;
  forbidden: readonly PolicyRule[] = [];

  allows(rule: PolicyRule, { admin, project }: Principal, target: Readonly<Record<string, unknown>>): boolean {
    if (this.forbidden.includes(rule)) return false;
    return admin || (/^(get|list)_/.test(rule) && (target['project_id'] === project || target['visibility'] === 'public'));
  }

  defines(): boolean {
    return true;
  }
}

/** What a process of its own has, and what all processes share. */
export interface MemoryPlace {
  readonly store: EventStore;
  readonly claims: Claims;
  readonly catalog: MemoryMetadefCatalog;
}

export const memoryPlace = (now?: () => number): MemoryPlace =>
  ({ store: createMemoryEventStore(), claims: createMemoryClaims(now), catalog: new MemoryMetadefCatalog() });

@Global()
@Module({})
class PolicyModule {}

/** Started; the caller closes it. */
export async function metadefsApp({ store, claims, catalog }: MemoryPlace, policy: Policy = new Rules()): Promise<TestingModule> {
  const projections = [memoryMetadefsProjection(catalog) as InlineProjection<unknown, unknown>];
  const module = await Test.createTestingModule({
    imports: [
      EventStoreModule.forRoot({ site: 'here', store, claims, checkpoints: createMemoryCheckpoints(), deciders: [metadefsDecider], projections }),
      { module: PolicyModule, providers: [{ provide: POLICY, useValue: policy }], exports: [POLICY] },
      MetadefsModule.forRoot(catalog),
    ],
  }).compile();
  return module.init();
}
