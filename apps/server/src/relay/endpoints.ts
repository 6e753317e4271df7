import { RelayError } from '@app/relay';
import { Injectable } from '@nestjs/common';
import type { KnownCaller } from './authenticator';
import { ClientSecretsEndpoint } from './client-secrets.endpoint';
import { ConversationsEndpoint } from './conversations.endpoint';
import { CountTokensEndpoint } from './count-tokens.endpoint';
import { GenerateEndpoint } from './generate.endpoint';
import type { Location } from './location';
import { ModelsEndpoint } from './models.endpoint';
import type { Call } from './relay.listener';
import { ResponsesEndpoint } from './responses.endpoint';
import { UploadEndpoint } from './upload.endpoint';
import { UsageEndpoint } from './usage.endpoint';

/** What serves one path of the data plane, for a caller who is known. */
export type Endpoint = (call: Call, caller: KnownCaller) => void | Promise<void>;

type Methods = Readonly<Record<string, Endpoint>>;

/** The data plane's map: path → method → endpoint. */
@Injectable()
export class Endpoints {
  private readonly exact: ReadonlyMap<string, Methods>;
  private readonly below: readonly (readonly [string, Methods])[];

  constructor(
    generate: GenerateEndpoint,
    responses: ResponsesEndpoint,
    conversations: ConversationsEndpoint,
    upload: UploadEndpoint,
    models: ModelsEndpoint,
    usage: UsageEndpoint,
    count: CountTokensEndpoint,
    clientSecrets: ClientSecretsEndpoint,
  ) {
    this.exact = new Map<string, Methods>([
      ['/v1/chat/completions', { POST: generate.serve('chat') }],
      ['/v1/responses', { POST: responses.create }],
      ['/v1/conversations', { POST: conversations.create }],
      ['/v1/messages', { POST: generate.serve('chat') }],
      ['/v1/messages/count_tokens', { POST: count.serve }],
      ['/v1/completions', { POST: generate.serve('completions') }],
      ['/v1/embeddings', { POST: generate.serve('embeddings') }],
      ['/v1/images/generations', { POST: generate.serve('images') }],
      ['/v1/images/edits', { POST: upload.serve('image-edits', generate.serve('image-edits')) }],
      ['/v1/images/variations', { POST: upload.serve('image-variations') }],
      ['/v1/audio/speech', { POST: generate.serve('speech') }],
      ['/v1/audio/transcriptions', { POST: upload.serve('transcriptions') }],
      ['/v1/audio/translations', { POST: upload.serve('translations') }],
      ['/v1/moderations', { POST: generate.serve('moderations') }],
      ['/v1/rerank', { POST: generate.serve('rerank') }],
      ['/v1/realtime/client_secrets', { POST: clientSecrets.create }],
      ['/v1/realtime/calls', { POST: clientSecrets.refuseCalls }],
      ['/v1beta/models', { GET: models.list }],
      ['/v1/models', { GET: models.list }],
      ['/v1/usage', { GET: usage.serve }],
    ]);
    this.below = [
      ['/v1/conversations/', { GET: conversations.get, POST: conversations.change, DELETE: conversations.delete }],
      ['/v1/responses/', { GET: responses.get, POST: responses.act, DELETE: responses.delete }],
      ['/v1/realtime/calls/', { POST: clientSecrets.refuseCalls }],
      ['/v1/models/', { GET: models.one }],
      ['/v1beta/models/', { GET: models.one, POST: count.serveByPath }],
      ['/v1beta/tunedModels/', { POST: count.serveByPath }],
    ];
  }

  /** Throws 404 or 405. */
  find(method: string, { path, crooked }: Location): Endpoint {
    const methods = crooked
      ? undefined
      : (this.exact.get(path) ?? this.below.find(([prefix]) => path.startsWith(prefix))?.[1]);
    if (!methods) throw new RelayError('not_found', `Unknown request URL: ${method} ${printable(path)}.`);
    const endpoint = methods[method];
    if (endpoint) return endpoint;
    throw new RelayError('method_not_allowed', `${path} takes ${Object.keys(methods).join(', ')}, not ${method}.`);
  }
}

const printable = (path: string): string => path.slice(0, 200).replaceAll(/[^\x20-\x7e]/g, '?');
