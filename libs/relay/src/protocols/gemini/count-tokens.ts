import type { Quirks } from '@app/providers';
import type { Encoded } from '../../chat/face';
import type { ChatRequest } from '../../chat/request';
import { type JsonObject, numberAt } from '../../json';
import { decodeRequest } from './decode-request';
import { encodeRequest } from './encode-request';
import { objectField } from './fields';
import { resourceOf } from './model-edits';

/** `countTokens` takes `contents` alone, or a whole `generateContentRequest`. https://ai.google.dev/api/tokens */
export function decodeCountTokens(body: JsonObject, path: { readonly model?: string }): ChatRequest {
  return decodeRequest(objectField(body, 'generateContentRequest') ?? body, { ...path, stream: false });
}

/** What counts besides the contents: on Vertex it stands beside them, in the Gemini API inside a request of its own. */
const counted = ['contents', 'systemInstruction', 'tools'] as const;

export function encodeCountTokens(
  request: ChatRequest,
  quirks: Quirks,
  place: 'gemini' | 'vertex' = 'gemini',
): Encoded {
  const { body, dropped } = encodeRequest(request, quirks);
  const parts = Object.fromEntries(counted.filter((name) => name in body).map((name) => [name, body[name]]));
  if (place === 'vertex' || Object.keys(parts).length === 1) return { body: parts, dropped };
  return { body: { generateContentRequest: { model: resourceOf(request.model), ...parts } }, dropped };
}

export const readTokenCount = (answer: JsonObject): number | undefined => numberAt(answer, 'totalTokens');

export const tokenCountBody = (tokens: number): JsonObject => ({ totalTokens: tokens });
