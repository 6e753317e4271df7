import type { Operation } from '@app/providers';
import type { ChannelSettings, ParameterOverride, SystemPromptOverride } from '../channels/channel-settings';

/** The names a call's model goes by: the caller's and the upstream's. */
export interface ModelNames {
  readonly requested: string;
  readonly upstream: string;
}

export interface ParameterRule {
  readonly op: ParameterOverride['op'];
  readonly path: readonly string[];
  readonly value: unknown;
  readonly operations: readonly Operation[];
  concerns(names: ModelNames): boolean;
}

export interface PromptRule {
  readonly text: string;
  readonly mode: SystemPromptOverride['mode'];
  concerns(names: ModelNames): boolean;
}

/** What of a channel's settings changes request bodies, made ready once for all calls. */
export interface Overrides {
  readonly parameters: readonly ParameterRule[];
  readonly systemPrompt: PromptRule | null;
}

/** Null: bodies go as they are. */
export function compileOverrides({ parameters = [], systemPrompt }: ChannelSettings): Overrides | null {
  if (parameters.length === 0 && !systemPrompt) return null;
  return {
    parameters: parameters.map(({ op, path, value, operations = ['chat'], models }) => ({
      op,
      path: path.split('.'),
      value,
      operations,
      concerns: matcher(models),
    })),
    systemPrompt: systemPrompt
      ? { text: systemPrompt.text, mode: systemPrompt.mode, concerns: matcher(systemPrompt.models) }
      : null,
  };
}

function matcher(patterns: readonly string[] | undefined): (names: ModelNames) => boolean {
  if (!patterns) return () => true;
  return ({ requested, upstream }) =>
    patterns.some((pattern) => matchesGlob(pattern, requested) || matchesGlob(pattern, upstream));
}

/** `*` stands for any text. At most pattern × text steps, unlike a regular expression with many stars. */
export function matchesGlob(pattern: string, text: string): boolean {
  let [at, star, resume] = [0, -1, 0];
  for (let index = 0; index < text.length;) {
    if (pattern[at] === '*') [star, resume, at] = [at, index, at + 1];
    else if (pattern[at] === text[index]) [at, index] = [at + 1, index + 1];
    else if (star >= 0) [at, index] = [star + 1, ++resume];
    else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
