import type { Route } from '@app/channels';
import { offers, type Operation } from '@app/providers';
import type { EmbeddingReply, EmbeddingRequest } from '../embeddings/embedding';
import * as gemini from '../embeddings/gemini';
import * as openai from '../embeddings/openai';
import type { JsonObject } from '../json';
import { rulesFor, withParameters } from '../overrides/parameters';
import { badRequest } from '../relay.errors';
import type { RelayRequest } from '../relay.types';
import { addressOf } from './address';
import type { Lane, WholeAnswer } from './lane';
import { WholeReader } from './whole-reader';

/** Vectors for a caller of OpenAI's from Gemini, and the other way round. */
export const embeddingsLane: Lane = {
  prepare(request, route) {
    const wanted = decoded(request);
    const { operation, body } = encoded(wanted, route);
    const address = addressOf({ operation, stream: false }, route);
    const changed = withParameters(body, rulesFor({ model: request.model, operation: 'embeddings' }, route));
    return {
      call: { ...address, body: Buffer.from(JSON.stringify(changed), 'utf8'), dropped: wanted.dropped },
      reader: () => new WholeReader((answer) => looked(answer, wanted, request, route)),
    };
  },
};

/** Decoded once per call, however many upstreams are tried. */
const decoded = ({ body, protocol }: RelayRequest): EmbeddingRequest =>
  body.readOnce(protocol === 'gemini' ? gemini.decodeRequest : openai.decodeRequest);

function encoded(
  wanted: EmbeddingRequest,
  { channel, protocol, upstreamModel }: Route,
): { readonly operation: Operation; readonly body: JsonObject } {
  if (protocol !== 'gemini') return { operation: 'embeddings', body: openai.encodeRequest(wanted, upstreamModel) };
  const batches = offers(channel.provider, protocol, 'batch-embeddings');
  if (wanted.inputs.length === 1) {
    const place = batches ? 'single' : 'vertex';
    return { operation: 'embeddings', body: gemini.encodeRequest(wanted, upstreamModel, place) };
  }
  if (!batches) throw badRequest("This model takes one input at a time: 'input' must be a string.", 'input');
  return { operation: 'batch-embeddings', body: gemini.encodeRequest(wanted, upstreamModel, 'batch') };
}

function looked(answer: JsonObject, wanted: EmbeddingRequest, request: RelayRequest, route: Route): WholeAnswer {
  const reply = route.protocol === 'gemini' ? gemini.decodeReply(answer) : openai.decodeReply(answer);
  const { vectors, usage } = reply;
  // A vector too few would be somebody else's in the caller's index.
  const meaningful = vectors.length === wanted.inputs.length && vectors.every((vector) => vector.length > 0);
  return {
    facts: { usage, finish: undefined, textBytes: 0 },
    meaningful,
    ...(meaningful || answer.error == null ? {} : { error: answer.error }),
    body: () => ({ bytes: Buffer.from(JSON.stringify(told(reply, wanted, request))), contentType: 'application/json' }),
  };
}

function told(reply: EmbeddingReply, { base64 }: EmbeddingRequest, request: RelayRequest): JsonObject {
  const { operation, protocol, model, inputTokens } = request;
  return protocol === 'gemini'
    ? gemini.encodeReply(reply, operation === 'batch-embeddings')
    : openai.encodeReply(reply, base64, model, reply.usage?.input ?? inputTokens);
}
