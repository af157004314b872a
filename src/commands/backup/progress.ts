import { SingleBar } from 'cli-progress';
import { Shutdown } from '../../shutdown.js';

export interface Bar {
  /** `share` from 0 to 1. */
  update(what: string, share: number): void;
  stop(): void;
}

/** Nothing where nobody watches. */
export function progressBar(stream: NodeJS.WriteStream): Bar {
  if (!stream.isTTY) return { update: () => undefined, stop: () => undefined };
  const bar = new SingleBar({ format: '{bar} {percentage}% | {what} | {eta_formatted} left', stream, hideCursor: true, clearOnComplete: true });
  bar.start(1_000, 0, { what: '' });
  return { update: (what, share) => bar.update(Math.round(share * 1_000), { what }), stop: () => bar.stop() };
}

/** Aborted by the first signal, with an error that says how to go on. */
export function untilStopped(): AbortSignal {
  const stopped = new AbortController();
  void new Shutdown(() => undefined).requested.then(({ text }) => stopped.abort(new Error(`ended before it was done (${text}); run it again to go on`)));
  return stopped.signal;
}
