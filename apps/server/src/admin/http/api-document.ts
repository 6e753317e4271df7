import type { OpenAPIObject } from '@nestjs/swagger';

/** Set by `@Public()`: tells `completeDocument` that the operation takes no credentials. */
export const PUBLIC_EXTENSION = 'x-public';

type Node = Record<string, unknown>;

/**
 * What `@nestjs/swagger` leaves to do: it marks null the way of OpenAPI 3.0 (`nullable`, which 3.1 does not know), and it cannot
 * take a single operation out of its controller's security requirement.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  // The document is plain JSON; what comes out has the same shape.
  return complete(document) as OpenAPIObject;
}

function complete(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(complete);
  if (typeof value !== 'object' || value === null) return value;
  const node = Object.fromEntries(Object.entries(value).map(([name, child]) => [name, complete(child)]));
  if (PUBLIC_EXTENSION in node) return withoutSecurity(node);
  return node['nullable'] === true ? withNull(node) : node;
}

function withoutSecurity({ [PUBLIC_EXTENSION]: _, ...operation }: Node): Node {
  return { ...operation, security: [] };
}

function withNull({ nullable: _, ...schema }: Node): Node {
  const { type, enum: values, allOf, $ref, ...rest } = schema;
  const referred = $ref === undefined ? allOf : [{ $ref }];
  if (Array.isArray(referred)) return { ...rest, anyOf: [...(referred as unknown[]), { type: 'null' }] };
  if (typeof type !== 'string') return schema;
  return { ...rest, type: [type, 'null'], ...(Array.isArray(values) && { enum: [...(values as unknown[]), null] }) };
}
