import { isObject, type JsonObject } from '../../json';
import { mergeSchemas } from './schema-merge';

/** How often a reference may be inside itself: enough for a list of nodes, not enough to grow without end. */
const MAX_NESTING = 2;

/** Local `$ref`s of one schema (`#`, `#/$defs/x`, `#/definitions/x`), followed boundedly. */
export class SchemaReferences {
  private readonly nesting = new Map<string, number>();

  constructor(private readonly root: unknown) {}

  /** What the pointer points to; undefined when it is nowhere or too deep inside itself. Every `enter` that gives something needs a `leave`. */
  enter(pointer: string): unknown {
    const depth = this.nesting.get(pointer) ?? 0;
    const target = depth < MAX_NESTING ? this.find(pointer) : undefined;
    if (target !== undefined) this.nesting.set(pointer, depth + 1);
    return target;
  }

  leave(pointer: string): void {
    this.nesting.set(pointer, (this.nesting.get(pointer) ?? 1) - 1);
  }

  /** A member of `allOf` with its reference replaced by what it names, once. */
  resolve(schema: JsonObject): JsonObject {
    const { $ref, ...beside } = schema;
    const target = typeof $ref === 'string' ? this.find($ref) : undefined;
    return isObject(target) ? mergeSchemas([target, beside]) : schema;
  }

  private find(pointer: string): unknown {
    if (pointer === '#') return this.root;
    if (!pointer.startsWith('#/')) return undefined;
    let at: unknown = this.root;
    for (const step of pointer.slice(2).split('/')) {
      const name = unescaped(step);
      if (Array.isArray(at)) at = at[Number(name)];
      else at = isObject(at) && Object.hasOwn(at, name) ? at[name] : undefined;
    }
    return at;
  }
}

function unescaped(step: string): string {
  const pointer = step.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(pointer);
  } catch {
    return pointer;
  }
}
