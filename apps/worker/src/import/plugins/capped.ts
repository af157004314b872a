import { Transform } from 'node:stream';
import { ImportPluginFailed } from '../import.errors.js';

/** Passes bytes on until they are more than an image may have: what unpacks to more is a bomb, or no image for here. */
export function capped(plugin: string, maxSize: number): Transform {
  let size = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxSize) done(new ImportPluginFailed(plugin, `the data is more than the ${maxSize} bytes that an image may have ([DEFAULT] image_size_cap).`));
      else done(null, chunk);
    },
  });
}
