import { isObject, type JsonObject } from '../../json';

/**
 * JSON Schema as Anthropic takes it. Ordinary tools take nearly all of it; structured output and strict tools compile it into a
 * grammar and take a part: https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations
 */

/** A tool's `input_schema` must be an object schema, without a choice at its root. */
export function toolSchema(parameters: unknown): { readonly schema: JsonObject; readonly isLossy: boolean } {
  if (!isObject(parameters)) return { schema: { type: 'object', properties: {} }, isLossy: false };
  const { anyOf, oneOf, allOf, ...rest } = parameters;
  const variants = [anyOf, oneOf, allOf].flatMap((list) => (Array.isArray(list) ? list.filter(isObject) : []));
  if (variants.length === 0)
    return { schema: parameters.type === 'object' ? parameters : { ...parameters, type: 'object' }, isLossy: false };
  const properties = Object.assign({}, ...variants.map((variant) => variant.properties), rest.properties) as JsonObject;
  return { schema: { ...rest, type: 'object', properties }, isLossy: true };
}

/** Keywords that limit values and are not enforced: the model is told of them in the description instead, as the SDKs do it. */
export interface StrictSchema {
  readonly schema: JsonObject;
  /** Limits are no longer enforced. */
  readonly isLossy: boolean;
}

/** Undefined where a grammar cannot say it at all: maps with free keys, recursion, references to elsewhere. */
export function strictSchema(schema: JsonObject): StrictSchema | undefined {
  const work = new Adaptation();
  const adapted = work.adapt(schema, 0);
  return work.isImpossible || isRecursive(schema) ? undefined : { schema: adapted, isLossy: work.isLossy };
}

const MAX_DEPTH = 48;
const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/** Keywords that are taken as they are, and those that say nothing about values. */
const plain: ReadonlySet<string> = new Set([
  'type',
  'enum',
  'const',
  '$ref',
  'description',
  'title',
  'default',
  'required',
]);
const silent: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$comment',
  'additionalProperties',
  'examples',
  'nullable',
]);

class Adaptation {
  isLossy = false;
  isImpossible = false;

  /** `depth` bounds what a hostile schema can cost. */
  adapt(schema: unknown, depth: number): JsonObject {
    if (!isObject(schema) || depth > MAX_DEPTH) {
      this.isImpossible = true;
      return {};
    }
    const result: Record<string, unknown> = {};
    const limits: string[] = [];
    for (const [keyword, value] of Object.entries(schema)) {
      if (plain.has(keyword)) result[keyword] = value;
      else if (Object.hasOwn(this.on, keyword)) this.on[keyword]?.(result, value, depth + 1);
      else if (this.isAllowed(keyword, value)) result[keyword] = value;
      else if (!silent.has(keyword)) limits.push(`${keyword}: ${JSON.stringify(value)}`);
    }
    this.closeObject(schema, result);
    this.describe(result, limits);
    return result;
  }

  private readonly on: Readonly<
    Record<string, (result: Record<string, unknown>, value: unknown, depth: number) => void>
  > = {
    properties: (result, value, depth) => (result.properties = this.each(value, depth)),
    $defs: (result, value, depth) => (result.$defs = this.each(value, depth)),
    definitions: (result, value, depth) => (result.definitions = this.each(value, depth)),
    items: (result, value, depth) => (result.items = this.adapt(value, depth)),
    anyOf: (result, value, depth) => (result.anyOf = this.all(value, depth)),
    oneOf: (result, value, depth) => (result.anyOf = this.all(value, depth)),
    allOf: (result, value, depth) => (result.allOf = this.all(value, depth)),
  };

  private isAllowed(keyword: string, value: unknown): boolean {
    return (keyword === 'format' && formats.has(value)) || (keyword === 'minItems' && (value === 0 || value === 1));
  }

  private each(schemas: unknown, depth: number): JsonObject {
    return Object.fromEntries(
      Object.entries(isObject(schemas) ? schemas : {}).map(([name, schema]) => [name, this.adapt(schema, depth)]),
    );
  }

  private all(schemas: unknown, depth: number): readonly JsonObject[] {
    return (Array.isArray(schemas) ? schemas : []).map((schema) => this.adapt(schema, depth));
  }

  /** Every object must list its properties and allow no others. */
  private closeObject(schema: JsonObject, result: Record<string, unknown>): void {
    const types = Array.isArray(schema.type) ? schema.type : [schema.type];
    if (!types.includes('object')) return;
    const { additionalProperties: others } = schema;
    const isOpen =
      others === true || (isObject(others) && Object.keys(others).length > 0) || isObject(schema.patternProperties);
    if (isOpen || (others !== false && !isObject(schema.properties))) this.isImpossible = true;
    result.additionalProperties = false;
  }

  private describe(result: Record<string, unknown>, limits: readonly string[]): void {
    if (limits.length === 0) return;
    this.isLossy = true;
    const before = typeof result.description === 'string' ? `${result.description}\n\n` : '';
    result.description = `${before}{${limits.join(', ')}}`;
  }
}

/** Whether a reference leads back to itself, or out of the schema. */
function isRecursive(schema: JsonObject): boolean {
  const defs = new Map<string, unknown>();
  for (const home of ['$defs', 'definitions']) {
    for (const [name, value] of Object.entries(isObject(schema[home]) ? schema[home] : {}))
      defs.set(`#/${home}/${name}`, value);
  }
  const done = new Set<string>();
  const visit = (value: unknown, path: ReadonlySet<string>, isRoot: boolean): boolean => {
    if (Array.isArray(value)) return value.some((item) => visit(item, path, false));
    if (!isObject(value)) return false;
    return Object.entries(value).some(([key, child]) => {
      if (isRoot && (key === '$defs' || key === 'definitions')) return false;
      return key === '$ref' && typeof child === 'string' ? leadsBack(child, path) : visit(child, path, false);
    });
  };
  const leadsBack = (ref: string, path: ReadonlySet<string>): boolean => {
    if (path.has(ref) || !defs.has(ref)) return true;
    if (done.has(ref)) return false;
    done.add(ref);
    return visit(defs.get(ref), new Set([...path, ref]), false);
  };
  return visit(schema, new Set(), true);
}
