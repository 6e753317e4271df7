import { quirksOf, type UpstreamProtocol } from '@app/providers';
import type { Issuer } from '../chat/blocks';
import { foreignExtras } from '../chat/extras';
import type { ClientFace } from '../chat/face';
import type { ChatRequest } from '../chat/request';
import type { RelayRequest } from '../relay.types';
import { rulesFor, withParameters } from '../overrides/parameters';
import { promptFor, withSystemPrompt } from '../overrides/system-prompt';
import { clientFace, upstreamFace, upstreamWire, wireOf } from '../protocols/faces';
import { completionsClient } from '../protocols/openai-chat/completions';
import { unlessTooDeep } from '../request/depth';
import { addressOf } from './address';
import { followed } from './followed';
import type { Lane } from './lane';
import { TranslateReader } from './translate-reader';

/** Different protocols: decode → neutral → encode, both ways. What the upstream's protocol cannot say is named in `dropped`. */
export const translateLane: Lane = {
  prepare(asked, route) {
    const client = faceOf(asked);
    // Whatever the caller's own operation is: upstream it is a chat.
    const request: RelayRequest = asked.operation === 'chat' ? asked : { ...asked, operation: 'chat' };
    const quirks = quirksOf(route.channel.provider, route.protocol);
    const upstream = upstreamFace(route.protocol);
    const chat = { ...decoded(request, client), model: route.upstreamModel };
    const { bytes, dropped, headers } = unlessTooDeep(() => {
      const prompted = withSystemPrompt(chat, promptFor(request, route));
      const { body, ...rest } = upstream.encodeRequest(prompted, quirks);
      const written = JSON.stringify(withParameters(body, rulesFor(request, route)));
      return { ...rest, bytes: Buffer.from(written, 'utf8') };
    });
    const translation = {
      client,
      upstream,
      wire: upstreamWire(route.protocol),
      quirks,
      stream: request.stream,
      context: {
        model: request.model,
        requestId: request.id,
        created: Math.floor(request.receivedAt / 1000),
        includeUsage: request.stream && wireOf(request.protocol).wantsUsage(request.body),
        request: chat,
        ...(request.past ? { echo: request.past.echo } : {}),
      },
    };
    const address = addressOf(request, route);
    const lost = [...dropped, ...foreignExtras(chat, issuers[route.protocol])];
    const call = { ...address, body: bytes, dropped: lost };
    return {
      call: headers ? { ...call, headers: { ...call.headers, ...headers } } : call,
      ...(upstream.follow
        ? { next: (answer) => followed(upstream.follow?.(answer, request.stream, route.channel.baseUrl), address) }
        : {}),
      reader: (events) => new TranslateReader(translation, events),
    };
  },
};

/** Whose extras an upstream of each protocol is told. */
const issuers: Readonly<Partial<Record<UpstreamProtocol, Issuer>>> = {
  'openai-responses': 'openai',
  'anthropic-messages': 'anthropic',
  gemini: 'gemini',
};

/** Decoded once per call, however many upstreams are tried. */
const decoded = ({ body, model, stream }: RelayRequest, client: ClientFace): ChatRequest =>
  body.readOnce((value) => client.decodeRequest(value, { model, stream }));

const faceOf = ({ operation, protocol }: RelayRequest): ClientFace =>
  operation === 'completions' ? completionsClient : clientFace(protocol);
