/** As much of JSON Schema as the API's own documents use, with the two marks that clients look for. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly (string | null)[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly properties?: JsonSchemas;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly default?: unknown;
  readonly allOf?: readonly JsonSchema[];
  readonly definitions?: JsonSchemas;
  /** Into `definitions` of the same document. */
  readonly $ref?: string;
  readonly readOnly?: boolean;
  readonly writeOnly?: boolean;
  /** False: configured by the operator, not a part of every image. */
  readonly is_base?: boolean;
}

export type JsonSchemas = Readonly<Record<string, JsonSchema>>;

/** A schema document as clients load it. */
export interface SchemaDocument extends JsonSchema {
  readonly name: string;
  readonly links?: readonly { readonly rel: string; readonly href: string }[];
}

export const UUID_PATTERN = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';

/** A page of items, with links to others where there are pages. */
export function collectionSchema(name: string, item: JsonSchema, paged: boolean): SchemaDocument {
  const text = { type: 'string' };
  const describedby = { rel: 'describedby', href: '{schema}' };
  return {
    name,
    properties: { [name]: { type: 'array', items: item }, ...(paged ? { first: text, next: text } : {}), schema: text },
    links: paged ? [{ rel: 'first', href: '{first}' }, { rel: 'next', href: '{next}' }, describedby] : [describedby],
  };
}
