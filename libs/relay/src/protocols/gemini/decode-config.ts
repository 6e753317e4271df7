import type { Extension, Meta, OutputFormat, Sampling } from '../../chat/request';
import type { JsonObject } from '../../json';
import { badRequest } from '../../relay.errors';
import {
  arrayField,
  checkedObject,
  field,
  invalidValue,
  numberOf,
  objectField,
  otherFields,
  textField,
} from './fields';
import { fromGeminiSchema } from './schema-read';
import { thinkingFields } from './thinking';

/** Numbers of `generationConfig` and their names here. https://ai.google.dev/api/generate-content#generationconfig */
const numbers = {
  maxOutputTokens: 'maxOutputTokens',
  temperature: 'temperature',
  topP: 'topP',
  topK: 'topK',
  frequencyPenalty: 'frequencyPenalty',
  presencePenalty: 'presencePenalty',
  seed: 'seed',
  candidateCount: 'candidates',
  logprobs: 'topLogprobs',
} as const satisfies Record<string, keyof Sampling>;

type NumberName = keyof typeof numbers;

export const samplingNumbers = Object.entries(numbers) as readonly (readonly [
  NumberName,
  (typeof numbers)[NumberName],
])[];

const CONFIG = 'generationConfig';

export function decodeSampling(config: JsonObject | undefined): Sampling {
  const sampling: Record<string, unknown> = {};
  for (const [name, own] of samplingNumbers) {
    const value = field(config, name);
    if (value === undefined) continue;
    const number = numberOf(value);
    if (number === undefined)
      throw badRequest(`Invalid value at '${CONFIG}.${name}': expected a number.`, `${CONFIG}.${name}`);
    sampling[own] = number;
  }
  const stop = arrayField(config, 'stopSequences').filter((text) => typeof text === 'string' && text !== '');
  if (stop.length > 0) sampling.stop = stop;
  if (field(config, 'responseLogprobs') === true) sampling.logprobs = true;
  return sampling;
}

/** JSON is asked for by its media type; a schema alone means the same. */
export function decodeFormat(config: JsonObject | undefined): OutputFormat | undefined {
  const type = textField(config, 'responseMimeType');
  if (type === ENUM_TYPE) return undefined;
  const schemaless = formatOf(field(config, 'responseMimeType'));
  const own = checkedObject(config, 'responseSchema', CONFIG);
  const schema = field(config, 'responseJsonSchema') ?? (own && fromGeminiSchema(own));
  return schema === undefined ? schemaless : { kind: 'json-schema', schema };
}

function formatOf(type: unknown): OutputFormat | undefined {
  if (type === 'application/json') return { kind: 'json' };
  if (type === 'text/plain') return { kind: 'text' };
  if (type === undefined || type === '') return undefined;
  throw invalidValue(`${CONFIG}.responseMimeType`, `one of text/plain, application/json, ${ENUM_TYPE}`);
}

/** One of the schema's values as plain text: no other protocol has that. */
const ENUM_TYPE = 'text/x.enum';

export function decodeModalities(config: JsonObject | undefined): Pick<Meta, 'modalities'> {
  const modalities = arrayField(config, 'responseModalities').filter(
    (name): name is string => typeof name === 'string',
  );
  return modalities.length > 0 ? { modalities: modalities.map((name) => name.toLowerCase()) } : {};
}

const understood: ReadonlySet<string> = new Set([
  ...Object.keys(numbers),
  ...['stopSequences', 'responseLogprobs', 'responseMimeType', 'responseSchema', 'responseJsonSchema'],
  ...['responseModalities', 'thinkingConfig'],
]);
const formatFields = ['responseMimeType', 'responseSchema', 'responseJsonSchema'];

/** Everything only Gemini knows, under its path. */
export function configExtensions(config: JsonObject | undefined): Extension[] {
  if (!config) return [];
  const fields = otherFields(config, understood) ?? {};
  if (textField(config, 'responseMimeType') === ENUM_TYPE) {
    for (const name of formatFields) if (field(config, name) !== undefined) fields[name] = field(config, name);
  }
  const thinking = objectField(config, 'thinkingConfig');
  const unknown = thinking ? (otherFields(thinking, thinkingFields) ?? {}) : {};
  return [...extensionsOf(fields, CONFIG), ...extensionsOf(unknown, `${CONFIG}.thinkingConfig`)];
}

export const extensionsOf = (fields: Readonly<Record<string, unknown>>, parent?: string): Extension[] =>
  Object.entries(fields).map(([name, value]) => ({
    issuer: 'gemini',
    path: parent ? `${parent}.${name}` : name,
    value,
  }));
