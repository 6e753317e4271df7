import { Injectable, Logger } from '@nestjs/common';
import { type Clock, DomainError, conflict, messageOf } from '@app/core';
import type { ChangeBus } from '@app/platform/bus';
import type { SecretBox } from '@app/platform/secrets';
import { checkDeclarations, declaredSettings } from './define-settings';
import type { Help, Setting, SettingKind, SettingLimits, SettingValue } from './setting';
import { Observers, Settings, type SettingsObserver } from './settings';
import { type WantedValue, TreeReader, toTree } from './settings-tree';
import { secretContext } from './sealed-settings';
import type { SettingsRepository, SettingWrite, StoredSettings } from './settings.repository';

/** One field of the settings page. `configured`: a value other than the default is stored. */
export interface SettingDescription {
  readonly path: string;
  readonly group: string;
  readonly kind: SettingKind;
  /** Absent for secrets, like the value itself. */
  readonly default?: SettingValue;
  readonly limits: SettingLimits;
  readonly help: Help;
  readonly configured: boolean;
}

/** What one setting was and is; of secrets only whether there is one. For the audit log. */
export interface SettingChange {
  readonly path: string;
  readonly from: SettingValue;
  readonly to: SettingValue;
}

export interface ChangeRequest {
  /** Any part of the tree; see `TreeReader`. */
  readonly patch: unknown;
  readonly actorId: string | null;
  /** The `version` the caller looked at; when it is not the current one any more the change is a conflict. */
  readonly expectedVersion?: number;
}

const SAVE_ATTEMPTS = 5;
const RELOAD_RETRY_MS = 1_000;

/** The settings of this installation: values in memory, differences in the database, changes told to every node. */
@Injectable()
export class SettingsService extends Settings {
  readonly #settings = declaredSettings();
  readonly #reader = new TreeReader(this.#settings);
  readonly #observers = new Observers();
  readonly #logger = new Logger('Settings');
  #values: ReadonlyMap<string, SettingValue> = new Map();
  #stored: StoredSettings = { revision: -1, values: new Map() };
  #retry?: NodeJS.Timeout;
  #unsubscribe = (): void => undefined;

