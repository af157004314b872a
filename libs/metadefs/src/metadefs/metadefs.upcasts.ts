/**
 * Steps from version n to n + 1 of an event's data, by `<type>.v<n>`. The samples in `history/` stay for ever: a spec
 * upcasts and folds every one of them.
 */
export const METADEFS_UPCASTS: Readonly<Record<string, (data: never) => object>> = {};
