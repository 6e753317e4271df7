import type { Finish, FinishReason } from '../../chat/reply';
import { isObject, type JsonObject } from '../../json';
import { entryOf } from './fields';

/** https://ai.google.dev/api/generate-content#FinishReason — with what only Vertex has. The rest is `other`. */
const reasons: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'content-filter',
  RECITATION: 'content-filter',
  BLOCKLIST: 'content-filter',
  PROHIBITED_CONTENT: 'content-filter',
  SPII: 'content-filter',
  MODEL_ARMOR: 'content-filter',
  IMAGE_SAFETY: 'content-filter',
  IMAGE_PROHIBITED_CONTENT: 'content-filter',
  IMAGE_RECITATION: 'content-filter',
  CONTINUATION: 'pause',
};

export const UNSPECIFIED = 'FINISH_REASON_UNSPECIFIED';

/**
 * What `Finish.details` holds when Gemini answered: the candidate's fields that are about the answer and not part of it
 * (`finishMessage`, `safetyRatings`, `groundingMetadata` …), or the `promptFeedback` that stands for one.
 */
export interface GeminiDetails {
  readonly gemini: JsonObject;
}

/** STOP also ends an answer that calls functions: its meaning depends on what came before. */
export function readFinish(raw: string, called: boolean, details: JsonObject): Finish {
  const reason = entryOf(reasons, raw) ?? 'other';
  return {
    reason: reason === 'stop' && called ? 'tool-calls' : reason,
    raw,
    ...(Object.keys(details).length > 0 ? { details: { gemini: details } satisfies GeminiDetails } : {}),
  };
}

/** A prompt that was refused: there is no candidate at all. */
export const blockedPrompt = (promptFeedback: JsonObject, blockReason: string): Finish => ({
  reason: 'content-filter',
  raw: blockReason,
  details: { gemini: { promptFeedback } } satisfies GeminiDetails,
});

export function detailsOf({ details }: Finish): JsonObject {
  const own = isObject(details) ? details.gemini : undefined;
  return isObject(own) ? own : {};
}

const words: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  'context-length': 'MAX_TOKENS',
  'content-filter': 'SAFETY',
  refusal: 'SAFETY',
  pause: 'OTHER',
  other: 'OTHER',
};

const isGeminiWord = (raw: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(raw);

/** The reason in Gemini's words; a word that is not Gemini's own goes into `finishMessage`. */
export function writeFinish({ reason, raw }: Finish): {
  readonly finishReason: string;
  readonly finishMessage?: string;
} {
  if (raw !== undefined && isGeminiWord(raw) && (entryOf(reasons, raw) === reason || reason === 'other'))
    return { finishReason: raw };
  const finishReason = words[reason];
  return finishReason === 'OTHER' && raw ? { finishReason, finishMessage: raw } : { finishReason };
}
