import { strictSchema, toolSchema } from './schema';

describe('schemas of tools', () => {
  it('gives an object schema where there is none', () => {
    expect(toolSchema(undefined).schema).toEqual({ type: 'object', properties: {} });
    expect(toolSchema({ properties: { a: {} } }).schema).toEqual({ type: 'object', properties: { a: {} } });
  });

  it('leaves an object schema alone, whatever else it says', () => {
    const schema = {
      $schema: 'x',
      type: 'object',
      properties: { a: { type: 'integer', minimum: 1 } },
      additionalProperties: { type: 'string' },
    };
    expect(toolSchema(schema)).toEqual({ schema, isLossy: false });
  });

  it('merges a choice at the root, which is refused', () => {
    const anyOf = [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      { type: 'object', properties: { b: { type: 'string' } } },
    ];
    expect(toolSchema({ anyOf, description: 'd' })).toEqual({
      schema: { type: 'object', description: 'd', properties: { a: { type: 'string' }, b: { type: 'string' } } },
      isLossy: true,
    });
  });
});

describe('schemas that are enforced', () => {
  it('keeps what a grammar can say', () => {
    const schema = {
      type: 'object',
      properties: {
        when: { type: 'string', format: 'date' },
        kind: { enum: ['a', null] },
        child: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] },
        list: { type: 'array', items: { type: ['string', 'null'] }, minItems: 1 },
      },
      required: ['when'],
      additionalProperties: false,
      $defs: { node: { type: 'object', properties: {}, additionalProperties: false } },
    };
    expect(strictSchema(schema)).toEqual({ schema, isLossy: false });
  });

  it('closes objects and tells of limits in the description', () => {
    const schema = {
      $schema: 'http://json-schema.org/draft-07/schema#',
      type: 'object',
      properties: {
        n: { type: 'integer', description: 'Count', minimum: 1, maximum: 9 },
        s: { type: 'string', format: 'phone' },
      },
    };
    expect(strictSchema(schema)).toEqual({
      schema: {
        type: 'object',
        properties: {
          n: { type: 'integer', description: 'Count\n\n{minimum: 1, maximum: 9}' },
          s: { type: 'string', description: '{format: "phone"}' },
        },
        additionalProperties: false,
      },
      isLossy: true,
    });
  });

  it('writes oneOf as anyOf', () => {
    expect(strictSchema({ oneOf: [{ type: 'string' }, { type: 'null' }] })?.schema).toEqual({
      anyOf: [{ type: 'string' }, { type: 'null' }],
    });
  });

  it.each([
    ['a map with free keys', { type: 'object', additionalProperties: { type: 'string' } }],
    ['an object that allows anything', { type: 'object' }],
    ['an open object', { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true }],
    ['a schema that is no object', { type: 'array', items: true }],
    ['recursion', { $ref: '#/$defs/a', $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } } }],
    [
      'recursion over two',
      { anyOf: [{ $ref: '#/$defs/a' }], $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    ],
    ['a reference to elsewhere', { $ref: 'https://example.com/schema' }],
  ])('gives up on %s', (_name, schema) => {
    expect(strictSchema(schema)).toBeUndefined();
  });

  it('gives up on a schema of absurd depth, instead of on the process', () => {
    let deep: object = { type: 'string' };
    for (let level = 0; level < 1_000; level++) deep = { type: 'array', items: deep };
    expect(strictSchema(deep as never)).toBeUndefined();
  });
});
