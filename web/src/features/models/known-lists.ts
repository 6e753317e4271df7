/** Public price lists, suggested where an address is asked for. */
export const knownLists = [
  {
    name: 'LiteLLM',
    url: 'https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json',
  },
  { name: 'models.dev', url: 'https://models.dev/api.json' },
] as const;