  constructor(
    private readonly repository: SettingsRepository,
    private readonly bus: ChangeBus,
    private readonly secrets: SecretBox,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** Checks the declarations, reads the stored values and listens for changes. Must end before anything reads a setting. */
  async start(): Promise<this> {
    checkDeclarations(this.#settings);
    this.#unsubscribe = this.bus.subscribe('settings.changed', () => this.#reload());
    await this.#adopt(await this.repository.load());
    return this;
  }

  onApplicationShutdown(): void {
    this.#unsubscribe();
    clearTimeout(this.#retry);
  }

  override get<T>(setting: Setting<T>): T {
    const value = this.#values.get(setting.path);
    if (value === undefined) throw new Error(`setting ${setting.path} was declared after the settings were loaded`);
    return value as T; // every value passed this setting's own `parse`
  }

  override onChange(what: Setting | string, observer: SettingsObserver): () => void {
    return this.#observers.add(what, observer);
  }

  /** Moves by one with every change anywhere. */
  get version(): number {
    return this.#stored.revision;
  }

  /** All values in force, nested; secrets are left out. */
  tree(): Record<string, unknown> {
    return toTree(this.#settings.filter(isPublic).map(({ path }) => [path, this.#values.get(path)]));
  }

  schema(): readonly SettingDescription[] {
    return this.#settings.map(({ path, group, kind, limits, help, default: initial }) => ({
      path,
      group,
      kind,
      ...(kind === 'secret' ? {} : { default: initial }),
      limits,
      help,
      configured: this.#stored.values.has(path),
    }));
  }

  /**
   * Applies the whole patch or nothing, and returns once this node uses it. Throws a DomainError: `invalid` with every refused
   * field, `conflict` when `expectedVersion` is not the current one.
   */
  async change({ patch, actorId, expectedVersion }: ChangeRequest): Promise<readonly SettingChange[]> {
    const { wanted, errors } = this.#reader.read(patch);
    if (errors.length > 0) throw new DomainError('invalid', 'Some settings are not acceptable', { errors });
    for (let attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
      await this.#adopt(await this.repository.load());
      if (expectedVersion !== undefined && expectedVersion !== this.version) break;
      const changes = await this.#save(wanted, actorId);
      if (changes) return changes;
    }
    throw conflict('The settings were changed meanwhile; reload them and try again');
  }

  /** Undefined when somebody else saved first. */
  async #save(wanted: readonly WantedValue[], actorId: string | null): Promise<SettingChange[] | undefined> {
    const { revision, values } = this.#stored;
    const moved = wanted.filter(
      ({ setting, value }) => !same(this.#values.get(setting.path), value ?? setting.default),
    );
    if (moved.length === 0) return [];
    const changes = moved.map((one) => this.#describe(one));
    const writes = moved.map((one) => this.#write(one));
    if (!(await this.repository.save(revision, writes, { actorId, at: this.clock.now() }))) return undefined;
    await this.#adopt({ revision: revision + 1, values: withWrites(values, writes) });
    await this.bus.publish('settings.changed', { keys: changes.map(({ path }) => path) });
    return changes;
  }

  #write({ setting, value }: WantedValue): SettingWrite {
    const { path: key } = setting;
    if (value === null || same(value, setting.default)) return { key, value: null };
    return { key, value: setting.kind === 'secret' ? this.secrets.seal(String(value), secretContext(key)) : value };
  }

  #describe({ setting, value }: WantedValue): SettingChange {
    const show = (shown: SettingValue): SettingValue => (isPublic(setting) ? shown : shown === '' ? 'not set' : 'set');
    return { path: setting.path, from: show(this.get(setting)), to: show(value ?? setting.default) };
  }

  async #reload(): Promise<void> {
    clearTimeout(this.#retry);
    try {
      await this.#adopt(await this.repository.load());
    } catch (error) {
      this.#logger.error(`cannot read the changed settings, trying again: ${messageOf(error)}`);
      this.#retry = setTimeout(() => void this.#reload(), RELOAD_RETRY_MS).unref();
    }
  }

  /** Two loads may overtake each other: an older revision never replaces a newer one. Ends when the observers have. */
  async #adopt(stored: StoredSettings): Promise<void> {
    if (stored.revision <= this.#stored.revision) return;
    const before = this.#values;
    this.#stored = stored;
    this.#values = new Map(this.#settings.map((setting) => [setting.path, this.#effective(setting, stored)]));
    if (before.size === 0) return;
    const moved = [...this.#values.keys()].filter((path) => !same(before.get(path), this.#values.get(path)));
    await Promise.all(this.#observers.calls(moved).map((call) => this.#tell(call)));
  }

  /** What is stored but no longer acceptable (an older version wrote it) is as good as not stored, and said so. */
  #effective(setting: Setting, stored: StoredSettings): SettingValue {
    const { path } = setting;
    if (!stored.values.has(path)) return setting.default;
    try {
      const kept = stored.values.get(path);
      const parsed = setting.parse(
        setting.kind === 'secret' ? this.secrets.open(String(kept), secretContext(path)) : kept,
      );
      if (parsed.ok) return parsed.value;
      this.#logger.warn(`the stored value of ${path} ${parsed.message}; its default is used`);
    } catch (error) {
      this.#logger.warn(`the stored value of ${path} cannot be read (${messageOf(error)}); its default is used`);
    }
    return setting.default;
  }

  async #tell(call: () => void | Promise<void>): Promise<void> {
    try {
      await call();
    } catch (error) {
      this.#logger.error(`an observer of settings failed: ${messageOf(error)}`);
    }
  }
}

function withWrites(values: StoredSettings['values'], writes: readonly SettingWrite[]): StoredSettings['values'] {
  const next = new Map(values);
  for (const { key, value } of writes) {
    if (value === null) next.delete(key);
    else next.set(key, value);
  }
  return next;
}

const isPublic = (setting: Setting): boolean => setting.kind !== 'secret';

/** Values are primitives or lists of texts. */
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
