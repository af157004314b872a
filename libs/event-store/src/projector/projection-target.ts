/**
 * Where a projector writes: read models of one kind, with the checkpoints of those who write them, in one place.
 *
 * - `checkpoint` is the position up to which everything is written; undefined: nothing was under this name.
 * - `apply` makes all writes, in their order, and moves the checkpoint from `from` to `to`: all or nothing, and durable when it
 *   resolves. Where the checkpoint is not at `from` (none counts as 0n) it answers false and has done nothing: another process
 *   was faster, or an earlier call that seemed to have failed had not. Of concurrent calls from one position one makes its writes.
 */
export interface ProjectionTarget<Write> {
  checkpoint(name: string): Promise<bigint | undefined>;
  apply(name: string, from: bigint, to: bigint, writes: readonly Write[]): Promise<boolean>;
}
