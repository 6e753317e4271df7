import type { IncomingMessage } from 'node:http';
import type { TcpNetConnectOpts } from 'node:net';
import type { Route } from '@app/channels';
import { classifyUpstreamError, isCallersFault } from '@app/providers';
import { type ClientOptions, WebSocket } from 'ws';
import type { Attempt, Tried } from '../call-state';
import { objectAt, parseJson, textAt } from '../json';
import type { Failure } from '../relay.types';
import { guardedLookup } from '../transport/guarded-lookup';
import { networkFailure, timedOut } from '../transport/network-failure';
import { type Scrub, scrubFor } from '../transport/scrub';
import type { UpstreamCall } from '../transport/transport';
import { eventOf, type Frame, typeOf } from './frame';
import { tunnel } from './tunnel';

/** An open session with an upstream that has not refused it. It is paused: what it said first is in `said`. */
export interface Upstream {
  readonly socket: WebSocket;
  readonly route: Route;
  readonly said: readonly Frame[];
  readonly scrub: Scrub;
}

export type Dialled =
  | { readonly kind: 'answered'; readonly upstream: Upstream; readonly failure?: undefined }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'abandoned'; readonly failure?: undefined };

export interface DialInput {
  readonly address: Pick<UpstreamCall, 'url' | 'headers' | 'proxy'>;
  readonly route: Route;
  /** For connection and handshake. */
  readonly deadlineMs: number;
  readonly maxFrameBytes: number;
  /** Aborted when the caller goes away. */
  readonly gone: AbortSignal;
}

const MAX_ERROR_BYTES = 64 * 1024;
/** OpenAI speaks first. An upstream that waits for its caller is taken as it is. */
const SILENCE_MS = 2_000;

/**
 * Opens a WebSocket to an upstream. It counts as answered with its first event: an upstream may accept the connection only to say
 * in it why it refuses, and until then another one can be asked.
 */
export async function dial(input: DialInput): Promise<Attempt<Dialled & Tried>> {
  if (input.address.proxy?.url.startsWith('socks'))
    return unreachable("The channel's SOCKS proxy carries no WebSocket.");
  return new Promise((resolve) => {
    const attempt = new Dial(input, (result) => resolve({ result, firstByteAt: attempt.openedAt }));
    attempt.start();
  });
}

/** A channel that cannot be asked at all; another one may. */
export const unreachable = (message: string): Attempt<Dialled & Tried> => ({
  result: { kind: 'failed', failure: { kind: 'model_missing', status: null, code: 'no_realtime', message } },
  firstByteAt: null,
});

class Dial {
  openedAt: number | null = null;
  private socket!: WebSocket;
  private over = false;
  private timer: NodeJS.Timeout | undefined;
  private readonly scrub: Scrub;

  constructor(
    private readonly input: DialInput,
    private readonly done: (result: Dialled) => void,
  ) {
    this.scrub = scrubFor(input.route);
  }

  start(): void {
    const { address, maxFrameBytes, deadlineMs, gone } = this.input;
    // `lookup` reaches net.connect, where ws hands its options on.
    const options: ClientOptions & Pick<TcpNetConnectOpts, 'lookup'> = {
      headers: { ...address.headers },
      lookup: guardedLookup,
      perMessageDeflate: false,
      followRedirects: false,
      maxPayload: maxFrameBytes,
      ...this.way(),
    };
    this.socket = new WebSocket(address.url, options);
    this.socket.on('error', (error) => this.fail(networkFailure(error, this.openedAt !== null)));
    this.socket.on('close', (code, reason) => this.fail(this.closed(code, reason.toString('utf8'))));
    this.socket.on('unexpected-response', (request, response) => {
      this.readRefusal(response, () => request.destroy());
    });
    this.socket.once('open', () => this.opened());
    this.socket.on('message', this.first);
    this.timer = setTimeout(() => this.fail(timedOut('first_byte_timeout')), deadlineMs);
    gone.addEventListener('abort', this.abandon);
    if (gone.aborted) this.abandon();
  }

  /** The type knows of no connection that takes its time, but Node hands `ws` a callback for that. */
  private way(): Pick<ClientOptions, 'createConnection'> {
    const { address, deadlineMs } = this.input;
    if (!address.proxy) return {};
    const secure = /^https:/i.test(address.url);
    return { createConnection: tunnel(address.proxy.url, secure, deadlineMs) as never };
  }

  private opened(): void {
    this.openedAt = Date.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.answer([]), SILENCE_MS);
  }

  private readonly first = (data: unknown, binary: boolean): void => {
    const frame = { data: data as Buffer, binary }; // ws gives Buffers unless told otherwise
    if (typeOf(frame) === 'error') this.fail(this.classified(200, {}, eventOf(frame.data)));
    else this.answer([frame]);
  };

  private readonly abandon = (): void => this.finish({ kind: 'abandoned' });

  private answer(said: readonly Frame[]): void {
    if (this.over) return;
    this.socket.pause();
    const { route } = this.input;
    this.finish({ kind: 'answered', upstream: { socket: this.socket, route, said, scrub: this.scrub } });
  }

  private fail(failure: Failure): void {
    this.finish({ kind: 'failed', failure });
  }

  private finish(result: Dialled): void {
    if (this.over) return;
    this.over = true;
    clearTimeout(this.timer);
    this.input.gone.removeEventListener('abort', this.abandon);
    this.socket.off('message', this.first);
    // A connection that is cut while it is being made reports that as an error: its listener stays.
    if (result.kind !== 'answered') this.socket.terminate();
    this.done(result);
  }

  private readRefusal(response: IncomingMessage, end: () => void): void {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const refuse = (): void => {
      const raw = Buffer.concat(chunks).toString('utf8');
      const { statusCode = 0, headers } = response;
      this.fail(this.classified(statusCode, headers, parseJson(raw) ?? raw));
      end();
    };
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_ERROR_BYTES) chunks.push(chunk);
      else refuse();
    });
    response.on('end', refuse).on('error', refuse);
  }

  /** OpenAI closes with a reason such as `invalid_request_error.model_not_found`. */
  private closed(code: number, reason: string): Failure {
    const word = /^(?:\w+\.)?(\w+)$/.exec(reason)?.[1];
    if (word) return this.classified(200, {}, { error: { code: word, message: reason } });
    return networkFailure(Object.assign(new Error(reason), { code: `closed ${code}` }), true);
  }

  private classified(status: number, headers: IncomingMessage['headers'], body: unknown): Failure {
    const { provider } = this.input.route.channel;
    const error = classifyUpstreamError({ provider, status, headers: headers as Record<string, string>, body });
    const detail = objectAt(body, 'error');
    const told = status === 200 ? (isCallersFault(error.kind) ? 400 : null) : status;
    return {
      ...error,
      message: this.scrub(error.message),
      status: told,
      upstream: { type: word(textAt(detail, 'type')), code: word(textAt(detail, 'code')) ?? null },
    };
  }
}

/** A short word that may be shown; anything else may hold what is ours to keep. */
const word = (value: string | undefined): string | undefined =>
  value !== undefined && /^[a-z_.]{1,64}$/.test(value) ? value : undefined;
