import type { Setting, SettingSpec, SettingValue } from './setting';

type Handles<S> = { readonly [K in keyof S]: S[K] extends SettingSpec<infer T> ? Setting<T> : never };

const declared: Setting[] = [];

const namePattern = /^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/;

/**
 * Declares the settings a piece of code owns and returns the handles it reads them by. Called once, at import, beside that
 * code; the names are `group` + `.` + the key. What is declared is what the console shows and what `PATCH /api/settings` takes.
 */
export function defineSettings<S extends Readonly<Record<string, SettingSpec<SettingValue>>>>(
  group: string,
  specs: S,
): Handles<S> {
  const handles = Object.entries(specs).map(([name, spec]): [string, Setting] => [
    name,
    { ...spec, group, path: `${group}.${name}` },
  ]);
  declared.push(...handles.map(([, setting]) => setting));
  // `fromEntries` forgets which key had which type; every handle was made from the spec of its own key just above.
  return Object.fromEntries(handles) as Handles<S>;
}

/** Everything declared so far by the modules that were imported. */
export const declaredSettings = (): readonly Setting[] => [...declared];

/** Thrown at boot; the message names every wrong declaration. */
export function checkDeclarations(settings: readonly Setting[]): void {
  const paths = settings.map((setting) => setting.path);
  const known = new Set(paths);
  const problems = settings.flatMap(({ path, ...spec }, index) => {
    const parsed = spec.parse(spec.default);
    return [
      ...(namePattern.test(path) ? [] : [`${path}: names are dotted lowerCamelCase words`]),
      ...(paths.indexOf(path) === index ? [] : [`${path}: declared twice`]),
      ...(parsed.ok ? [] : [`${path}: its default ${parsed.message}`]),
      ...ancestors(path)
        .filter((prefix) => known.has(prefix))
        .map((prefix) => `${path}: ${prefix} is a setting too, so it cannot hold others`),
    ];
  });
  if (problems.length > 0) throw new Error(`Wrong setting declarations:\n  ${problems.join('\n  ')}`);
}

/** `a.b.c` → `a`, `a.b`. */
export function ancestors(path: string): string[] {
  const words = path.split('.');
  return words.slice(1).map((_, index) => words.slice(0, index + 1).join('.'));
}
