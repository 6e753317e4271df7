import { tokens as natural } from '../chat/usage';
import { numberAt, objectAt } from '../json';
import { unstreamed } from './unstreamed';

/**
 * Jina's and Cohere's shape: `{query, documents}` → `{results: [{index, relevance_score}]}`. Jina and Voyage count tokens; Cohere
 * bills search units, each of which costs the price of a request. Voyage's `data` is shown as the `results` that callers read. https://docs.cohere.com/reference/rerank https://jina.ai/reranker
 */
export const rerank = unstreamed({
  expected: {
    required: ['query', 'documents'],
    types: { query: ['string', 'object'], documents: ['array'], top_n: ['number'] },
  },
  isAnswer: ({ results, data }) => Array.isArray(results) || Array.isArray(data),
  shown: ({ results, data, ...rest }) =>
    results === undefined && data !== undefined ? { ...rest, results: data } : undefined,
  usage: (answer) => {
    const usage = objectAt(answer, 'usage');
    const meta = objectAt(answer, 'meta');
    const counted = objectAt(meta, 'tokens') ?? objectAt(meta, 'billed_units');
    const tokens =
      numberAt(usage, 'total_tokens') ?? numberAt(usage, 'prompt_tokens') ?? numberAt(counted, 'input_tokens');
    const units = numberAt(objectAt(meta, 'billed_units'), 'search_units');
    if (tokens === undefined && units === undefined) return undefined;
    return { input: natural(tokens ?? 0), output: 0, ...(units === undefined ? {} : { requests: natural(units) }) };
  },
});
