/** Ways of importing that this server has: none before the work that happens after the answer is built. */
export const IMPORT_METHODS: readonly string[] = [];
