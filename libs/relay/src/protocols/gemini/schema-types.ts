import { isObject, type JsonObject } from '../../json';
import { entryOf } from './fields';

const types: Readonly<Record<string, string>> = {
  string: 'STRING',
  number: 'NUMBER',
  integer: 'INTEGER',
  boolean: 'BOOLEAN',
  array: 'ARRAY',
  object: 'OBJECT',
};

/** The types a schema names, in Gemini's words; null is none of them. */
export function typesOf(schema: JsonObject): string[] {
  const named = Array.isArray(schema.type) ? schema.type : [schema.type];
  return named.flatMap((name) => (typeof name === 'string' ? (entryOf(types, name.toLowerCase()) ?? []) : []));
}

/** A list of types as alternatives. */
export function branchesOfTypes(schema: JsonObject): JsonObject[] | undefined {
  if (!Array.isArray(schema.type) || schema.type.length === 0) return undefined;
  return schema.type.map((type: unknown) => ({ type }));
}

export const isNull = (schema: unknown): boolean =>
  isObject(schema) &&
  (schema.type === 'null' || schema.type === 'NULL' || ('const' in schema && schema.const === null));

/** Says what a value is, and not only which of them are allowed. */
export const isShaped = (schema: JsonObject): boolean =>
  ['type', '$ref', 'properties', 'items', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', 'format'].some(
    (keyword) => keyword in schema,
  );

/** The type a schema means that names none. */
export function guessedType(schema: JsonObject): string {
  if ('properties' in schema || 'additionalProperties' in schema || 'required' in schema) return 'OBJECT';
  if ('items' in schema || 'prefixItems' in schema) return 'ARRAY';
  const value =
    'const' in schema ? schema.const : Array.isArray(schema.enum) ? schema.enum.find((one) => one !== null) : undefined;
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'NUMBER';
  if (typeof value === 'boolean') return 'BOOLEAN';
  if ('minimum' in schema || 'maximum' in schema || 'multipleOf' in schema) return 'NUMBER';
  return 'STRING';
}
