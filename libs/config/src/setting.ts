/** A plain explanation shown beside the field in the console. */
export interface Help {
  readonly en: string;
  readonly zh: string;
}

/** What a kind refuses or suggests; published as is in `GET /api/settings/schema`. */
export interface SettingLimits {
  readonly min?: number;
  readonly max?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
  readonly choices?: readonly string[];
  /** What the number counts: `ms`, `days`, `bytes`. */
  readonly unit?: string;
}

export type SettingKind = 'integer' | 'number' | 'boolean' | 'text' | 'choice' | 'list' | 'secret';

/** What the kinds of settings hold. */
export type SettingValue = string | number | boolean | readonly string[];

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

/** A setting before it has a name: what `integer(…)`, `text(…)` and the other kinds make. */
export interface SettingSpec<T> {
  readonly kind: SettingKind;
  readonly default: T;
  readonly help: Help;
  readonly limits: SettingLimits;
  /** Accepts exactly the JSON values this setting may hold; nothing is converted between types. */
  parse(value: unknown): Parsed<T>;
}

/** The typed handle by which the code that declared a setting reads it: `settings.get(relaySettings['timeout.connectMs'])`. */
export interface Setting<T = SettingValue> extends SettingSpec<T> {
  /** The dotted name, unique in the process: `relay.timeout.connectMs`. */
  readonly path: string;
  /** The first argument of `defineSettings`; a section in the console. */
  readonly group: string;
}

const accept = <T>(value: T): Parsed<T> => ({ ok: true, value });
const refuse = (message: string): Parsed<never> => ({ ok: false, message });

interface NumberOptions {
  readonly default: number;
  readonly min?: number;
  readonly max?: number;
  readonly unit?: string;
  readonly help: Help;
}

function numeric(kind: 'integer' | 'number', options: NumberOptions): SettingSpec<number> {
  const { default: initial, help, ...limits } = options;
  const { min = -Infinity, max = Infinity } = limits;
  const isKind = kind === 'integer' ? Number.isSafeInteger : Number.isFinite;
  return {
    kind,
    default: initial,
    help,
    limits,
    parse(value) {
      if (typeof value !== 'number' || !isKind(value))
        return refuse(`must be ${kind === 'integer' ? 'an integer' : 'a number'}`);
      if (value < min) return refuse(`must be at least ${min}`);
      if (value > max) return refuse(`must be at most ${max}`);
      return accept(value);
    },
  };
}

export const integer = (options: NumberOptions): SettingSpec<number> => numeric('integer', options);

export const number = (options: NumberOptions): SettingSpec<number> => numeric('number', options);

export const boolean = (options: { readonly default: boolean; readonly help: Help }): SettingSpec<boolean> => ({
  kind: 'boolean',
  default: options.default,
  help: options.help,
  limits: {},
  parse: (value) => (typeof value === 'boolean' ? accept(value) : refuse('must be true or false')),
});

interface TextLimits {
  readonly maxLength?: number;
  /** The whole text must match. */
  readonly pattern?: RegExp;
}

function parseText(value: unknown, { maxLength = 1_000, pattern }: TextLimits): Parsed<string> {
  if (typeof value !== 'string') return refuse('must be a text');
  if (value.length > maxLength) return refuse(`must be at most ${maxLength} characters`);
  if (value.includes('\0')) return refuse('must not contain a NUL character');
  if (pattern && !whole(pattern).test(value)) return refuse(`must match ${pattern.source}`);
  return accept(value);
}

const whole = (pattern: RegExp): RegExp => new RegExp(`^(?:${pattern.source})$`, pattern.flags);

const textLimits = ({ maxLength = 1_000, pattern }: TextLimits): SettingLimits => ({
  maxLength,
  ...(pattern && { pattern: pattern.source }),
});

export const text = (options: TextLimits & { readonly default: string; readonly help: Help }): SettingSpec<string> => ({
  kind: 'text',
  default: options.default,
  help: options.help,
  limits: textLimits(options),
  parse: (value) => parseText(value, options),
});

/** Encrypted at rest and never shown again; `''` means it is not set. */
export const secret = (options: TextLimits & { readonly help: Help }): SettingSpec<string> => ({
  kind: 'secret',
  default: '',
  help: options.help,
  limits: textLimits(options),
  parse: (value) => (value === '' ? accept('') : parseText(value, options)),
});

export const choice = <const C extends string>(options: {
  readonly default: NoInfer<C>;
  readonly choices: readonly C[];
  readonly help: Help;
}): SettingSpec<C> => ({
  kind: 'choice',
  default: options.default,
  help: options.help,
  limits: { choices: options.choices },
  parse(value) {
    const found = options.choices.find((one) => one === value);
    return found === undefined ? refuse(`must be one of ${options.choices.join(', ')}`) : accept(found);
  },
});

/** A list of texts; `maxLength` and `pattern` hold for each item. */
export const list = (
  options: TextLimits & { readonly default: readonly string[]; readonly maxItems?: number; readonly help: Help },
): SettingSpec<readonly string[]> => {
  const { maxItems = 100 } = options;
  return {
    kind: 'list',
    default: options.default,
    help: options.help,
    limits: { ...textLimits(options), maxItems },
    parse(value) {
      if (!Array.isArray(value)) return refuse('must be a list');
      if (value.length > maxItems) return refuse(`must have at most ${maxItems} items`);
      const items: string[] = [];
      for (const [index, item] of value.entries()) {
        const parsed = parseText(item, options);
        if (!parsed.ok) return refuse(`item ${index} ${parsed.message}`);
        items.push(parsed.value);
      }
      return accept(items);
    },
  };
};
