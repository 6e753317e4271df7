import { isObject, type JsonObject } from '../../json';
import { mergeSchemas } from './schema-merge';
import { SchemaReferences } from './schema-references';
import { branchesOfTypes, guessedType, isNull, isShaped, typesOf } from './schema-types';

/**
 * JSON Schema → Gemini's `Schema`, a subset of OpenAPI 3.0: everything else is refused as an unknown name.
 * https://ai.google.dev/api/caching#Schema
 */
export interface AdaptedSchema {
  readonly schema: JsonObject;
  /** Keywords that limited values and could not be kept, each once. */
  readonly lost: readonly string[];
}

/** Copied as they are. `default`, `examples`, `$schema` and other annotations are refused and mean nothing to the model. */
const copied = [
  'description',
  'title',
  'nullable',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'minLength',
  'maxLength',
];
const alsoCopied = ['minProperties', 'maxProperties', 'pattern', 'propertyOrdering'];

/** Keywords that narrow what is valid, and for which Gemini has no word. */
const narrowing = [
  'not',
  'if',
  'multipleOf',
  'uniqueItems',
  'contains',
  'patternProperties',
  'propertyNames',
  'dependentRequired',
];
const alsoNarrowing = ['dependentSchemas', 'dependencies', 'unevaluatedProperties', 'unevaluatedItems', 'minContains'];

/** All others are refused. */
const formats: Readonly<Record<string, ReadonlySet<string>>> = {
  STRING: new Set(['date-time', 'enum']),
  NUMBER: new Set(['float', 'double']),
  INTEGER: new Set(['int32', 'int64']),
};

/** Schemas larger than this when inlined are cut off. */
const MAX_NODES = 5_000;
const MAX_DEPTH = 60;
const MAX_MERGED = 100;

export function toGeminiSchema(schema: unknown): AdaptedSchema {
  const adapter = new Adapter(new SchemaReferences(schema));
  const adapted = adapter.adapt(schema, 0);
  return { schema: adapted, lost: [...adapter.lost] };
}

type Growing = Record<string, unknown>;

class Adapter {
  readonly lost = new Set<string>();
  private nodes = 0;

  constructor(private readonly references: SchemaReferences) {}

  adapt(schema: unknown, depth: number): Growing {
    if (!isObject(schema)) return { type: 'STRING' };
    this.nodes += 1;
    if (this.nodes > MAX_NODES || depth > MAX_DEPTH) return this.cut(schema);
    if (typeof schema.$ref === 'string') return this.reference(schema, schema.$ref, depth);
    if (Array.isArray(schema.allOf)) return this.adapt(this.merged(schema, schema.allOf), depth + 1);
    for (const keyword of [...narrowing, ...alsoNarrowing]) if (keyword in schema) this.lost.add(keyword);
    return this.alternatives(schema, depth) ?? this.plain(schema, depth);
  }

  /** Too deep to go on: what is there is some object. */
  private cut(schema: JsonObject): Growing {
    this.lost.add('$ref');
    const type = typesOf(schema)[0] ?? 'OBJECT';
    return { type, ...described(schema), ...(type === 'ARRAY' ? { items: { type: 'STRING' } } : {}) };
  }

  private reference({ $ref: _, ...beside }: JsonObject, pointer: string, depth: number): Growing {
    const target = this.references.enter(pointer);
    if (target === undefined) return this.cut({ type: 'object', ...beside });
    const adapted = this.adapt(isObject(target) ? mergeSchemas([target, beside]) : target, depth + 1);
    this.references.leave(pointer);
    return adapted;
  }

  private merged({ allOf: _, ...base }: JsonObject, all: readonly unknown[]): JsonObject {
    // References to itself double the list at each step.
    if (all.length > MAX_MERGED) this.lost.add('allOf');
    const members = all
      .slice(0, MAX_MERGED)
      .filter(isObject)
      .map((member) => this.references.resolve(member));
    return this.joined([...members, base]);
  }

  /** Properties copied into many alternatives count as often as they are copied. */
  private joined(schemas: readonly JsonObject[]): JsonObject {
    if (this.nodes > MAX_NODES) return schemas.at(-1) ?? {};
    for (const { properties } of schemas) this.nodes += isObject(properties) ? Object.keys(properties).length : 0;
    return mergeSchemas(schemas);
  }

