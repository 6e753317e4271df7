import { toGeminiSchema } from './schema';
import { fromGeminiSchema } from './schema-read';

const adapt = (schema: unknown) => toGeminiSchema(schema).schema;
const lost = (schema: unknown) => toGeminiSchema(schema).lost;
const property = (schema: unknown) =>
  (adapt({ type: 'object', properties: { p: schema } }).properties as Record<string, unknown>).p;

/** All that Gemini's `Schema` has; any other name is refused. */
const known = new Set([
  ...[
    'type',
    'format',
    'title',
    'description',
    'nullable',
    'enum',
    'maxItems',
    'minItems',
    'properties',
    'required',
    'minProperties',
  ],
  ...[
    'maxProperties',
    'minLength',
    'maxLength',
    'pattern',
    'example',
    'anyOf',
    'propertyOrdering',
    'items',
    'minimum',
    'maximum',
  ],
]);

function unknownNames(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(unknownNames);
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, value]) => {
    if (!known.has(name)) return [name];
    if (name === 'properties') return Object.values(value as object).flatMap(unknownNames);
    return name === 'items' || name === 'anyOf' ? unknownNames(value) : [];
  });
}

describe('a JSON Schema for Gemini', () => {
  it.each([
    ['types in capitals', { type: 'integer' }, { type: 'INTEGER' }],
    ['a nullable type', { type: ['string', 'null'] }, { type: 'STRING', nullable: true }],
    [
      'several types',
      { type: ['string', 'number'], description: 'd' },
      {
        anyOf: [
          { type: 'STRING', description: 'd' },
          { type: 'NUMBER', description: 'd' },
        ],
      },
    ],
    [
      'several types and null',
      { type: ['string', 'number', 'null'] },
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
    ],
    ['null alone', { type: 'null' }, { type: 'STRING', nullable: true }],
    ['a constant', { const: 'a' }, { type: 'STRING', enum: ['a'] }],
    [
      'values with null and nothing',
      { enum: ['a', '', null, 'b'] },
      { type: 'STRING', enum: ['a', 'b'], nullable: true },
    ],
    [
      'numbers as values, which only texts may be',
      { type: 'integer', enum: [1, 2], description: 'n' },
      { type: 'INTEGER', description: 'n (Allowed: 1, 2)' },
    ],
    ['a constant number', { const: 5 }, { type: 'INTEGER', description: 'Allowed: 5' }],
    ['a known format', { type: 'string', format: 'date-time' }, { type: 'STRING', format: 'date-time' }],
    [
      'an unknown format',
      { type: 'string', format: 'uri', description: 'u' },
      { type: 'STRING', description: 'u (Format: uri)' },
    ],
    ['bounds', { type: 'integer', exclusiveMinimum: 0, maximum: 9 }, { type: 'INTEGER', minimum: 1, maximum: 9 }],
    [
      'a text with limits',
      { type: 'string', minLength: 1, maxLength: 5, pattern: '^a' },
      { type: 'STRING', minLength: 1, maxLength: 5, pattern: '^a' },
    ],
    [
      'a list',
      { type: 'array', items: { type: 'string' }, minItems: 1 },
      { type: 'ARRAY', items: { type: 'STRING' }, minItems: 1 },
    ],
    ['a list of anything', { type: 'array' }, { type: 'ARRAY', items: { type: 'STRING' } }],
    [
      'a tuple',
      { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
      { type: 'ARRAY', items: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }] } },
    ],
    ['anything', {}, { type: 'STRING' }],
    ['true', true, { type: 'STRING' }],
    ['an object without type', { properties: { a: {} } }, { type: 'OBJECT', properties: { a: { type: 'STRING' } } }],
    [
      'an optional object',
      { anyOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'null' }], description: 'd' },
      { type: 'OBJECT', description: 'd', properties: { a: { type: 'STRING' } }, nullable: true },
    ],
    [
      'alternatives',
      { oneOf: [{ type: 'string' }, { anyOf: [{ type: 'number' }, { type: 'boolean' }] }] },
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }, { type: 'BOOLEAN' }] },
    ],
    [
      'what stands beside alternatives',
      {
        type: 'object',
        properties: { a: { type: 'string' } },
        anyOf: [
          { properties: { b: { type: 'string' } }, required: ['b'] },
          { type: 'object', title: 'T' },
        ],
      },
      {
        anyOf: [
          { type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'STRING' } }, required: ['b'] },
          { type: 'OBJECT', title: 'T', properties: { a: { type: 'STRING' } } },
        ],
      },
    ],
    [
      'all of several',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { properties: { b: { type: 'string' } }, required: ['b'] },
        ],
      },
      { type: 'OBJECT', properties: { a: { type: 'STRING' }, b: { type: 'STRING' } }, required: ['a', 'b'] },
    ],
    [
      'required names that are no properties',
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a', 'x'] },
      { type: 'OBJECT', properties: { a: { type: 'STRING' } }, required: ['a'] },
    ],
  ])('%s', (_name, schema, adapted) => {
    expect(property(schema)).toEqual(adapted);
    expect(unknownNames(property(schema))).toEqual([]);
  });

  it('has no name that Gemini refuses, though additionalProperties, default and $schema are everywhere', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'x',
      type: 'object',
      additionalProperties: false,
      properties: {
        a: { type: 'string', default: 'x', examples: ['y'], deprecated: true, readOnly: true, $comment: 'c' },
        properties: {
          type: 'object',
          properties: { default: { type: 'string', title: 'T' } },
          additionalProperties: false,
        },
      },
    };
    expect(toGeminiSchema(schema)).toEqual({
      schema: {
        type: 'OBJECT',
        properties: {
          a: { type: 'STRING' },
          properties: { type: 'OBJECT', properties: { default: { type: 'STRING', title: 'T' } } },
        },
      },
      lost: [],
    });
  });

  it('says which limits were lost', () => {
    expect(lost({ type: 'object', additionalProperties: { type: 'string' }, patternProperties: {}, not: {} })).toEqual([
      'not',
      'patternProperties',
      'additionalProperties',
    ]);
    expect(
      lost({ type: 'object', properties: { a: { type: 'number', multipleOf: 2 } }, anyOf: [{ required: ['a'] }] }),
    ).toEqual(['anyOf', 'multipleOf']);
  });

  it('has references replaced by what they name', () => {
    const $defs = { name: { type: 'string', description: 'a name' }, 'a/b': { type: 'integer' } };
    expect(
      adapt({
        $defs,
        type: 'object',
        properties: { a: { $ref: '#/$defs/name', description: 'mine' }, b: { $ref: '#/$defs/a~1b' } },
      }),
    ).toEqual({
      type: 'OBJECT',
      properties: { a: { type: 'STRING', description: 'mine' }, b: { type: 'INTEGER' } },
    });
    expect(toGeminiSchema({ $ref: '#/$defs/gone' })).toEqual({ schema: { type: 'OBJECT' }, lost: ['$ref'] });
  });

  it('cuts references to themselves after two levels', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } };
    const { schema, lost: names } = toGeminiSchema({ $defs: { node }, $ref: '#/$defs/node' });
    const level = (next: object) => ({ type: 'OBJECT', properties: { next } });
    expect(schema).toEqual(level(level({ type: 'OBJECT' })));
    expect(names).toEqual(['$ref']);
  });

  it.each([
    [
      'references that double',
      {
        $defs: Object.fromEntries(
          Array.from({ length: 30 }, (_, at) => [
            `d${at}`,
            { type: 'object', properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
          ]),
        ),
        $ref: '#/$defs/d0',
      },
    ],
    [
      'many alternatives beside many properties',
      {
        properties: Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`p${at}`, { type: 'string' }])),
        anyOf: Array.from({ length: 20_000 }, (_, at) => ({ properties: { [`q${at}`]: {} } })),
      },
    ],
    ['all of itself, twice', { type: 'object', allOf: [{ $ref: '#' }, { $ref: '#' }] }],
    ['a deep nest', Array.from({ length: 3_000 }).reduce<object>((inner) => ({ type: 'array', items: inner }), {})],
  ])('stays bounded: %s', (_name, schema) => {
    expect(JSON.stringify(adapt(schema)).length).toBeLessThan(5_000_000);
  });
});

