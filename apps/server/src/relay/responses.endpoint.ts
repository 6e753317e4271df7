import {
  BackgroundRuns,
  badRequest,
  RelayError,
  responseOf,
  ResponseStore,
  ResponseTurns,
  TurnReader,
  type StoredTurn,
  UpstreamCopies,
} from '@app/relay';
import { Injectable } from '@nestjs/common';
import type { KnownCaller } from './authenticator';
import { BackgroundCalls } from './background-calls';
import { GenerateEndpoint } from './generate.endpoint';
import { itemList } from './item-list';
import type { Call } from './relay.listener';
import { sendJson } from './send';

/** The Responses API: https://platform.openai.com/docs/api-reference/responses */
@Injectable()
export class ResponsesEndpoint {
  constructor(
    private readonly generate: GenerateEndpoint,
    private readonly turns: ResponseTurns,
    private readonly reader: TurnReader,
    private readonly store: ResponseStore,
    private readonly background: BackgroundCalls,
    private readonly runs: BackgroundRuns,
    private readonly copies: UpstreamCopies,
  ) {}

  readonly create = async (call: Call, known: KnownCaller): Promise<void> => {
    const body = await this.generate.read(call);
    if (body.value('background') === true) return this.background.start(call, known, body);
    const turn = await this.turns.open(known.caller, body);
    const wanted = { operation: 'chat', model: body.value('model'), stream: body.value('stream') === true } as const;
    return this.generate.run(call, known, body, wanted, turn);
  };

  /** `/v1/responses/{id}` and `/v1/responses/{id}/input_items`. */
  readonly get = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const { id, verb } = pathOf(call);
    const turn = await this.found(caller.userId, id);
    if (verb === undefined && wantsStream(call)) return this.background.stream(call, turn);
    if (verb === undefined) return sendJson(call, 200, responseOf(turn));
    if (verb !== 'input_items') throw unknownUrl(call);
    sendJson(call, 200, itemList(await this.reader.inputItems(caller, turn), call.location.query));
  };

  readonly delete = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const { id, verb } = pathOf(call);
    if (verb !== undefined) throw unknownUrl(call);
    const turn = await this.found(caller.userId, id);
    this.runs.stop(id);
    await this.copies.delete(turn);
    if (!(await this.store.delete(caller.userId, id))) throw missing(id);
    sendJson(call, 200, { id, object: 'response', deleted: true });
  };

  /** `/v1/responses/{id}/cancel`. */
  readonly act = async (call: Call, { caller }: KnownCaller): Promise<void> => {
    const { id, verb } = pathOf(call);
    if (verb !== 'cancel') throw unknownUrl(call);
    const { background } = await this.found(caller.userId, id);
    if (!background) throw badRequest('Cannot cancel a synchronous response.');
    await this.runs.cancel(id);
    sendJson(call, 200, responseOf(await this.found(caller.userId, id)));
  };

  private async found(userId: string, id: string): Promise<StoredTurn> {
    const turn = await this.store.findSoon(userId, id);
    if (!turn) throw missing(id);
    return turn;
  }
}

const wantsStream = ({ location }: Call): boolean =>
  location.query !== '' && new URLSearchParams(location.query).get('stream') === 'true';

function pathOf(call: Call): { readonly id: string; readonly verb: string | undefined } {
  const [id = '', verb, ...more] = call.location.path.slice('/v1/responses/'.length).split('/');
  if (id === '' || more.length > 0) throw unknownUrl(call);
  return { id: decoded(id), verb };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const unknownUrl = ({ req }: Call): RelayError => new RelayError('not_found', `Unknown request URL: ${req.method}.`);

/** Also for what is somebody else's. */
const missing = (id: string): RelayError =>
  new RelayError('not_found', `Response with id '${id.slice(0, 200)}' not found.`, {
    upstream: { type: 'invalid_request_error', code: null },
  });
