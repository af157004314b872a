const MIB = 1024 * 1024;

/** The same bytes; tells how many have passed, at every MiB and at the end. */
export async function* metered(source: AsyncIterable<Uint8Array>, tell: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  let told = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes - told >= MIB) tell((told = bytes));
    yield chunk;
  }
  tell(bytes);
}
