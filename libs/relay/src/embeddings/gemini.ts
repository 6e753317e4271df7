import { arrayAt, isObject, type JsonObject, textAt } from '../json';
import { readEmbeddingUsage } from '../operations/gemini-embeddings';
import { arrayField, field, numberField, objectField, otherFields } from '../protocols/gemini/fields';
import { resourceOf } from '../protocols/gemini/model-edits';
import { badRequest } from '../relay.errors';
import type { EmbeddingReply, EmbeddingRequest } from './embedding';

/** An `EmbedContentRequest`, or a batch of them. https://ai.google.dev/api/embeddings */
export function decodeRequest(body: JsonObject): EmbeddingRequest {
  const requests = isBatch(body) ? arrayField(body, 'requests').filter(isObject) : [body];
  if (requests.length === 0) throw badRequest('BatchEmbedContentsRequest.requests: requests is empty', 'requests');
  const sizes = new Set(requests.map((request) => numberField(request, 'outputDimensionality')));
  if (sizes.size > 1)
    throw badRequest(
      'This model makes vectors of one size in a call: outputDimensionality must be the same.',
      'requests',
    );
  const [dimensions] = sizes;
  const tasks = new Set(requests.map((request) => textAt(request, 'taskType')));
  const [task] = tasks;
  const isSaid = tasks.size === 1 && task !== undefined;
  const others = requests.flatMap((request) => Object.keys(otherFields(request, understood) ?? {}));
  return {
    inputs: requests.map((request, at) => textOf(request, isBatch(body) ? `requests[${at}].content` : 'content')),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(isSaid ? { task } : {}),
    base64: false,
    dropped: [...new Set(isSaid ? others.filter((name) => name !== 'taskType') : others)],
  };
}

const understood: ReadonlySet<string> = new Set(['model', 'content', 'outputDimensionality']);

export const isBatch = (body: JsonObject): boolean => Array.isArray(body.requests);

function textOf(request: JsonObject, path: string): string {
  const parts = arrayField(objectField(request, 'content'), 'parts');
  const texts = parts.map((part) => field(part, 'text'));
  if (texts.length === 0 || !texts.every((text) => typeof text === 'string'))
    throw badRequest(`This model embeds text only: every part of ${path} must have a text.`, path);
  return texts.join('');
}

/** One input, or (`batch`) any number. On Vertex AI the model is in the path alone. */
export function encodeRequest(
  inputs: readonly string[],
  { dimensions, task }: EmbeddingRequest,
  model: string,
  place: 'single' | 'batch' | 'vertex',
): JsonObject {
  const requests = inputs.map((text) => ({
    ...(place === 'vertex' ? {} : { model: resourceOf(model) }),
    content: { parts: [{ text }] },
    ...(task === undefined ? {} : { taskType: task }),
    ...(dimensions === undefined ? {} : { outputDimensionality: dimensions }),
  }));
  return place === 'batch' ? { requests } : requests[0]!;
}

export function decodeReply(answer: JsonObject): EmbeddingReply {
  const usage = readEmbeddingUsage(answer);
  const entries = isObject(answer.embedding) ? [answer.embedding] : arrayAt(answer, 'embeddings');
  const vectors = entries.map((entry) => arrayAt(entry, 'values') as readonly number[]);
  return { vectors, ...(usage ? { usage } : {}) };
}

export function encodeReply({ vectors, usage }: EmbeddingReply, batch: boolean): JsonObject {
  const embeddings = vectors.map((values) => ({ values }));
  return {
    ...(batch ? { embeddings } : { embedding: embeddings[0] }),
    ...(usage ? { usageMetadata: { promptTokenCount: usage.input } } : {}),
  };
}
