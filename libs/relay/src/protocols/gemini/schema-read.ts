import { isObject, type JsonObject } from '../../json';
import { camelOf, numberOf } from './fields';

/** int64 in protobuf's JSON is a text. */
const counts: ReadonlySet<string> = new Set([
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
  'minProperties',
  'maxProperties',
]);

type Growing = Record<string, unknown>;
type Reader = (value: unknown, schema: Growing) => void;

const readers: Readonly<Record<string, Reader>> = {
  type: (value, schema) => {
    if (typeof value === 'string' && value !== 'TYPE_UNSPECIFIED') schema.type = value.toLowerCase();
  },
  properties: (value, schema) => {
    if (!isObject(value)) return;
    schema.properties = Object.fromEntries(
      Object.entries(value).map(([name, property]) => [name, fromGeminiSchema(property)]),
    );
  },
  items: (value, schema) => void (schema.items = fromGeminiSchema(value)),
  anyOf: (value, schema) => void (schema.anyOf = Array.isArray(value) ? value.map(fromGeminiSchema) : []),
  example: (value, schema) => void (schema.examples = [value]),
  // Says only that `enum` is there.
  format: (value, schema) => {
    if (value !== 'enum') schema.format = value;
  },
  nullable: () => undefined,
  propertyOrdering: () => undefined,
};

/** Gemini's `Schema` → JSON Schema: types in lower case, `nullable` as a type, `propertyOrdering` as the order of properties. */
export function fromGeminiSchema(schema: unknown): JsonObject {
  if (!isObject(schema)) return {};
  const read: Growing = {};
  const given: Growing = {};
  for (const [name, value] of Object.entries(schema)) if (value != null) given[camelOf(name)] = value;
  for (const [name, value] of Object.entries(given)) {
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader) reader(value, read);
    else read[name] = counts.has(name) ? (numberOf(value) ?? value) : value;
  }
  if (Array.isArray(given.propertyOrdering)) order(read, given.propertyOrdering);
  return given.nullable === true ? nullable(read) : read;
}

function order(schema: Growing, names: readonly unknown[]): void {
  const { properties } = schema;
  if (!isObject(properties)) return;
  const first = names.filter((name): name is string => typeof name === 'string' && Object.hasOwn(properties, name));
  const rest = Object.keys(properties).filter((name) => !first.includes(name));
  schema.properties = Object.fromEntries([...first, ...rest].map((name) => [name, properties[name]]));
}

function nullable(schema: Growing): JsonObject {
  const values = Array.isArray(schema.enum) ? { enum: [...schema.enum, null] } : {};
  if (typeof schema.type === 'string') return { ...schema, ...values, type: [schema.type, 'null'] };
  if (Array.isArray(schema.anyOf)) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] };
  return { ...schema, ...values };
}
