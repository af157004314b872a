import { RESOURCES } from '../v2/routes.js';
import type { JsonSchema, SchemaDocument } from '../v2/schemas/json-schema.js';
import { CACHE_OPERATIONS } from './cache-operations.js';
import { IMAGE_OPERATIONS } from './image-operations.js';
import { METADEF_OPERATIONS } from './metadef-operations.js';
import { TASK_OPERATIONS } from './task-operations.js';
import type { Operation, Operations, SchemaOf } from './operation.js';

type Json = Readonly<Record<string, unknown>>;

/** Every operation that is served; those of a schema's own document are the same for all. */
export const OPERATIONS: Operations = {
  ...IMAGE_OPERATIONS,
  ...CACHE_OPERATIONS,
  ...METADEF_OPERATIONS,
  ...TASK_OPERATIONS,
  ...Object.fromEntries(RESOURCES.filter(({ path }) => path.startsWith('/schemas/')).map(({ path }) => [`GET ${path}`, schemaOperation(path)])),
};

function schemaOperation(path: string): Operation {
  return { summary: `The JSON schema of ${path.slice('/schemas/'.length)}`, status: 200, answer: { type: 'object' } };
}

/** The API as an OpenAPI 3.1 document, from the schemas that requests are checked by (https://spec.openapis.org/oas/v3.1.1). */
export function openApiDocument(schemas: Readonly<Record<string, SchemaDocument>>, server: string): Json {
  return {
    openapi: '3.1.1',
    info: { title: 'Image service API v2', version: '2.18', description: 'The OpenStack Images API v2, as Afterimage serves it.' },
    servers: [{ url: `${server}/v2` }],
    security: [{ token: [] }, {}],
    paths: paths(),
    components: {
      securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'X-Auth-Token' } },
      schemas: { ...Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, plain(name, schema)])), patch: PATCH, error: ERROR },
      responses: { refused: REFUSED },
    },
  };
}

function paths(): Json {
  const found: Record<string, Record<string, unknown>> = {};
  for (const { path, methods } of RESOURCES) {
    for (const method of methods) {
      const operation = OPERATIONS[`${method} ${path}`];
      if (operation) (found[path] ??= parametersOf(path))[method.toLowerCase()] = written(operation, `${method} ${path}`);
    }
  }
  return found;
}

function parametersOf(path: string): Record<string, unknown> {
  const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
  return names.length === 0 ? {} : { parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })) };
}

function written({ summary, parameters = [], body, status, answer, also = {} }: Operation, id: string): Json {
  const more = Object.entries(also).map(([code, description]) => [code, { description }]);
  return {
    operationId: id.replaceAll(/[^A-Za-z0-9]+/g, '_').replace(/_$/, ''),
    summary,
    tags: [id.split('/')[1]],
    ...(parameters.length > 0 ? { parameters: parameters.map((one) => ({ in: 'query', schema: { type: 'string' }, ...one })) } : {}),
    ...(body ? { requestBody: { required: true, content: content(body.type ?? ['application/json'], body.schema) } } : {}),
    responses: {
      [status]: { description: 'Success', ...answerContent(answer) },
      ...Object.fromEntries(more),
      default: { $ref: '#/components/responses/refused' },
    },
  };
}

function answerContent(answer: Operation['answer']): Json {
  if (answer === undefined) return {};
  const bytes = typeof answer === 'object' && answer.type === 'application/octet-stream';
  return { content: bytes ? content([answer.type], undefined) : content(['application/json'], answer as SchemaOf) };
}

function content(types: readonly string[], schema: SchemaOf | undefined): Json {
  const known = typeof schema === 'string' ? { $ref: `#/components/schemas/${schema}` } : schema;
  return Object.fromEntries(types.map((type) => [type, known ? { schema: known } : {}]));
}

/** Without what only clients of the schema documents look for, its references from the root of this document. */
function plain(component: string, { name: _name, links: _links, ...schema }: SchemaDocument): JsonSchema {
  const text = JSON.stringify({ type: 'object', ...schema });
  return JSON.parse(text.replaceAll('"#/definitions/', `"#/components/schemas/${component}/definitions/`)) as JsonSchema;
}

const PATCH: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { op: { type: 'string', enum: ['add', 'replace', 'remove'] }, path: { type: 'string', pattern: '^/' }, value: {} },
  },
};

const ERROR: JsonSchema = { type: 'object', properties: { message: { type: 'string' }, code: { type: 'string' }, title: { type: 'string' } } };

const REFUSED: Json = {
  description: 'A refusal, in the form that the client accepts',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/error' } }, 'text/html': {}, 'text/plain': {} },
};
