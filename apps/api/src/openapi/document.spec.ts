import { Ajv2020 } from 'ajv/dist/2020.js';
import { RESOURCES } from '../v2/routes.js';
import { allSchemas } from '../v2/schemas/all-schemas.js';
import { openApiDocument, OPERATIONS } from './document.js';

const schemas = allSchemas({ diskFormats: ['raw'], containerFormats: ['bare'] });
const document = openApiDocument(schemas, 'http://localhost:9292') as {
  paths: Record<string, Record<string, { operationId?: string; responses?: object }>>;
  components: { schemas: Record<string, object>; responses: Record<string, object> };
};
const served = RESOURCES.flatMap(({ path, methods }) => methods.map((method) => `${method} ${path}`));

/** What a later part builds; it answers 501 until then. */
const LATER = /\/(?:stage|import)(?:\/|$)/;

describe('The OpenAPI document', () => {
  it('has every operation of the API that is served, and no other', () => {
    expect(Object.keys(OPERATIONS).filter((key) => !served.includes(key))).toEqual([]);
    const missing = served.filter((key) => !(key in OPERATIONS));
    expect(missing.filter((key) => !LATER.test(key.replace('/info/import', '')))).toEqual([]);
    const written = Object.entries(document.paths).flatMap(([path, methods]) => Object.keys(methods).filter((key) => key !== 'parameters').map((method) => `${method.toUpperCase()} ${path}`));
    expect(written.toSorted()).toEqual(Object.keys(OPERATIONS).toSorted());
  });

  it('names every operation once', () => {
    const ids = Object.values(document.paths).flatMap((methods) => Object.values(methods).flatMap(({ operationId }) => operationId ?? []));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers only to what it has', () => {
    const references = Array.from(JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g), ([, kind = '', name = '']) => [kind, name] as const);
    expect(references.length).toBeGreaterThan(50);
    for (const [kind, name] of references) expect(document.components[kind as 'schemas']).toHaveProperty([name]);
  });

  it('refers to the definitions of a schema from its root', () => {
    const references = Array.from(JSON.stringify(document).matchAll(/"\$ref":"#\/(components\/schemas\/\w+\/definitions|definitions)\/(\w+)"/g), ([, path = '', name = '']) => [...path.split('/'), name]);
    expect(references.length).toBeGreaterThan(20);
    for (const path of references) expect(document).toHaveProperty(path);
  });

  it('has schemas that are JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: false });
    for (const schema of Object.values(document.components.schemas)) expect(ajv.validateSchema(schema)).toBe(true);
  });
});
