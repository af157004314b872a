import { readFileSync } from 'node:fs';
import { BadConfigFile } from './settings.errors.js';

/** Typed custom properties, each a JSON Schema, and those that every new image must have. */
export interface ImageSchemaFile {
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `schema-image.json`: `{name: schema}`, or `{"properties": {name: schema}, "required": [name]}`. */
export function readImageSchema(file: string): ImageSchemaFile {
  const read = json(file);
  const extended = isObject(read['properties']) && Object.keys(read).every((key) => key === 'properties' || key === 'required');
  const properties = extended ? read['properties'] : read;
  const required = extended ? (read['required'] ?? []) : [];
  if (!isObject(properties) || !Object.values(properties).every(isObject)) throw new BadConfigFile(file, 'each property must be a JSON schema (an object)');
  if (!Array.isArray(required) || !required.every((name) => typeof name === 'string')) throw new BadConfigFile(file, 'required must be a list of names of properties');
  return { properties: properties as ImageSchemaFile['properties'], required };
}

function json(file: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new BadConfigFile(file, error instanceof SyntaxError ? `it is not JSON: ${error.message}` : String(error));
  }
  if (!isObject(value)) throw new BadConfigFile(file, 'it must hold a JSON object');
  return value;
}
