import { unstreamed } from './unstreamed';

/** https://platform.openai.com/docs/api-reference/moderations — reports no usage: what the input amounts to is estimated. */
export const moderations = unstreamed({
  expected: { required: ['input'], types: { input: ['string', 'array'] } },
  isAnswer: ({ results }) => Array.isArray(results),
  usage: () => undefined,
});
