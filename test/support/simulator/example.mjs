// @ts-check
/**
 * A value that satisfies a JSON Schema of the kind tools and structured outputs use: every property present, the first of each enum.
 * @param {unknown} schema
 * @param {number} [depth] recursive schemas end here
 * @returns {unknown}
 */
export function exampleOf(schema, depth = 0) {
  const node = /** @type {Record<string, any>} */ (schema ?? {});
  if (node.const !== undefined) return node.const;
  if (Array.isArray(node.enum)) return node.enum[0];
  const variants = node.anyOf ?? node.oneOf;
  if (Array.isArray(variants)) return exampleOf(variants[0], depth + 1);
  const type = String(
    Array.isArray(node.type) ? node.type[0] : (node.type ?? (node.properties ? 'object' : 'string')),
  ).toLowerCase();
  if (type === 'object') return exampleObject(node, depth);
  if (type === 'array') return depth > 5 ? [] : [exampleOf(node.items, depth + 1)];
  return SCALARS[type] ?? null;
}

/** @type {Readonly<Record<string, unknown>>} */
const SCALARS = { string: 'text', integer: 7, number: 1.5, boolean: true, null: null };

/**
 * @param {Record<string, any>} node
 * @param {number} depth
 */
function exampleObject(node, depth) {
  if (depth > 5) return {};
  return Object.fromEntries(
    Object.entries(node.properties ?? {}).map(([name, value]) => [name, exampleOf(value, depth + 1)]),
  );
}
