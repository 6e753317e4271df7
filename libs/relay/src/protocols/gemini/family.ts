/** What a model's name tells of what it accepts. */
export interface Family {
  /**
   * How thinking is asked for: by level (Gemini 3 and later), by a token budget (Gemini 2.5), or not at all: for models that do
   * not think the field is an error. A name that tells nothing gets a budget, which every thinking model takes.
   */
  readonly thinking: 'level' | 'budget' | 'none';
  /** Levels the model knows, weakest first. */
  readonly levels: readonly Level[];
  /** The least budget that is not 0, the largest, and whether 0 switches thinking off. */
  readonly budget: { readonly min: number; readonly max: number; readonly off: boolean };
  /** History without thought signatures on its function calls is refused (Gemini 3). */
  readonly needsSignatures: boolean;
  /** Function responses may hold images and documents. */
  readonly mediaInResponses: boolean;
  /** Built-in tools beside function declarations. */
  readonly mixesTools: boolean;
}

export type Level = 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';

const anyBudget = { min: 1, max: 32_768, off: true };

const unknownFamily: Family = {
  thinking: 'budget',
  levels: [],
  budget: anyBudget,
  needsSignatures: true,
  mediaInResponses: true,
  mixesTools: true,
};

const gemini3: Family = { ...unknownFamily, thinking: 'level', levels: ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH'] };
const gemini2: Family = {
  ...unknownFamily,
  thinking: 'none',
  needsSignatures: false,
  mediaInResponses: false,
  mixesTools: false,
};
const gemini25 = (min: number, max: number, off: boolean): Family => ({
  ...gemini2,
  thinking: 'budget',
  budget: { min, max, off },
});

/**
 * The first pattern that fits the name's last segment decides. Levels and budgets:
 * https://ai.google.dev/gemini-api/docs/thinking
 */
const families: readonly (readonly [RegExp, Family])[] = [
  [/^gemini-3-pro/, { ...gemini3, levels: ['LOW', 'HIGH'] }],
  [/^gemini-(?:[3-9]|\d\d).*pro/, { ...gemini3, levels: ['LOW', 'MEDIUM', 'HIGH'] }],
  [/^gemini-(?:[3-9]|\d\d)/, gemini3],
  [/^gemini-pro-latest/, { ...gemini3, levels: ['LOW', 'MEDIUM', 'HIGH'] }],
  [/^gemini-.*-latest/, gemini3],
  [/^gemini-2\.5-pro/, gemini25(128, 32_768, false)],
  [/^gemini-2\.5-flash-lite/, gemini25(512, 24_576, true)],
  [/^gemini-2\.5-.*(?:image|tts)/, gemini2],
  [/^gemini-2\.5/, gemini25(1, 24_576, true)],
  [/^gemini-robotics-er/, gemini25(1, 24_576, true)],
  [/^(?:gemini-[12]|gemini-(?:exp|pro)|gemma|learnlm|palm|text-|chat-)/, gemini2],
];

/** `models/gemini-2.5-pro`, `publishers/google/models/gemini-2.5-pro@001` and `gemini-2.5-pro` are one family. */
export function familyOf(model: string): Family {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? unknownFamily;
}
