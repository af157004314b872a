export type { ReadMetrics } from './http/edge/metrics.js';
export * from './api.module.js';
export * from './api.options.js';
export { createHttpApp } from './http/create-http-app.js';
export type { Answered } from './http/edge/answered.js';
export type { HttpOptions } from './http/http.options.js';
export { PRINCIPAL_SOURCE, type PrincipalSource } from './http/principal.js';
export type { ImageSchemaOptions } from './v2/schemas/image.schema.js';
export type { JsonSchema, JsonSchemas } from './v2/schemas/json-schema.js';
