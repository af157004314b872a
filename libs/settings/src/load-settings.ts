import { resolve } from 'node:path';
import { authenticationOf, isGuarded } from './authentication.js';
import { configFiles, readConfigFile } from './config-files.js';
import { apiVersionsOf } from './api-versions.js';
import { isSimple } from './data-api.js';
import { databasesOf } from './database-urls.js';
import { downloadsOf } from './downloads.js';
import { edgeOf } from './edge.js';
import { findFile, placesOfNamedFile } from './find-file.js';
import { optionGroups, type Values } from './options/index.js';
import { checkPipeline, pasteFileOf } from './paste-deploy.js';
import type { PasteFile } from './paste-file.js';
import { loggingOf } from './logging-settings.js';
import { policyOf } from './policy.js';
import { propertyProtectionsOf } from './property-protections.js';
import { Resolver, type Resolved } from './resolver.js';
import { readImageSchema } from './schema-image.js';
import { keystoneLimitsOf, keystoneOf } from './keystone.js';
import { BadSetting } from './settings.errors.js';
import { imageCacheOf, oldCachePathsOf } from './image-cache.js';
import { importPluginsOf } from './import-plugins.js';
import { importsOf, stagingOf } from './imports.js';
import { formatsOf, imagesOf, keyManagerOf, listenerOf, stagingDirectory, uriFilterOf } from './sections.js';
import type { Settings } from './settings.js';
import { situationalDefaults } from './situational-defaults.js';
import { environmentSource, fixedSource } from './sources.js';
import { inEffect, storesOf } from './stores.js';
import { tasksOf } from './tasks.js';
import { tlsOf } from './tls.js';
import { unservedWarning } from './unserved.js';
import { workersOf } from './workers.js';

export interface CommandLine {
  readonly configFiles?: readonly string[];
  readonly configDirs?: readonly string[];
  readonly stateDir?: string;
  readonly memory?: boolean;
  readonly debug?: boolean;
}

export interface LoadOptions {
  readonly commandLine?: CommandLine;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface LoadedSettings {
  readonly settings: Settings;
  readonly warnings: readonly string[];
  /** Every value with where it comes from. */
  readonly resolved: readonly Resolved[];
  /** Those that were read, weakest first. */
  readonly files: readonly string[];
}

function commandLineValues(options: CommandLine): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  if (options.stateDir !== undefined) values.set('DEFAULT.state_dir', options.stateDir);
  if (options.debug) values.set('DEFAULT.debug', 'True');
  if (options.memory) for (const group of ['event_store', 'read_model']) values.set(`${group}.url`, 'memory:');
  return values;
}

const FLAVOR = { group: 'paste_deploy', option: 'flavor' };

const storeOptionNames = ['stores', 'default_store', 'filesystem_store_datadir', 'filesystem_store_datadirs'];

function allValues(resolver: Resolver): Values {
  const groups = Object.entries(optionGroups).map(([group, options]) => [group, resolver.values(group, options)]);
  return Object.fromEntries(groups) as Values;
}

function check(values: Values): void {
  const key = values.DEFAULT.metadata_encryption_key;
  if (key !== undefined && ![16, 24, 32].includes(Buffer.byteLength(key))) {
    throw new BadSetting('DEFAULT', 'metadata_encryption_key', '***', 'allowed: a key of 16, 24 or 32 bytes');
  }
  if (!/^[a-z0-9][a-z0-9._-]{0,62}$/.test(values.site.name)) {
    throw new BadSetting('site', 'name', values.site.name, 'allowed: up to 63 of a–z, 0–9, ., _ and -, the first a letter or a digit');
  }
}

/** Other files that the configuration names or brings with it. */
interface FoundFiles extends Pick<Settings, 'propertyProtections' | 'policy'> {
  readonly imageSchema: string | undefined;
  readonly configured: boolean;
  readonly paste: PasteFile | undefined;
  /** Names of the sections of the configuration files. */
  readonly sections: readonly string[];
}

