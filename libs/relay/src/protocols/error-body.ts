import type { Protocol } from '@app/providers';
import type { RelayError } from '../relay.errors';
import { anthropicErrorBody } from './anthropic-messages/errors';
import { geminiErrorBody } from './gemini/errors';
import { openaiErrorBody } from './openai-errors';

type ErrorBody = (error: RelayError, requestId: string) => object;

const bodies: Readonly<Record<Protocol, ErrorBody>> = {
  'openai-chat': openaiErrorBody,
  'openai-responses': openaiErrorBody,
  'anthropic-messages': anthropicErrorBody,
  gemini: geminiErrorBody,
};

/** An error in the caller's own protocol. */
export const errorBody = (protocol: Protocol, error: RelayError, requestId: string): object =>
  bodies[protocol](error, requestId);
