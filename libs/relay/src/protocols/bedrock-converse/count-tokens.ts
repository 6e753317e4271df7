import type { JsonObject } from '../../json';

/** What of a request its tokens are counted by. */
const counted = ['messages', 'system', 'toolConfig', 'additionalModelRequestFields'] as const;

/** https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseTokensRequest.html */
export const converseCountBody = (body: JsonObject): JsonObject => ({
  input: { converse: Object.fromEntries(counted.filter((name) => name in body).map((name) => [name, body[name]])) },
});
