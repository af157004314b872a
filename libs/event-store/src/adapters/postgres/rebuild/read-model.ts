import type { InlineProjection, SqlWrite } from '../../../projection.js';

/** Tables that projections write, and nobody else: what is in them follows from the log. */
export interface ReadModel {
  readonly name: string;
  readonly projections: readonly InlineProjection<unknown, SqlWrite>[];
  readonly tables: readonly ReadModelTable[];
  /** Process state that the projections' writes touch, too. */
  readonly besides?: readonly string[];
}

export interface ReadModelTable {
  /** In the schema `afterimage`. */
  readonly name: string;
  /** Condition of rows that say nothing: they may be there or not. */
  readonly empty?: string;
}

export const tablesOf = (models: readonly ReadModel[]): readonly ReadModelTable[] => models.flatMap(({ tables }) => tables);
