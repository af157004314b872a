/** How far each follower of the log has come. */
export interface Checkpoints {
  /** Undefined: this follower never started. */
  read(name: string): Promise<bigint | undefined>;
  write(name: string, position: bigint): Promise<void>;
}
