import { tokens as natural } from '../chat/usage';
import { arrayAt, type JsonObject, numberAt, objectAt } from '../json';
import type { EmbeddingReply, EmbeddingRequest } from './embedding';

/** Vertex AI's `:predict`. https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
export const encodeRequest = (
  inputs: readonly string[],
  { dimensions, task }: Pick<EmbeddingRequest, 'dimensions' | 'task'>,
): JsonObject => ({
  instances: inputs.map((content) => ({ content, ...(task === undefined ? {} : { task_type: task }) })),
  ...(dimensions === undefined ? {} : { parameters: { outputDimensionality: dimensions } }),
});

export function decodeReply(answer: JsonObject): EmbeddingReply {
  const entries = arrayAt(answer, 'predictions').map((prediction) => objectAt(prediction, 'embeddings'));
  const counts = entries.map((entry) => numberAt(objectAt(entry, 'statistics'), 'token_count'));
  const isCounted = counts.length > 0 && counts.every((count) => count !== undefined);
  return {
    vectors: entries.map((entry) => arrayAt(entry, 'values') as readonly number[]),
    ...(isCounted ? { usage: { input: natural(counts.reduce((sum, count) => sum + count, 0)), output: 0 } } : {}),
  };
}
