export { metadefCatalogContract, type CatalogDriver } from './read-model/catalog.contract.js';
