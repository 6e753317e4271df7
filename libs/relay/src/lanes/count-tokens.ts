import type { Route } from '@app/channels';
import { quirksOf, type UpstreamProtocol } from '@app/providers';
import type { Encoded } from '../chat/face';
import type { ChatRequest } from '../chat/request';
import { type JsonObject, numberAt } from '../json';
import { countTokensBody } from '../protocols/anthropic-messages/upstream';
import { converseCountBody } from '../protocols/bedrock-converse/count-tokens';
import { clientFace, upstreamFace, upstreamWire } from '../protocols/faces';
import { decodeCountTokens, encodeCountTokens, readTokenCount, tokenCountBody } from '../protocols/gemini/count-tokens';
import { RelayError } from '../relay.errors';
import type { RelayRequest } from '../relay.types';
import { addressOf } from './address';
import { type Lane, noFacts, type WholeAnswer } from './lane';
import { WholeReader } from './whole-reader';

/** A count asked for in one protocol and made by an upstream that speaks another. */
export const countTokensLane: Lane = {
  prepare(request, route) {
    const { body, dropped, headers } = encoded({ ...countedRequest(request), model: route.upstreamModel }, route);
    const address = addressOf(request, route);
    const call = { ...address, body: Buffer.from(JSON.stringify(body), 'utf8'), dropped };
    return {
      call: headers ? { ...call, headers: { ...call.headers, ...headers } } : call,
      reader: () => new WholeReader((answer) => looked(answer, request, route.protocol)),
    };
  },
};

/** The request whose tokens are asked for; decoded once per call. */
export const countedRequest = ({ body, protocol, model }: RelayRequest): ChatRequest =>
  body.readOnce((value) =>
    protocol === 'gemini'
      ? decodeCountTokens(value, { model })
      : clientFace(protocol).decodeRequest(value, { model, stream: false }),
  );

/** A count in the caller's protocol. */
export const countBody = (tokens: number, { protocol }: Pick<RelayRequest, 'protocol'>): JsonObject =>
  protocol === 'gemini' ? tokenCountBody(tokens) : { input_tokens: tokens };

/** There the request stands in the body itself, not in a `generateContentRequest`. */
export const isVertex = ({ channel, protocol }: Route): boolean =>
  protocol === 'gemini' && channel.provider.id === 'vertex-ai';

function encoded(chat: ChatRequest, route: Route): Encoded {
  const quirks = quirksOf(route.channel.provider, route.protocol);
  if (route.protocol === 'gemini') return encodeCountTokens(chat, quirks, isVertex(route) ? 'vertex' : 'gemini');
  const { body, dropped, headers } = upstreamFace(route.protocol).encodeRequest(chat, quirks);
  if (route.protocol === 'bedrock-converse') return { body: converseCountBody(body), dropped };
  return { body: countTokensBody(body), dropped, ...(headers ? { headers } : {}) };
}

function looked(answer: JsonObject, request: RelayRequest, protocol: UpstreamProtocol): WholeAnswer {
  const tokens =
    protocol === 'gemini'
      ? readTokenCount(answer)
      : numberAt(answer, protocol === 'bedrock-converse' ? 'inputTokens' : 'input_tokens');
  const { error } = upstreamWire(protocol).whole(answer, quirksOf({}, protocol));
  return {
    facts: noFacts,
    meaningful: tokens !== undefined,
    ...(tokens === undefined ? { error } : {}),
    body: () => {
      if (tokens === undefined) throw new RelayError('upstream_error', 'The upstream gave no count.');
      return { bytes: Buffer.from(JSON.stringify(countBody(tokens, request))), contentType: 'application/json' };
    },
  };
}
