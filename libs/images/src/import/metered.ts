const EVERY_MS = 1_000;

/** The same bytes; tells how many have passed, about once a second and at the end. */
export async function* metered(source: AsyncIterable<Uint8Array>, tell: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let next = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (Date.now() >= next) {
      next = Date.now() + EVERY_MS;
      tell(bytes);
    }
    yield chunk;
  }
  tell(bytes);
}
