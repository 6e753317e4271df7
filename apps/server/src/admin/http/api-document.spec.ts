import type { OpenAPIObject } from '@nestjs/swagger';
import { completeDocument } from './api-document';

const schemaOf = (schema: object): unknown =>
  completeDocument({ openapi: '3.1.0', paths: {}, components: { schemas: { S: schema } } } as unknown as OpenAPIObject)
    .components?.schemas?.['S'];

describe('the OpenAPI document', () => {
  it.each([
    [
      { type: 'string', nullable: true, format: 'email' },
      { type: ['string', 'null'], format: 'email' },
    ],
    [
      { type: 'string', enum: ['a'], nullable: true },
      { type: ['string', 'null'], enum: ['a', null] },
    ],
    [
      { allOf: [{ $ref: '#/x' }], nullable: true, description: 'd' },
      { anyOf: [{ $ref: '#/x' }, { type: 'null' }], description: 'd' },
    ],
    [{ $ref: '#/x', nullable: true }, { anyOf: [{ $ref: '#/x' }, { type: 'null' }] }],
    [{ nullable: true }, {}],
    [
      { type: 'string', nullable: false },
      { type: 'string', nullable: false },
    ],
    [
      { type: 'object', properties: { a: { type: 'number', nullable: true } } },
      { type: 'object', properties: { a: { type: ['number', 'null'] } } },
    ],
    [
      { type: 'array', items: { type: 'string', nullable: true } },
      { type: 'array', items: { type: ['string', 'null'] } },
    ],
  ])('says of %j: %j', (given, expected) => expect(schemaOf(given)).toEqual(expected));

  it('asks no credentials of what is public', () => {
    const paths = {
      '/a': { get: { security: [{ bearer: [] }], 'x-public': true } },
      '/b': { get: { security: [{ bearer: [] }] } },
    };
    const document = completeDocument({ openapi: '3.1.0', paths } as unknown as OpenAPIObject);
    expect(document.paths).toEqual({ '/a': { get: { security: [] } }, '/b': { get: { security: [{ bearer: [] }] } } });
  });
});
