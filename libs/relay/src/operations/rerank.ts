import { tokens as natural } from '../chat/usage';
import { numberAt, objectAt } from '../json';
import { unstreamed } from './unstreamed';

/**
 * Jina's and Cohere's shape: `{query, documents}` → `{results: [{index, relevance_score}]}`. Jina and Voyage count tokens; Cohere
 * bills search units, which a price per request covers. https://docs.cohere.com/reference/rerank https://jina.ai/reranker
 */
export const rerank = unstreamed({
  expected: {
    required: ['query', 'documents'],
    types: { query: ['string', 'object'], documents: ['array'], top_n: ['number'] },
  },
  isAnswer: ({ results, data }) => Array.isArray(results) || Array.isArray(data),
  usage: (answer) => {
    const usage = objectAt(answer, 'usage');
    const meta = objectAt(answer, 'meta');
    const counted = objectAt(meta, 'tokens') ?? objectAt(meta, 'billed_units');
    const tokens =
      numberAt(usage, 'total_tokens') ?? numberAt(usage, 'prompt_tokens') ?? numberAt(counted, 'input_tokens');
    return tokens === undefined ? undefined : { input: natural(tokens), output: 0 };
  },
});
