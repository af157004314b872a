import { Logger } from '@nestjs/common';
import type { Server } from 'node:tls';
import { marksOf, secureContextOptions, type TlsFiles } from './tls-files.js';

/** Milliseconds between two looks at the files. */
const LOOK_EVERY = 1_000;

const log = new Logger('Tls');

/**
 * New handshakes use what the files have become, once it can be used: while certificate and key are exchanged one after the
 * other, and where a new one is wrong, what was there before holds on. Connections that there are go on.
 */
export function followFiles(server: Pick<Server, 'setSecureContext' | 'on'>, files: TlsFiles, lookEvery = LOOK_EVERY): void {
  let mark = marksOf(files);
  const look = () => {
    const found = marksOf(files);
    if (found === mark) return;
    mark = found;
    try {
      server.setSecureContext(secureContextOptions(files));
      log.log(`the certificate of ${files.cert_file} is served from now on`);
    } catch (error) {
      log.error(`${error instanceof Error ? error.message : String(error)}; what was served before is served on`);
    }
  };
  const looking = setInterval(look, lookEvery);
  looking.unref();
  server.on('close', () => clearInterval(looking));
}
