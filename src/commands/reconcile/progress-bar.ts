import { SingleBar } from 'cli-progress';
import type { ReconcileOptions } from '#images';

type At = Parameters<NonNullable<ReconcileOptions['progress']>>[0];

export interface Bar {
  update(at: At): void;
  /** Writes something else without leaving parts of the bar in it. */
  aside(write: () => void): void;
  stop(): void;
}

const FORMAT = '{bar} {percentage}% | {files} files | {images} images';

/** Nothing where nobody watches. */
export function progressBar(stream: NodeJS.WriteStream): Bar {
  if (!stream.isTTY) return { update: () => undefined, aside: (write) => write(), stop: () => undefined };
  const bar = new SingleBar({ format: FORMAT, stream, hideCursor: true, clearOnComplete: true });
  bar.start(1_000, 0, { files: 0, images: 0 });
  return {
    update: ({ share, files, images }) => bar.update(Math.round(share * 1_000), { files, images }),
    aside: (write) => {
      stream.write('\r\x1b[K');
      write();
    },
    stop: () => bar.stop(),
  };
}
