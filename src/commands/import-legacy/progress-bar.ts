import { SingleBar } from 'cli-progress';

export interface Bar {
  update(done: number): void;
  /** Writes something else without leaving parts of the bar in it. */
  aside(write: () => void): void;
  stop(): void;
}

const FORMAT = '{bar} {percentage}% | {value} of {total}';

/** Nothing where nobody watches. */
export function progressBar(stream: NodeJS.WriteStream, total: number): Bar {
  if (!stream.isTTY) return { update: () => undefined, aside: (write) => write(), stop: () => undefined };
  const bar = new SingleBar({ format: FORMAT, stream, hideCursor: true, clearOnComplete: true });
  bar.start(total, 0);
  return {
    update: (done) => bar.update(done),
    aside: (write) => {
      stream.write('\r\x1b[K');
      write();
    },
    stop: () => bar.stop(),
  };
}
