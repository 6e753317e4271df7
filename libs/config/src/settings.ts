import type { Setting } from './setting';

/** The values in force on this node. Reads are synchronous and cost one map look-up. */
export abstract class Settings {
  abstract get<T>(setting: Setting<T>): T;

  /**
   * Calls back after a value changed, on every node. `what` is a handle or a dotted prefix (`relay.timeout`); a prefix is
   * told once per change, however many of its settings moved. Returns the way to stop listening.
   */
  abstract onChange(what: Setting | string, observer: SettingsObserver): () => void;
}

/** `paths`: the settings under the observed name that have a new value. */
export type SettingsObserver = (paths: readonly string[]) => void | Promise<void>;

/** Settings without a store, at their defaults unless told otherwise: for tests and one-off tools. */
export class FixedSettings extends Settings {
  readonly #values = new Map<string, unknown>();
  readonly #observers = new Observers();

  override get<T>(setting: Setting<T>): T {
    return this.#values.has(setting.path) ? (this.#values.get(setting.path) as T) : setting.default;
  }

  override onChange(what: Setting | string, observer: SettingsObserver): () => void {
    return this.#observers.add(what, observer);
  }

  set<T>(setting: Setting<T>, value: NoInfer<T>): this {
    this.#values.set(setting.path, value);
    for (const call of this.#observers.calls([setting.path])) void call();
    return this;
  }
}

/** Who listens to which part of the tree. */
export class Observers {
  readonly #entries = new Set<{ readonly prefix: string; readonly observer: SettingsObserver }>();

  add(what: Setting | string, observer: SettingsObserver): () => void {
    const entry = { prefix: typeof what === 'string' ? what : what.path, observer };
    this.#entries.add(entry);
    return () => this.#entries.delete(entry);
  }

  /** One call per observer that listens to any of `paths`. */
  calls(paths: readonly string[]): (() => void | Promise<void>)[] {
    return [...this.#entries].flatMap(({ prefix, observer }) => {
      const heard = paths.filter((path) => path === prefix || path.startsWith(`${prefix}.`));
      return heard.length > 0 ? [() => observer(heard)] : [];
    });
  }
}
