import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PasteIni, type PasteEntry, type PasteSection } from './paste-ini.js';
import { BadConfigFile } from './settings.errors.js';
import { fileSource, type Source } from './sources.js';

/** What an operator's paste file says to us: two filters with options, and what stands before the API. */
export interface PasteFile {
  readonly file: string;
  /** `[healthcheck]` and `[cors]` as its filters have them, and a flavor of its own as we name it; stronger than everything else, as in oslo.middleware. */
  readonly source: Source;
  /** The application that the flavor names: `glance-api-keystone`. */
  readonly application: string;
  /** Its filters that ask for a token. */
  readonly authenticates: boolean;
  /** Its filters that nothing here corresponds to. */
  readonly unserved: readonly string[];
}

const OPTIONS: Readonly<Record<'healthcheck' | 'cors', ReadonlySet<string>>> = {
  healthcheck: new Set(['path', 'detailed', 'backends', 'disable_by_file_path', 'disable_by_file_paths']),
  cors: new Set(['allowed_origin', 'allow_credentials', 'expose_headers', 'max_age', 'allow_methods', 'allow_headers']),
};

/** Those that mean the same without any file. */
const FLAVORS: ReadonlySet<string> = new Set(['', 'none', 'keystone', 'caching', 'cachemanagement', 'fakeauth', 'noauth']);
const AUTHENTICATES = /auth_token|authtoken/i;
/** What makes the filters whose work is done here, or by an option of its own. */
const SERVED = /healthcheck|cors|http_?proxy_?to_?wsgi|request_?id|^glance\.(?:api\.middleware|tests)\.|auth_token|osprofiler/i;

export function readPasteFile(file: string, flavor: string): PasteFile {
  let ini: PasteIni;
  try {
    ini = new PasteIni(readFileSync(file, 'utf8'), file, dirname(file));
  } catch (error) {
    throw error instanceof BadConfigFile ? error : new BadConfigFile(file, `it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return new Reader(ini, file, flavor).read();
}

/** Follows an application of a paste file through pipelines and composites. */
class Reader {
  private readonly filters = new Set<string>();
  private readonly routes = new Map<string, string>();
  private readonly seen = new Set<string>();

  private readonly application: string;

  constructor(private readonly ini: PasteIni, private readonly file: string, private readonly flavor: string) {
    this.application = flavor === '' ? 'glance-api' : `glance-api-${flavor}`;
  }

  read(): PasteFile {
    this.follow(this.application);
    const filters = [...this.filters];
    return {
      file: this.file,
      application: this.application,
      source: fileSource(this.file, [...this.healthcheck(), ...this.entries('cors', this.sectionOf('cors')), ...this.ownFlavor()]),
      authenticates: this.has(AUTHENTICATES),
      unserved: filters.filter((name) => !SERVED.test(this.factory(`filter:${name}`))),
    };
  }

  private has(factory: RegExp): boolean {
    return [...this.filters].some((name) => factory.test(this.factory(`filter:${name}`)));
  }

  /** What a flavor with a name of the operator's own is here; one that asks for no token stays unknown. */
  private ownFlavor() {
    if (this.flavor.split('+').every((part) => FLAVORS.has(part.trim().toLowerCase())) || !this.has(AUTHENTICATES)) return [];
    const cache = this.has(/cache_manage/) ? '+cachemanagement' : this.has(/middleware\.cache:/) ? '+caching' : '';
    const line = this.ini.section(`pipeline:${this.application}`).get('pipeline')?.line ?? 1;
    return [{ group: 'paste_deploy', option: 'flavor', value: `keystone${cache}`, line }];
  }

  private follow(name: string): void {
    if (this.seen.has(name)) return;
    this.seen.add(name);
    const pipeline = words(this.ini.section(`pipeline:${name}`).get('pipeline'));
    for (const filter of pipeline.slice(0, -1)) this.filters.add(filter);
    const last = pipeline.at(-1);
    if (last !== undefined) this.follow(last);
    for (const [path, { value }] of [...this.ini.section(`composite:${name}`), ...this.ini.section(`composit:${name}`)]) {
      if (!path.startsWith('/')) continue;
      this.routes.set(path, value);
      this.follow(value);
    }
  }

  /** As a filter of the pipeline, or as an application at a path of its own. */
  private healthcheck() {
    const [path] = [...this.routes].find(([, name]) => /healthcheck/i.test(this.factory(`app:${name}`))) ?? [];
    const entries = this.entries('healthcheck', this.sectionOf('healthcheck'));
    if (path === undefined) return entries;
    return [...entries.filter(({ option }) => option !== 'path'), { group: 'healthcheck', option: 'path', value: path, line: 1 }];
  }

  /** Of what the application uses, by what makes it; else what bears the name. */
  private sectionOf(what: 'healthcheck' | 'cors'): PasteSection {
    const used = [...[...this.filters].map((name) => `filter:${name}`), ...[...this.routes.values()].map((name) => `app:${name}`)];
    const name = [...used, `filter:${what}`, `app:${what}`].find((one) => new RegExp(what, 'i').test(this.factory(one)));
    return name === undefined ? new Map() : this.ini.section(name);
  }

  private entries(group: 'healthcheck' | 'cors', section: PasteSection) {
    return [...section].filter(([option]) => OPTIONS[group].has(option)).map(([option, { value, line }]) => ({ group, option, value: value.replaceAll('$', '$$$$'), line }));
  }

  /** The Python that makes it: `oslo_middleware:Healthcheck.factory`. */
  private factory(name: string): string {
    const section = this.ini.section(name);
    return ['paste.filter_factory', 'paste.app_factory', 'paste.filter_app_factory', 'use'].map((key) => section.get(key)?.value ?? '').join(' ').trim();
  }
}

const words = (entry: PasteEntry | undefined): string[] => (entry?.value ?? '').split(/\s+/).filter((word) => word !== '');
