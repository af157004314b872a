import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface MetadefProperty {
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}
export type MetadefProperties = Readonly<Record<string, MetadefProperty>>;

/** One file of metadata definitions, as `glance-manage db_load_metadefs` reads it. */
export interface MetadefFile {
  readonly namespace: string;
  readonly display_name: string;
  readonly description: string;
  readonly visibility?: string;
  readonly protected?: boolean;
  readonly resource_type_associations: readonly { readonly name: string; readonly prefix?: string; readonly properties_target?: string }[];
  readonly properties?: MetadefProperties;
  readonly objects?: readonly { readonly name: string; readonly description: string; readonly required?: readonly string[]; readonly properties: MetadefProperties }[];
  readonly tags?: readonly { readonly name: string }[];
}

export const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

export const jsonFilesIn = (folder: string): string[] => readdirSync(folder).filter((file) => file.endsWith('.json')).toSorted();

export const metadefFile = (folder: string, file: string): MetadefFile => readJson(join(folder, file)) as MetadefFile;

export const named = (values: readonly { readonly name: string }[] = []): string[] => values.map(({ name }) => name);

/** What clients find definitions by. */
export const namesIn = (files: readonly MetadefFile[]) => ({
  resource_types: [...new Set(files.flatMap((one) => named(one.resource_type_associations)))].toSorted(),
  namespaces: Object.fromEntries(files.map((one) => [one.namespace, namesOf(one)])),
});

const namesOf = ({ properties = {}, objects = [], tags = [] }: MetadefFile) => ({
  properties: Object.keys(properties).toSorted(),
  objects: Object.fromEntries(objects.map((one) => [one.name, Object.keys(one.properties).toSorted()])),
  tags: named(tags).toSorted(),
});
