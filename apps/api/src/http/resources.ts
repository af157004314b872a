export interface Resource {
  /** Below the version, parts that vary in braces. */
  readonly path: string;
  /** In the order in which `Allow` names them. */
  readonly methods: readonly string[];
}

export const resource = (path: string, ...methods: string[]): Resource => ({ path, methods });

/** Methods of the resource at a path; undefined where there is none. Of two that fit a path the first counts. */
export function methodsIn(base: string, resources: readonly Resource[]): (path: string) => readonly string[] | undefined {
  const patterns = resources.map(({ path, methods }) => ({ pattern: new RegExp(`^${base}${path.replace(/\{\w+\}/g, '[^/]+')}$`), methods }));
  return (path) => patterns.find(({ pattern }) => pattern.test(path))?.methods;
}
