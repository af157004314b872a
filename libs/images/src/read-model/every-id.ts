const PAGE = 200;

/** All ids that a search answers in pages, in its order; it is asked anew as far as they are taken. */
export async function* everyId(page: (after: string | undefined, limit: number) => Promise<readonly string[]>): AsyncGenerator<string> {
  for (let after: string | undefined; ; ) {
    const ids = await page(after, PAGE);
    yield* ids;
    after = ids.at(-1);
    if (after === undefined || ids.length < PAGE) return;
  }
}
