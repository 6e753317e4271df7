/** OpenAI's own page of each model. */
export const openaiModels = 'https://developers.openai.com/api/docs/models';

/** Public transcriptions of vendors' price pages, for figures whose page itself was not read. */
export const modelsDev = (commit: string, path: string): string =>
  `https://github.com/anomalyco/models.dev/blob/${commit}/providers/${path}.toml`;

export const genaiPrices = (commit: string, provider: string): string =>
  `https://github.com/pydantic/genai-prices/blob/${commit}/prices/providers/${provider}.yml`;