  /** `anyOf`, `oneOf` and lists of types. Gemini takes `anyOf` only alone, so what stands beside it goes into its members. */
  private alternatives(schema: JsonObject, depth: number): Growing | undefined {
    const { anyOf, oneOf, ...base } = schema;
    const branches = Array.isArray(anyOf) ? anyOf : Array.isArray(oneOf) ? oneOf : branchesOfTypes(schema);
    if (!branches) return undefined;
    const shaped = branches.filter((branch) => isObject(branch) && isShaped(branch));
    const real = shaped.filter((branch) => !isNull(branch)) as JsonObject[];
    const nullable = schema.nullable === true || real.length < shaped.length;
    const rest = this.withoutType(base);
    if (real.length === 0) {
      // Branches that only narrow (`{"required": ["a"]}`) cannot be said.
      if (branches.length > shaped.length) this.lost.add(Array.isArray(anyOf) ? 'anyOf' : 'oneOf');
      return marked(this.adapt(shaped.length > 0 ? { type: 'string', ...rest } : { ...base }, depth + 1), nullable);
    }
    const [only] = real;
    if (real.length === 1 && only) return marked(this.adapt(this.joined([only, rest]), depth + 1), nullable);
    const members = real.map((branch) => this.adapt(this.joined([rest, branch]), depth + 1));
    return marked({ anyOf: members.flatMap(flattened) }, nullable);
  }

  /** A list of types has become the branches themselves. */
  private withoutType(base: JsonObject): JsonObject {
    const { nullable: _, ...rest } = base;
    if (!Array.isArray(rest.type)) return rest;
    const { type: __, ...untyped } = rest;
    return untyped;
  }

  private plain(schema: JsonObject, depth: number): Growing {
    const type = typesOf(schema)[0] ?? guessedType(schema);
    const adapted: Growing = { type };
    for (const keyword of [...copied, ...alsoCopied]) if (schema[keyword] != null) adapted[keyword] = schema[keyword];
    if (typesOf(schema).length === 0 && isNull(schema)) adapted.nullable = true;
    this.bounds(schema, type, adapted);
    this.values(schema, type, adapted);
    this.format(schema.format, type, adapted);
    if (type === 'OBJECT') this.object(schema, adapted, depth);
    if (type === 'ARRAY') this.array(schema, adapted, depth);
    return adapted;
  }

  private bounds({ exclusiveMinimum, exclusiveMaximum }: JsonObject, type: string, adapted: Growing): void {
    const step = type === 'INTEGER' ? 1 : 0;
    if (typeof exclusiveMinimum === 'number') adapted.minimum = exclusiveMinimum + step;
    if (typeof exclusiveMaximum === 'number') adapted.maximum = exclusiveMaximum - step;
  }

  /** `enum` holds texts only. Other values are told in words. */
  private values(schema: JsonObject, type: string, adapted: Growing): void {
    const all = 'const' in schema ? [schema.const] : schema.enum;
    if (!Array.isArray(all)) return;
    const real = all.filter((value) => value !== null && value !== '');
    if (all.includes(null)) adapted.nullable = true;
    if (real.length === 0) return;
    if (type === 'STRING') adapted.enum = [...new Set(real.map(String))];
    else
      adapted.description = hinted(
        adapted.description,
        `Allowed: ${real.map((value) => JSON.stringify(value)).join(', ')}`,
      );
  }

  private format(format: unknown, type: string, adapted: Growing): void {
    if (typeof format !== 'string') return;
    if (formats[type]?.has(format)) adapted.format = format;
    else if (type === 'STRING') adapted.description = hinted(adapted.description, `Format: ${format}`);
  }

  private object(schema: JsonObject, adapted: Growing, depth: number): void {
    if (isObject(schema.additionalProperties)) this.lost.add('additionalProperties');
    if (!isObject(schema.properties)) return;
    const { properties } = schema;
    const adaptedOnes = Object.entries(properties).map(
      ([name, property]) => [name, this.adapt(property, depth + 1)] as const,
    );
    adapted.properties = Object.fromEntries(adaptedOnes);
    const required = Array.isArray(schema.required) ? schema.required : [];
    const present = required.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
    if (present.length > 0) adapted.required = [...new Set(present)];
  }

  /** An array without `items` is refused; a tuple's members become alternatives. */
  private array({ items, prefixItems }: JsonObject, adapted: Growing, depth: number): void {
    const tuple = Array.isArray(prefixItems) ? prefixItems : Array.isArray(items) ? items : undefined;
    if (!tuple) {
      adapted.items = this.adapt(items, depth + 1);
      return;
    }
    this.lost.add('prefixItems');
    const members = isObject(items) ? [...tuple, items] : tuple;
    adapted.items = this.adapt(members.length > 1 ? { anyOf: members } : (members[0] ?? {}), depth + 1);
  }
}

const described = ({ description }: JsonObject): Growing => (typeof description === 'string' ? { description } : {});

const hinted = (description: unknown, hint: string): string =>
  typeof description === 'string' && description !== '' ? `${description} (${hint})` : hint;

const marked = (schema: Growing, nullable: boolean): Growing => (nullable ? { ...schema, nullable: true } : schema);

/** Alternatives among alternatives are alternatives. */
const flattened = (member: Growing): readonly Growing[] => {
  const { anyOf, ...beside } = member;
  return Array.isArray(anyOf) && Object.keys(beside).length === 0 ? (anyOf as Growing[]) : [member];
};
