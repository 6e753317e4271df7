import type { Route } from '@app/channels';
import { totalInput, totalOutput } from '../chat/usage';
import { dialectFor } from '../images/dialects';
import type { ImageReply, ImageRequest, Picture } from '../images/image';
import { decodeRequest, encodeReply } from '../images/openai';
import { mayFetch } from '../images/replicate';
import { drawn } from '../operations/images';
import { rulesFor, withParameters } from '../overrides/parameters';
import { follow } from '../protocols/replicate/follow';
import type { RelayRequest } from '../relay.types';
import type { Fetched, UpstreamCall } from '../transport/transport';
import { addressOf } from './address';
import { followed } from './followed';
import { type Lane, noFacts, type WholeAnswer } from './lane';
import { WholeReader } from './whole-reader';

/** Pictures for a caller of OpenAI's from models that are asked in other words. */
export const imagesLane: Lane = {
  prepare(request, route) {
    const wanted = request.body.readOnce(decodeRequest);
    const dialect = dialectFor(route);
    const { body, dropped, headers } = dialect.encode(wanted, route.upstreamModel);
    const address = addressOf({ operation: request.operation, stream: false }, route);
    const changed = withParameters(body, rulesFor(request, route));
    const call = { ...address, body: Buffer.from(JSON.stringify(changed), 'utf8'), dropped };
    return {
      call: headers ? { ...call, headers: { ...call.headers, ...headers } } : call,
      ...(route.protocol === 'replicate'
        ? { next: (answer) => followed(follow(answer, false, route.channel.baseUrl), address) }
        : {}),
      reader: () => new WholeReader((answer) => looked(dialect.decode(answer), wanted, request, route)),
    };
  },
};

function looked(
  { pictures, usage, error }: ImageReply,
  wanted: ImageRequest,
  { receivedAt }: RelayRequest,
  route: Route,
): WholeAnswer {
  const meaningful = pictures.length > 0;
  const told = usage && { input: totalInput(usage), output: totalOutput(usage) };
  const context = { created: Math.floor(receivedAt / 1000), ...(told ? { usage: told } : {}) };
  const files = wanted.handOver === 'b64_json' || wanted.stream ? filesOf(pictures, route) : [];
  if (files === null) return { ...nothingDrawn, error: keptElsewhere };
  return {
    facts: { usage: usage ?? drawn(pictures.length), finish: undefined, textBytes: 0 },
    meaningful,
    ...(meaningful || error === undefined ? {} : { error }),
    ...(files.length > 0 ? { files } : {}),
    body(fetched) {
      const { text, contentType } = encodeReply(withBytes(pictures, fetched), wanted, context);
      return { bytes: Buffer.from(text, 'utf8'), contentType };
    },
  };
}

/** Who wants bytes does not get them from an address: they are fetched, without the key. Null: from there nothing is. */
function filesOf(pictures: readonly Picture[], { channel }: Route): readonly UpstreamCall[] | null {
  const urls = pictures.flatMap(({ url }) => (url === undefined ? [] : [url]));
  if (!urls.every((url) => mayFetch(url, channel.baseUrl))) return null;
  const { proxy } = channel;
  return urls.map((url) => ({ method: 'GET', url, headers: {}, body: null, dropped: [], proxy }));
}

const nothingDrawn: WholeAnswer = {
  facts: noFacts,
  meaningful: false,
  body: () => ({ bytes: Buffer.alloc(0) }),
};

const keptElsewhere = {
  code: 'file_elsewhere',
  message: 'The upstream keeps its pictures at a place the gateway does not ask.',
};

function withBytes(pictures: readonly Picture[], fetched: readonly Fetched[] = []): readonly Picture[] {
  const files = [...fetched];
  return pictures.map((picture) => {
    const file = picture.url === undefined ? undefined : files.shift();
    return file ? { base64: file.body.toString('base64'), mediaType: mediaTypeOf(file) } : picture;
  });
}

const mediaTypeOf = ({ headers }: Fetched): string => String(headers['content-type'] ?? 'image/png').split(';')[0]!;
