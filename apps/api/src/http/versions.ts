export interface VersionOptions {
  /** Minors that come with a feature are advertised only where it is configured; clients decide by them. */
  readonly cache: boolean;
  readonly multiStore: boolean;
  /** `enable_v1_api`. */
  readonly v1?: boolean;
  /** `enable_v2_api`; false: version 2 is as unknown as any other. */
  readonly v2?: boolean;
}

type Advertised = readonly [minor: number, status: 'CURRENT' | 'SUPPORTED'];

const supported = (...minors: number[]): Advertised[] => minors.map((minor) => [minor, 'SUPPORTED']);

function advertised({ cache, multiStore, v2 = true }: VersionOptions): Advertised[] {
  if (!v2) return [];
  const stores = multiStore ? supported(13, 12, 11, 10, 9, 8) : supported(9);
  const newest: Advertised[] = cache
    ? [[18, 'CURRENT'], ...supported(17, 16, 15, 14), ...stores]
    : [...supported(15), ...stores, [17, 'CURRENT']];
  return [...newest, ...supported(7, 6, 5, 4, 3, 2, 1, 0)];
}

/** First path segments that lead to the API. */
export const versionNames = (options: VersionOptions): ReadonlySet<string> =>
  new Set([
    ...(options.v2 === false ? [] : ['v2', ...advertised(options).map(([minor]) => `v2.${minor}`)]),
    ...(options.v1 === true ? ['v1', ...VERSION_1] : []),
  ]);

const VERSION_1 = ['v1.1', 'v1.0'] as const;

export interface VersionsDocument {
  readonly versions: readonly { id: string; status: string; links: readonly { rel: 'self'; href: string }[] }[];
}

/** `base`: where clients reach this API, without a slash at its end. */
export function versionsDocument(base: string, options: VersionOptions): VersionsDocument {
  const links = (major: string) => [{ rel: 'self' as const, href: `${base}/${major}/` }];
  return {
    versions: [
      ...advertised(options).map(([minor, status]) => ({ id: `v2.${minor}`, status, links: links('v2') })),
      ...(options.v1 === true ? VERSION_1.map((id) => ({ id, status: 'SUPPORTED', links: links('v1') })) : []),
    ],
  };
}