describe("Gemini's schema as JSON Schema", () => {
  it.each([
    [
      { type: 'STRING', format: 'enum', enum: ['a'] },
      { type: 'string', enum: ['a'] },
    ],
    [
      { type: 'INTEGER', nullable: true, format: 'int32' },
      { type: ['integer', 'null'], format: 'int32' },
    ],
    [
      { type: 'STRING', nullable: true, enum: ['a'] },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      { type: 'ARRAY', items: { type: 'STRING' }, min_items: '2' },
      { type: 'array', items: { type: 'string' }, minItems: 2 },
    ],
    [
      { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
      { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
    ],
    [
      { any_of: [{ type: 'STRING' }], example: 'x' },
      { anyOf: [{ type: 'string' }], examples: ['x'] },
    ],
    [{ type: 'TYPE_UNSPECIFIED' }, {}],
  ])('%j', (schema, json) => {
    expect(fromGeminiSchema(schema)).toEqual(json);
  });

  it('has its properties in the order asked for', () => {
    const read = fromGeminiSchema({
      type: 'OBJECT',
      properties: { a: {}, nested_name: {}, z: {} },
      propertyOrdering: ['z', 'a'],
    });
    expect(Object.keys(read.properties as object)).toEqual(['z', 'a', 'nested_name']);
    expect(read).not.toHaveProperty('propertyOrdering');
  });

  it('comes back the same from there', () => {
    const schema = {
      type: 'OBJECT',
      description: 'd',
      properties: {
        a: { type: 'STRING', nullable: true },
        b: { type: 'ARRAY', items: { type: 'NUMBER', minimum: 0 } },
        c: { anyOf: [{ type: 'STRING' }, { type: 'BOOLEAN' }] },
      },
      required: ['a'],
    };
    expect(adapt(fromGeminiSchema(schema))).toEqual(schema);
  });
});
