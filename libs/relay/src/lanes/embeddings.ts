import type { Route } from '@app/channels';
import { dialectFor } from '../embeddings/dialects';
import type { EmbeddingDialect, EmbeddingReply, EmbeddingRequest } from '../embeddings/embedding';
import * as gemini from '../embeddings/gemini';
import * as openai from '../embeddings/openai';
import { isObject, type JsonObject } from '../json';
import { rulesFor, withParameters } from '../overrides/parameters';
import { badRequest } from '../relay.errors';
import type { RelayRequest } from '../relay.types';
import type { UpstreamCall } from '../transport/transport';
import { addressOf } from './address';
import type { Lane, NextCall, WholeAnswer } from './lane';
import { WholeReader } from './whole-reader';

/** One call of a caller's may become so many upstream, where a model takes few inputs at a time. */
const MOST_CALLS = 256;

/** Vectors from an upstream that is asked in other words than the caller's, a few inputs at a time where it takes no more. */
export const embeddingsLane: Lane = {
  prepare(request, route) {
    const wanted = decoded(request);
    const dialect = dialectFor(route, wanted.inputs.length);
    const most = dialect.most * MOST_CALLS;
    if (wanted.inputs.length > most)
      throw badRequest(
        `This model takes at most ${most} inputs in a call.`,
        request.protocol === 'gemini' ? 'requests' : 'input',
      );
    const calls = new Calls(request, route, wanted, dialect);
    return {
      call: calls.call(0),
      next: (answer) => calls.after(answer),
      reader: () => new WholeReader((answer) => looked(calls.withRest(answer), answer, wanted, request)),
    };
  },
};

/** Decoded once per call, however many upstreams are tried. */
const decoded = ({ body, protocol }: RelayRequest): EmbeddingRequest =>
  body.readOnce(protocol === 'gemini' ? gemini.decodeRequest : openai.decodeRequest);

/** The calls for one request on one route, one after the other, and what they have brought. */
class Calls {
  private readonly replies: EmbeddingReply[] = [];

  constructor(
    private readonly request: RelayRequest,
    private readonly route: Route,
    private readonly wanted: EmbeddingRequest,
    private readonly dialect: EmbeddingDialect,
  ) {}

  call(from: number): UpstreamCall {
    const { dialect, wanted, route, request } = this;
    const inputs = wanted.inputs.slice(from, from + dialect.most);
    const body = withRules(dialect.encode(inputs, wanted, route.upstreamModel), request, route);
    const address = addressOf({ operation: dialect.operation, stream: false }, route);
    return { ...address, body: Buffer.from(JSON.stringify(body), 'utf8'), dropped: this.dropped };
  }

  private get dropped(): readonly string[] {
    const { wanted, dialect, request } = this;
    if (wanted.task === undefined || dialect.saysTask) return wanted.dropped;
    return [...wanted.dropped, request.protocol === 'gemini' ? 'taskType' : 'input_type'];
  }

  /** The call for the next inputs, where `answer` has brought all that it was asked for. */
  after(answer: JsonObject): NextCall | undefined {
    const reply = this.dialect.decode(answer);
    const from = this.done;
    const end = from + this.dialect.most;
    const isLast = end >= this.wanted.inputs.length;
    if (isLast || reply.vectors.length !== end - from) return undefined;
    this.replies.push(reply);
    return { call: this.call(end), afterMs: 0 };
  }

  withRest(answer: JsonObject): EmbeddingReply {
    const all = [...this.replies, this.dialect.decode(answer)];
    const usages = all.map(({ usage }) => usage);
    const input = usages.reduce((sum, usage) => sum + (usage?.input ?? 0), 0);
    return {
      vectors: all.flatMap(({ vectors }) => vectors),
      ...(usages.every((usage) => usage !== undefined) ? { usage: { input, output: 0 } } : {}),
    };
  }

  private get done(): number {
    return this.replies.length * this.dialect.most;
  }
}

/** An operator's rules for embeddings hold for each request of a batch. */
function withRules(body: JsonObject, { model }: RelayRequest, route: Route): JsonObject {
  const rules = rulesFor({ model, operation: 'embeddings' }, route);
  if (rules.length === 0 || !Array.isArray(body.requests)) return withParameters(body, rules);
  return { ...body, requests: body.requests.filter(isObject).map((one) => withParameters(one, rules)) };
}

function looked(
  reply: EmbeddingReply,
  answer: JsonObject,
  wanted: EmbeddingRequest,
  request: RelayRequest,
): WholeAnswer {
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
