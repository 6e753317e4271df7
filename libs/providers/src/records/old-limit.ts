/** The name of the output limit that servers of every age know. Only OpenAI's own ask for the newer one. */
export const oldLimit = { max_completion_tokens: 'max_tokens' };
