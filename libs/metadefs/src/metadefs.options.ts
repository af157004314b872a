export const METADEF_CATALOG = Symbol('MetadefCatalog');
