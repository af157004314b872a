export type { ReadModelModuleAt } from './data-api.js';
export { fileValues } from './file-values.js';
export { nodeName } from './node-name.js';
export type { Keystone, KeystoneConnection, KeystoneLimits } from './keystone-settings.js';
export { loadSettings, type CommandLine, type LoadedSettings, type LoadOptions } from './load-settings.js';
export { redactUrls } from './redact.js';
export { redisPlace, type RedisPlace } from './redis-place.js';
export { BadConfigFile, BadSetting, type SettingsError } from './settings.errors.js';
export type {
  Backend, Database, DataDirectory, FilesystemBackend, FilesystemStoreOptions, HttpBackend, HttpStoreOptions, Jobs, MemoryBackend, Quotas, Settings, Stores,
} from './settings.js';
export { settingsAsIni, settingsAsJson } from './show-settings.js';
