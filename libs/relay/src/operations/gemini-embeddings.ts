import { tokens as natural, type Usage } from '../chat/usage';
import { isObject, type JsonObject, numberAt } from '../json';
import type { Wire } from '../lanes/wire';
import { modelEdits } from '../protocols/gemini/model-edits';
import type { Expected } from './check';
import { unstreamed } from './unstreamed';

/** Only the later models tell what they took in. https://ai.google.dev/api/embeddings */
export function readEmbeddingUsage({ usageMetadata }: JsonObject): Usage | undefined {
  const tokens = numberAt(usageMetadata, 'promptTokenCount');
  return tokens === undefined ? undefined : { input: natural(tokens), output: 0 };
}

const embedding = (expected: Expected): Wire => ({
  ...unstreamed({
    expected,
    isAnswer: ({ embedding: one, embeddings }) => isObject(one) || Array.isArray(embeddings),
    usage: readEmbeddingUsage,
  }),
  protocol: 'gemini',
  nameModel: modelEdits,
});

export const embedContent = embedding({ required: ['content'], types: { content: ['object'] } });
export const batchEmbedContents = embedding({ required: ['requests'], types: { requests: ['array'] } });
