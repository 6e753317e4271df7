import type { Route } from '@app/channels';
import type { BodyShape } from '@app/providers';
import * as bedrock from './bedrock';
import type { EmbeddingDialect } from './embedding';
import * as gemini from './gemini';
import * as openai from './openai';
import * as predict from './predict';

/** What OpenAI takes in one call, and so more than any caller sends. */
const MOST_OF_OPENAI = 2048;
/** https://ai.google.dev/api/embeddings#method:-models.batchembedcontents */
const MOST_OF_GEMINI = 100;
/** 250 texts are taken, but only 20 000 tokens of them. */
const MOST_PREDICTED = 50;
/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html */
const MOST_OF_COHERE = 96;

const openaiDialect: EmbeddingDialect = {
  operation: 'embeddings',
  most: MOST_OF_OPENAI,
  saysTask: false,
  encode: openai.encodeRequest,
  decode: openai.decodeReply,
};

const single: EmbeddingDialect = {
  operation: 'embeddings',
  most: 1,
  saysTask: true,
  encode: (inputs, wanted, model) => gemini.encodeRequest(inputs, wanted, model, 'single'),
  decode: gemini.decodeReply,
};

const batch: EmbeddingDialect = {
  operation: 'batch-embeddings',
  most: MOST_OF_GEMINI,
  saysTask: true,
  encode: (inputs, wanted, model) => gemini.encodeRequest(inputs, wanted, model, 'batch'),
  decode: gemini.decodeReply,
};

const ofShape: Readonly<Record<BodyShape, EmbeddingDialect>> = {
  predict: {
    operation: 'embeddings',
    most: MOST_PREDICTED,
    saysTask: true,
    encode: predict.encodeRequest,
    decode: predict.decodeReply,
  },
  // On Vertex AI the model is in the path alone.
  'embed-content': {
    ...single,
    encode: (inputs, wanted, model) => gemini.encodeRequest(inputs, wanted, model, 'vertex'),
  },
  'titan-embed': {
    operation: 'embeddings',
    most: 1,
    saysTask: false,
    encode: bedrock.encodeTitan,
    decode: bedrock.decodeTitan,
  },
  'cohere-embed': {
    operation: 'embeddings',
    most: MOST_OF_COHERE,
    saysTask: true,
    encode: bedrock.encodeCohere,
    decode: bedrock.decodeCohere,
  },
};

/** How the route's model is asked for so many vectors. */
export function dialectFor({ channel, protocol, upstreamModel }: Route, inputs: number): EmbeddingDialect {
  // A batch tells the shapes that embed one content at a time, too.
  const shape = channel.provider.shapeOf?.('batch-embeddings', upstreamModel);
  if (shape === 'predict' && /gemini-embedding/.test(upstreamModel)) return { ...ofShape.predict, most: 1 };
  if (shape) return ofShape[shape];
  if (protocol !== 'gemini') return openaiDialect;
  return inputs === 1 ? single : batch;
}
