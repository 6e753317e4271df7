// @ts-check
import { anthropic } from './anthropic.mjs';
import { bedrock } from './bedrock.mjs';
import { gemini } from './gemini.mjs';
import { openaiChat } from './openai-chat.mjs';
import { openaiCompletions } from './openai-completions.mjs';
import { openaiMedia } from './openai-media.mjs';
import { openaiEmbeddings, openaiModels, openaiModerations, rerank } from './openai-others.mjs';
import { openaiResponseDeletion, openaiResponses } from './openai-responses.mjs';
import { vertex } from './vertex.mjs';

/** @type {readonly import('./face.mjs').Endpoint[]} */
const endpoints = [
  openaiChat,
  openaiCompletions,
  openaiResponses,
  openaiResponseDeletion,
  openaiEmbeddings,
  openaiModerations,
  rerank,
  ...openaiMedia,
  ...openaiModels,
  ...anthropic,
  ...gemini,
  ...bedrock,
  ...vertex,
];

/**
 * @param {string} method
 * @param {string} path
 * @returns {{ endpoint: import('./face.mjs').Endpoint, model: string } | null}
 */
export function findEndpoint(method, path) {
  for (const endpoint of endpoints) {
    const match = endpoint.method === method ? endpoint.path.exec(path) : null;
    if (match) return { endpoint, model: decodeURIComponent(match[1] ?? '') };
  }
  return null;
}
