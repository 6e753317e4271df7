import { tokens as natural } from '../chat/usage';
import { numberAt, objectAt } from '../json';
import { unstreamed } from './unstreamed';

/** https://platform.openai.com/docs/api-reference/embeddings — Cohere, Voyage and Jina answer in the same outer shape. */
export const embeddings = unstreamed({
  expected: {
    required: ['input'],
    types: { input: ['string', 'array'], dimensions: ['number'], encoding_format: ['string'] },
  },
  isAnswer: ({ data, embeddings: vectors }) => Array.isArray(data) || vectors !== undefined,
  usage: (answer) => {
    const usage = objectAt(answer, 'usage');
    const billed = objectAt(objectAt(answer, 'meta'), 'billed_units');
    const tokens =
      numberAt(usage, 'prompt_tokens') ?? numberAt(usage, 'total_tokens') ?? numberAt(billed, 'input_tokens');
    return tokens === undefined ? undefined : { input: natural(tokens), output: 0 };
  },
});
