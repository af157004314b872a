import { Transform } from 'node:stream';
import { ImportPluginFailed } from '../import.errors.js';

interface Most {
  /** Bytes. */
  readonly size: number;
  /** The option that says so. */
  readonly option: string;
}

/** Passes bytes on until they are more than an image may have: what unpacks to more is a bomb, or no image for here. */
export function capped(plugin: string, most: Most): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > most.size) done(new ImportPluginFailed(plugin, `the data is more than the ${most.size} bytes that it may have (${most.option}).`));
      else done(null, chunk);
    },
  });
}
