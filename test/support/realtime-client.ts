import type { IncomingMessage } from 'node:http';
import { type ClientOptions, WebSocket } from 'ws';
import { until } from './gateway';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read events of every shape
export type RealtimeEvent = Record<string, any> & { readonly type: string };

/** A refusal in place of a handshake. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers of every shape
  readonly body: any;
}

const PATIENCE_MS = 30_000;

/** A caller of `/v1/realtime` that remembers what it was told. */
export class RealtimeClient {
  readonly events: RealtimeEvent[] = [];
  readonly binary: Buffer[] = [];
  /** Once the connection is over. */
  closed: { readonly code: number; readonly reason: string } | null = null;
  private read = 0;

  private constructor(
    readonly socket: WebSocket,
    /** `x-request-id` of the handshake. */
    readonly id: string,
  ) {
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.binary.push(data);
      else this.events.push(JSON.parse(data.toString()) as RealtimeEvent);
    });
    socket.on('close', (code, reason) => (this.closed = { code, reason: reason.toString() }));
    socket.on('error', () => undefined);
  }

  static open(url: string, key: string | null, options: ClientOptions = {}, protocols: string[] = []) {
    return new Promise<RealtimeClient>((resolve, reject) => {
      const headers = { ...(key && { authorization: `Bearer ${key}` }), ...options.headers };
      const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { ...options, headers });
      let client: RealtimeClient | undefined;
      // Before `open`: the first frame may come with the handshake's answer.
      socket.once(
        'upgrade',
        ({ headers: { 'x-request-id': id } }) => (client = new RealtimeClient(socket, String(id))),
      );
      socket.once('open', () => resolve(client as RealtimeClient));
      socket.once('error', reject);
      socket.once('unexpected-response', (_request, response) => {
        void refusalOf(response).then((refusal) => reject(Object.assign(new Error('refused'), { refusal })));
      });
    });
  }

  send(event: object): void {
    this.socket.send(JSON.stringify(event));
  }

  /** What the user says, and the wish for an answer. */
  ask(text: string, response: object = { output_modalities: ['text'] }): void {
    const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
    this.send({ type: 'conversation.item.create', item });
    this.send({ type: 'response.create', response });
  }

  /** The next event of a type, passing over others. */
  next(type: string): Promise<RealtimeEvent> {
    return until(
      `a ${type} (told: ${this.events.map((event) => event.type).join(', ')}; ${JSON.stringify(this.closed)})`,
      async () => {
        while (this.read < this.events.length) {
          const event = this.events[this.read++] as RealtimeEvent;
          if (event.type === type) return event;
        }
        return null;
      },
      PATIENCE_MS,
    );
  }

  end(): Promise<{ readonly code: number; readonly reason: string }> {
    return until('the end of the session', async () => this.closed, PATIENCE_MS);
  }

  close(code = 1000, reason = 'done'): void {
    this.socket.close(code, reason);
  }
}

async function refusalOf(response: IncomingMessage): Promise<Refusal> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const { statusCode = 0, headers } = response;
  return { status: statusCode, headers, body: JSON.parse(Buffer.concat(chunks).toString()) };
}

/** The refusal of a handshake that must not succeed. */
export async function refusalTo(opening: Promise<RealtimeClient>): Promise<Refusal> {
  const outcome = await opening.then(
    () => null,
    (error: { refusal?: Refusal }) => error,
  );
  if (!outcome?.refusal) throw new Error(`No refusal, but ${outcome ? JSON.stringify(outcome) : 'a session'}.`);
  return outcome.refusal;
}
