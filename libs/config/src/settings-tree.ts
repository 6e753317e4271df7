import type { FieldError } from '@app/core';
import { ancestors } from './define-settings';
import type { Setting, SettingValue } from './setting';

/** A declared setting with the value somebody wants it to have; null means its default. */
export interface WantedValue {
  readonly setting: Setting;
  readonly value: SettingValue | null;
}

const MAX_ERRORS = 50;

/** Nested by the dots of the names: `relay.timeout.connectMs` → `{ relay: { timeout: { connectMs } } }`. */
export function toTree(entries: Iterable<readonly [path: string, value: unknown]>): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [path, value] of entries) {
    const words = path.split('.');
    const leaf = words.pop()!;
    let branch = tree;
    for (const word of words) branch = (branch[word] ??= {}) as Record<string, unknown>;
    branch[leaf] = value;
  }
  return tree;
}

/**
 * Reads any part of the tree, nested (`{ relay: { timeout: { connectMs: 1 } } }`), dotted (`{ 'relay.timeout.connectMs': 1 }`)
 * or both. A `null` leaf means "back to the default". Every fault is reported, not only the first.
 */
export class TreeReader {
  readonly #settings: ReadonlyMap<string, Setting>;
  readonly #branches: ReadonlySet<string>;

  constructor(settings: readonly Setting[]) {
    this.#settings = new Map(settings.map((setting) => [setting.path, setting]));
    this.#branches = new Set(settings.flatMap((setting) => ancestors(setting.path)));
  }

  read(patch: unknown): { readonly wanted: readonly WantedValue[]; readonly errors: readonly FieldError[] } {
    const wanted = new Map<string, WantedValue>();
    const errors: FieldError[] = [];
    const fault = (path: string, message: string): void =>
      void (errors.length < MAX_ERRORS && errors.push({ path, message }));
    const leaf = (setting: Setting, value: unknown): void => {
      const parsed = value === null ? { ok: true as const, value: null } : setting.parse(value);
      if (!parsed.ok) fault(setting.path, parsed.message);
      else if (wanted.has(setting.path)) fault(setting.path, 'is given twice');
      else wanted.set(setting.path, { setting, value: parsed.value });
    };
    const branch = (value: unknown, path: string): void => {
      if (!isObject(value)) return fault(path, 'must be an object of settings');
      for (const [word, item] of Object.entries(value)) visit(item, path === '' ? word : `${path}.${word}`);
    };
    const visit = (value: unknown, path: string): void => {
      const setting = this.#settings.get(path);
      if (setting) leaf(setting, value);
      else if (this.#branches.has(path)) branch(value, path);
      else fault(path.slice(0, 200), 'is not a setting');
    };
    branch(patch, '');
    return { wanted: [...wanted.values()], errors };
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
