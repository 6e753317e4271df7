import { Settings } from '@app/config';
import {
  badRequest,
  Body,
  estimateInputTokens,
  type OpenTurn,
  RelayError,
  type RelayRequest,
  RelayService,
  relaySettings,
  type Upload,
  wantsStream,
  wireFor,
} from '@app/relay';
import type { Granted } from '@app/platform/limiter';
import type { Operation } from '@app/providers';
import { allowsModel, ApiKeyUsage } from '@app/users';
import { Injectable } from '@nestjs/common';
import { Admission } from './admission';
import type { KnownCaller } from './authenticator';
import { ArrayReply } from './array-reply';
import { BodyBudget } from './body-budget';
import { EchoReply } from './echo-reply';
import type { Endpoint } from './endpoints';
import { modelPath } from './model-path';
import { readBody } from './read-body';
import type { Call } from './relay.listener';
import { ServerReply } from './server-reply';

const MAX_MODEL_LENGTH = 200;

/** What a call names in its body or its path. */
export interface Wanted {
  readonly operation: Operation;
  readonly model: unknown;
  readonly stream: boolean;
  /** The form that the body tells of. */
  readonly upload?: Upload;
}

/** A call that may be made. */
export interface Accepted {
  readonly request: RelayRequest;
  readonly granted: Granted;
}

/** What an operation uses where its caller names no model. */
const usualModel: Readonly<Partial<Record<Operation, string>>> = {
  moderations: 'omni-moderation-latest',
  'image-edits': 'gpt-image-1.5',
  'image-variations': 'dall-e-2',
};

/** Gemini's methods of a model. */
const methods: Readonly<Record<string, Pick<Wanted, 'operation' | 'stream'> | undefined>> = {
  generateContent: { operation: 'chat', stream: false },
  streamGenerateContent: { operation: 'chat', stream: true },
  embedContent: { operation: 'embeddings', stream: false },
  batchEmbedContents: { operation: 'batch-embeddings', stream: false },
};

const controlCharacters = /[\x00-\x1f\x7f]/;

/** A generation call in any protocol: read → look → admit → relay → finish. */
@Injectable()
export class GenerateEndpoint {
  constructor(
    private readonly settings: Settings,
    private readonly admission: Admission,
    private readonly relay: RelayService,
    private readonly keyUsage: ApiKeyUsage,
    private readonly bodies: BodyBudget,
  ) {}

  /** OpenAI's and Anthropic's way: model and stream are in the body. */
  readonly serve =
    (operation: Operation): Endpoint =>
    async (call, known) => {
      return this.relayed(call, known, operation, await this.read(call));
    };

  /** A call whose body names model and stream; `upload`: the form that the body tells of. */
  relayed(call: Call, known: KnownCaller, operation: Operation, body: Body, upload?: Upload): Promise<void> {
    const model = body.value('model') ?? usualModel[operation];
    return this.run(call, known, body, { operation, model, stream: wantsStream(operation, body), upload });
  }

  /** Gemini's way: model and stream are in the path. */
  readonly serveByPath = async (call: Call, known: KnownCaller): Promise<void> => {
    const named = modelPath(call.location.path);
    const method = named && Object.hasOwn(methods, named.method) ? methods[named.method] : undefined;
    if (!named || !method) throw new RelayError('not_found', 'Unknown method of a model.');
    return this.run(call, known, await this.read(call), { ...method, model: named.model });
  };

  async read(call: Call): Promise<Body> {
    return Body.parse(await readBody(call, this.settings.get(relaySettings['body.maxMiB']) * 1024 * 1024, this.bodies));
  }

  async run(call: Call, known: KnownCaller, body: Body, wanted: Wanted, turn?: OpenTurn): Promise<void> {
    const looked = this.look(call, known, body, wanted);
    const request = turn ? turn.goOn(looked) : looked;
    this.keyUsage.touch(known.caller.keyId);
    const admitted = this.admission.admit(known.caller, request.inputTokens, call.headers);
    const granted = admitted instanceof Promise ? await admitted : admitted;
    let usedTokens = 0;
    try {
      const reply = replyTo(request, call);
      const relayed = await this.relay.relay(request, reply);
      usedTokens = relayed.usedTokens;
      if (call.recorder && !relayed.isWhole) call.recorder.spoil();
      const kept = turn?.keep(request, relayed);
      if (kept) await kept;
      reply.finish(relayed.ending);
    } finally {
      granted.release(usedTokens);
    }
  }

  /** look → admit, for a call that is made later. Whoever takes it releases what was granted. */
  async accept(call: Call, known: KnownCaller, body: Body, wanted: Wanted, turn: OpenTurn): Promise<Accepted> {
    const request = turn.goOn(this.look(call, known, body, wanted));
    this.keyUsage.touch(known.caller.keyId);
    return { request, granted: await this.admission.admit(known.caller, request.inputTokens, call.headers) };
  }

  /** What a call asks for; throws 400 and 403. */
  look({ id, receivedAt, location, req }: Call, { caller, ip }: KnownCaller, body: Body, wanted: Wanted): RelayRequest {
    const { protocol } = location;
    const { operation, model, stream, upload } = wanted;
    if (typeof model !== 'string' || model === '')
      throw badRequest("Missing or wrong parameter: 'model' must be a text.", 'model');
    if (model.length > MAX_MODEL_LENGTH || controlCharacters.test(model))
      throw badRequest("'model' is not a model's name.", 'model');
    wireFor({ operation, protocol }).check(body);
    if (!allowsModel(caller, model)) {
      throw new RelayError('model_not_allowed', `This API key may not use the model '${model}'.`, { param: 'model' });
    }
    const inputTokens = estimateInputTokens(body.bytes);
    return {
      id,
      receivedAt,
      caller,
      ip,
      operation,
      protocol,
      model,
      stream,
      body,
      upload,
      inputTokens,
      session: sessionOf(req),
    };
  }
}

function replyTo(request: RelayRequest, call: Call): ServerReply {
  if (wantsArray(request, call)) return new ArrayReply(call);
  const echo = request.past?.echo;
  return echo && Object.keys(echo).length > 0 ? new EchoReply(call, echo) : new ServerReply(call);
}

/** What agents call a conversation. */
function sessionOf({ headers }: Call['req']): string | undefined {
  const named = headers['session_id'] ?? headers['x-session-id'] ?? headers['conversation_id'];
  return typeof named === 'string' && named !== '' ? named : undefined;
}

/** Google streams one JSON array unless its caller asks for events. */
const wantsArray = ({ protocol, stream }: RelayRequest, { location }: Call): boolean =>
  protocol === 'gemini' && stream && !/(^|&)alt=sse(&|$)/.test(location.query);