function settingsOf(resolver: Resolver, values: Values, files: FoundFiles, warn: (text: string) => void): Settings {
  const databases = databasesOf(values, warn);
  const stateDir = resolve(values.DEFAULT.state_dir);
  const stores = storesOf(values, resolver, warn);
  check(values);
  const authentication = authenticationOf(values, warn);
  checkPipeline(files.paste, authentication, warn);
  return {
    ...databases,
    dbAutoCreate: values.DEFAULT.db_auto_create,
    site: values.site.name,
    stateDir,
    staging: stagingOf(stagingDirectory(resolver, values), stateDir, stores, values),
    imports: importsOf(values),
    importPlugins: importPluginsOf(values),
    downloads: downloadsOf(values),
    imageCache: imageCacheOf(values, warn),
    oldCachePaths: oldCachePathsOf(values),
    workers: workersOf(values, databases, files.configured),
    authentication,
    ...(authentication === 'keystone' ? { keystone: keystoneOf(values, resolver, warn) } : {}),
    keystoneLimits: keystoneLimitsOf(values, resolver),
    policy: files.policy,
    stores,
    listener: listenerOf(values),
    tls: tlsOf(values),
    edge: edgeOf(values, resolver, files.sections, databases.jobs, warn),
    apiVersions: apiVersionsOf(values, warn),
    images: imagesOf(values),
    formats: formatsOf(values),
    keyManager: keyManagerOf(values, warn),
    tasks: tasksOf(values),
    metadefs: { loadDefaults: values.metadefs.load_defaults, sourcePath: values.DEFAULT.metadata_source_path },
    uriFilter: uriFilterOf(values),
    ...(files.imageSchema === undefined ? {} : { imageSchema: readImageSchema(files.imageSchema) }),
    propertyProtections: files.propertyProtections,
    logging: loggingOf(values, warn),
    values,
  };
}

/**
 * Reads all settings: command line, then environment, then files (later ones win), then defaults. Fails with
 * `BadSetting` or `BadConfigFile`; what is merely without effect is told in the warnings.
 */
export function loadSettings({ commandLine = {}, env = process.env }: LoadOptions = {}): LoadedSettings {
  const named = { configFiles: commandLine.configFiles ?? [], configDirs: commandLine.configDirs ?? [] };
  const files = configFiles(named, env);
  const fileSources = files.map(readConfigFile);
  const ordinary = [fixedSource('command line', commandLineValues(commandLine)), environmentSource(env), ...fileSources.toReversed()];
  const given = new Resolver(optionGroups, ordinary, fixedSource('default', new Map()));
  const paste = pasteFileOf(given, files, named, env);
  const sources = paste ? [paste.source, ...ordinary] : ordinary;
  const last = (group: string, name: string) => given.given(group, name)?.values.at(-1);
  const memory = /^memory:?$/i.test(last('event_store', 'url') ?? '') || isSimple(last('DEFAULT', 'data_api'));
  const guarded = isGuarded((paste?.source.find([FLAVOR]) ?? given.given(FLAVOR.group, FLAVOR.option))?.values.at(-1));
  const storesAsked = storeOptionNames.some((name) => given.given('glance_store', name) !== undefined);
  const defaults = situationalDefaults(env, files.length === 0, memory && !storesAsked, guarded);
  const resolver = new Resolver(optionGroups, sources, fixedSource('default', defaults));

  const warnings: string[] = [];
  const values = allValues(resolver);
  const found = {
    configured: files.length > 0,
    imageSchema: findFile('schema-image.json', named, env),
    propertyProtections: propertyProtectionsOf(values, named, env),
    policy: policyOf(values, resolver, files.length > 0 ? (name) => placesOfNamedFile(name, named, env) : undefined, (text) => warnings.push(text)),
    paste,
    sections: fileSources.flatMap((source) => source.entries().map(({ name }) => name.group)),
  };
  const settings = settingsOf(resolver, values, found, (text) => warnings.push(text));
  const idle = unservedWarning(fileSources, [...(values.DEFAULT.enabled_backends?.keys() ?? [])]);
  if (idle !== undefined) warnings.push(idle);
  if (!guarded && files.length > 0 && !resolver.given('DEFAULT', 'bind_host')) warnings.push('[DEFAULT] bind_host is not set and nobody authenticates: listening on 127.0.0.1 only');
  return { settings, warnings, resolved: inEffect(resolver.resolved), files };
}
