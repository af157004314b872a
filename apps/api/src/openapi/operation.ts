import type { JsonSchema } from '../v2/schemas/json-schema.js';

/** Name of a schema in the document's `components`, or a schema of the operation's own. */
export type SchemaOf = string | JsonSchema;

export interface Parameter {
  readonly name: string;
  readonly in?: 'query' | 'header';
  readonly description: string;
  readonly schema?: JsonSchema;
}

/** One method of one resource, as far as its path does not say it. */
export interface Operation {
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly body?: { readonly type?: readonly string[]; readonly schema?: SchemaOf };
  /** Status and body of success; without a schema there is no body. */
  readonly status: number;
  readonly answer?: SchemaOf | { readonly type: string };
  /** Other answers that are no refusal. */
  readonly also?: Readonly<Record<number, string>>;
}

/** By method and path below `/v2`: `GET /images`. */
export type Operations = Readonly<Record<string, Operation>>;

export const query = (name: string, description: string, schema: JsonSchema = { type: 'string' }): Parameter => ({ name, description, schema });
export const header = (name: string, description: string): Parameter => ({ name, in: 'header', description });
