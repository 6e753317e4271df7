import { arrayAt, isObject, type JsonObject, numberAt } from '../json';
import { embeddings } from '../operations/embeddings';
import { badRequest } from '../relay.errors';
import { quirksOf } from '@app/providers';
import type { EmbeddingReply, EmbeddingRequest } from './embedding';

/** https://platform.openai.com/docs/api-reference/embeddings */
export function decodeRequest(body: JsonObject): EmbeddingRequest {
  const { input, dimensions, encoding_format: format } = body;
  const task = tasks[String(body.input_type)];
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (inputs.length === 0 || !inputs.every((text) => typeof text === 'string' && text !== ''))
    throw badRequest(
      "This model takes texts: 'input' must be a string or a list of strings, none of them empty.",
      'input',
    );
  return {
    inputs: inputs as readonly string[], // checked above
    ...(typeof dimensions === 'number' ? { dimensions } : {}),
    ...(task === undefined ? {} : { task }),
    base64: format === 'base64',
    dropped: Object.keys(body).filter(
      (name) => !understood.has(name) && body[name] != null && !(name === 'input_type' && task !== undefined),
    ),
  };
}

const understood: ReadonlySet<string> = new Set(['model', 'input', 'dimensions', 'encoding_format']);

/** OpenAI has no word for it; Cohere, Voyage and NVIDIA say `input_type`. */
const tasks: Readonly<Record<string, string>> = {
  query: 'RETRIEVAL_QUERY',
  search_query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  passage: 'RETRIEVAL_DOCUMENT',
  search_document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

export function encodeRequest(
  inputs: readonly string[],
  { dimensions }: Pick<EmbeddingRequest, 'dimensions'>,
  model: string,
): JsonObject {
  const input = inputs.length === 1 ? inputs[0] : inputs;
  return { model, input, encoding_format: 'float', ...(dimensions === undefined ? {} : { dimensions }) };
}

export function decodeReply(answer: JsonObject): EmbeddingReply {
  const { usage } = embeddings.whole(answer, quirksOf({}, 'openai-chat'));
  const entries = arrayAt(answer, 'data').filter(isObject);
  const inOrder = [...entries].sort((a, b) => (numberAt(a, 'index') ?? 0) - (numberAt(b, 'index') ?? 0));
  return { vectors: inOrder.map(({ embedding }) => vectorOf(embedding)), ...(usage ? { usage } : {}) };
}

/** `tokens`: what the call is charged for, as OpenAI's callers expect to be told. */
export function encodeReply({ vectors }: EmbeddingReply, base64: boolean, model: string, tokens: number): JsonObject {
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: base64 ? base64Of(vector) : vector,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

const FLOAT_BYTES = 4;

/** Some upstreams answer in base64, whatever they are asked for. */
function vectorOf(embedding: unknown): readonly number[] {
  if (typeof embedding !== 'string') return Array.isArray(embedding) ? (embedding as number[]) : [];
  const bytes = Buffer.from(embedding, 'base64');
  return Array.from({ length: Math.floor(bytes.length / FLOAT_BYTES) }, (_, at) => bytes.readFloatLE(at * FLOAT_BYTES));
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * FLOAT_BYTES);
  vector.forEach((value, at) => bytes.writeFloatLE(value, at * FLOAT_BYTES));
  return bytes.toString('base64');
}
