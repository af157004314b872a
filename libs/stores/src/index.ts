export * from './create-driver.js';
export { GuardedStore, type StoreLabel } from './guarded-store.js';
export { hashAlgorithm, UnknownHashAlgorithm } from './hashing/hash-algorithm.js';
export * from './location-cipher.js';
export * from './store.js';
export * from './stores.errors.js';
export * from './stores.js';
export * from './stores.module.js';
