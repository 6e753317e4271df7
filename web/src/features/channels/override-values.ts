import { pair, recordOf, type Pair } from './pairs';

/** The part of the form that changes requests on their way upstream. */
export interface OverrideValues {
  /** As JSON text. */
  parameters: string;
  systemPrompt: { text: string; mode: PromptMode; models: string[] };
  /** Operation → path. */
  paths: readonly Pair[];
  /** A stored one is shown without user and password, and stays as long as it reads so. */
  proxy: string;
}

export const promptModes = ['prepend', 'append', 'replace', 'default'] as const;

export type PromptMode = (typeof promptModes)[number];

export const noOverrides = (): OverrideValues => ({
  parameters: '',
  systemPrompt: { text: '', mode: 'prepend', models: [] },
  paths: [],
  proxy: '',
});

type Settings = Readonly<Record<string, unknown>>;

export function storedOverrides({ parameters, systemPrompt, paths, proxy }: Settings): OverrideValues {
  const { text, mode, models } = (systemPrompt ?? {}) as Partial<OverrideValues['systemPrompt']>; // as the API documents it
  return {
    parameters: parameters === undefined ? '' : JSON.stringify(parameters, null, 2),
    systemPrompt: { text: text ?? '', mode: mode ?? 'prepend', models: [...(models ?? [])] },
    paths: Object.entries(paths ?? {}).map(([from, to]) => pair(from, String(to))),
    proxy: typeof proxy === 'string' ? proxy : '',
  };
}

/** What of the overrides is sent; those left empty are not. */
export function overridesOf({ parameters, systemPrompt, paths, proxy }: OverrideValues): Record<string, unknown> {
  const { text, mode, models } = systemPrompt;
  const named = recordOf(paths);
  return {
    ...(parameters.trim() && { parameters: JSON.parse(parameters) as unknown }),
    ...(text.trim() && { systemPrompt: { text, mode, ...(models.length > 0 && { models }) } }),
    ...(Object.keys(named).length > 0 && { paths: named }),
    ...(proxy.trim() && { proxy: proxy.trim() }),
  };
}

/** Whether the text can be sent; what it says is the server's to judge. */
export function isJsonList(text: string): boolean {
  if (text.trim() === '') return true;
  try {
    return Array.isArray(JSON.parse(text));
  } catch {
    return false;
  }
}
