import { type Body, TokenCounter } from '@app/relay';
import { ApiKeyUsage } from '@app/users';
import { Injectable } from '@nestjs/common';
import { Admission } from './admission';
import type { KnownCaller } from './authenticator';
import type { Endpoint } from './endpoints';
import { GenerateEndpoint } from './generate.endpoint';
import { modelPath } from './model-path';
import type { Call } from './relay.listener';
import { ServerReply } from './server-reply';

/** Says that the gateway counted itself, and how far the number can be trusted. */
const ESTIMATED = 'x-oneapi-estimated';
const METHOD = ':countTokens';

/** What a conversation would take in: Anthropic's `count_tokens` and Gemini's `countTokens`. */
@Injectable()
export class CountTokensEndpoint {
  constructor(
    private readonly generate: GenerateEndpoint,
    private readonly admission: Admission,
    private readonly counter: TokenCounter,
    private readonly keyUsage: ApiKeyUsage,
  ) {}

  /** Anthropic's way: the model is in the body. */
  readonly serve: Endpoint = async (call, known) => {
    const body = await this.generate.read(call);
    return this.run(call, known, body, body.value('model'));
  };

  /** Gemini's way: the model is in the path, and so is what is asked of it. */
  readonly serveByPath: Endpoint = async (call, known) => {
    if (!call.location.path.endsWith(METHOD)) return this.generate.serveByPath(call, known);
    return this.run(call, known, await this.generate.read(call), modelPath(call.location.path)?.model);
  };

  private async run(call: Call, known: KnownCaller, body: Body, model: unknown): Promise<void> {
    const request = this.generate.look(call, known, body, { operation: 'count-tokens', model, stream: false });
    this.keyUsage.touch(known.caller.keyId);
    // A count is a request, but it takes in no tokens.
    const granted = await this.admission.admit(known.caller, 0, call.headers);
    try {
      const reply = new ServerReply(call);
      const { ending, estimated } = await this.counter.count(request, reply);
      if (estimated) call.headers[ESTIMATED] = 'true';
      reply.finish(ending);
    } finally {
      granted.release(0);
    }
  }
}
