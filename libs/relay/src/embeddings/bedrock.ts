import { tokens as natural } from '../chat/usage';
import { arrayAt, type JsonObject, numberAt, objectAt } from '../json';
import type { EmbeddingReply, EmbeddingRequest } from './embedding';

type Wanted = Pick<EmbeddingRequest, 'dimensions' | 'task'>;

/** One text. https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
export const encodeTitan = ([inputText]: readonly string[], { dimensions }: Wanted): JsonObject => ({
  inputText,
  ...(dimensions === undefined ? {} : { dimensions }),
});

export function decodeTitan(answer: JsonObject): EmbeddingReply {
  const vector = arrayAt(answer, 'embedding') as readonly number[];
  const tokens = numberAt(answer, 'inputTextTokenCount');
  return {
    vectors: vector.length > 0 ? [vector] : [],
    ...(tokens === undefined ? {} : { usage: { input: natural(tokens), output: 0 } }),
  };
}

const inputTypes: Readonly<Record<string, string>> = {
  RETRIEVAL_QUERY: 'search_query',
  QUESTION_ANSWERING: 'search_query',
  CODE_RETRIEVAL_QUERY: 'search_query',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html — it does not say what it has counted. */
export const encodeCohere = (texts: readonly string[], { dimensions, task = '' }: Wanted): JsonObject => ({
  texts,
  input_type: inputTypes[task] ?? 'search_document',
  ...(dimensions === undefined ? {} : { output_dimension: dimensions }),
});

/** Vectors alone, or by their type where types were asked for. */
export function decodeCohere(answer: JsonObject): EmbeddingReply {
  const typed = objectAt(answer, 'embeddings');
  return { vectors: arrayAt(typed ?? answer, typed ? 'float' : 'embeddings') as readonly (readonly number[])[] };
}
