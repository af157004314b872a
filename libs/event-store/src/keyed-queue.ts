/** Runs one task at a time for each key, in the order they came. */
export class KeyedQueue {
  private readonly tails = new Map<string, { last: Promise<unknown>; length: number }>();

  /** At most `waiting` tasks may wait for a key beside the one that runs; `full` makes the error for the next. */
  constructor(private readonly waiting: number, private readonly full: (key: string) => Error) {}

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const queue = this.tails.get(key) ?? { last: Promise.resolve(), length: 0 };
    if (queue.length > this.waiting) return Promise.reject(this.full(key));
    queue.length += 1;
    const result = queue.last.then(task).finally(() => {
      queue.length -= 1;
      if (queue.length === 0) this.tails.delete(key);
    });
    queue.last = result.catch(() => undefined);
    this.tails.set(key, queue);
    return result;
  }
}
