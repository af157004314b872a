import type { Logger } from '@nestjs/common';
import { Shutdown } from '../shutdown.js';

/** Aborts when the tool is told to end: its work then ends where nothing is left half done. A second signal ends it at once. */
export function toldToEnd(log: Logger): AbortSignal {
  const control = new AbortController();
  void new Shutdown(() => undefined).requested.then(({ text }) => {
    log.log(`stopping: ${text}`);
    control.abort();
  });
  return control.signal;
}
