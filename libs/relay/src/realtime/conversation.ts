import { totalInput, totalOutput, type Usage } from '../chat/usage';
import { arrayAt, isObject, type JsonObject, numberAt, objectAt, textAt } from '../json';
import { badRequest, RelayError } from '../relay.errors';
import { tokensOfBytes } from '../request/estimate';
import { formatOf, heardTokens, PCM16 } from './audio';
import { eventOf, type Frame, frameOf, typeOf } from './frame';
import { nameModel } from './name-model';
import { Turn } from './turn';
import { responseUsage, transcriptionUsage } from './usage';

/** What the caller's event means for the session. `pass` without a frame: as it came. */
export type ClientStep =
  | { readonly kind: 'pass'; readonly frame?: Frame }
  /** It asks for an answer, which has to be paid. */
  | { readonly kind: 'begin'; readonly turn: Turn }
  | { readonly kind: 'refuse'; readonly error: RelayError; readonly eventId: string | undefined };

/** How the upstream says that a turn ended. */
export interface TurnEnd {
  readonly usage: Usage | undefined;
  /** Why it failed; null: it did not. */
  readonly failure: string | null;
}

/** What the upstream's event means for the session; the event passes in any case. */
export type ServerStep =
  | { readonly kind: 'pass' }
  /** It began an answer by itself, having heard the caller stop. */
  | { readonly kind: 'begin'; readonly turn: Turn }
  | { readonly kind: 'end'; readonly turn: Turn; readonly end: TurnEnd }
  | {
      readonly kind: 'transcribed';
      readonly usage: Usage;
      readonly counted: boolean;
      readonly model: string | undefined;
    }
  /** `turn`: the one it refused to begin. */
  | { readonly kind: 'error'; readonly turn: Turn | undefined; readonly code: string };

export interface ConversationOptions {
  /** The model as the caller names it, and as the upstream does. */
  readonly model: string;
  readonly upstreamModel: string;
  /** Tokens held for an answer that has no limit of its own. */
  readonly usualOutput: number;
}

const pass = { kind: 'pass' } as const;

const MAX_OPEN_TURNS = 16;
const MAX_REMEMBERED = 32;
/** What an image is taken to cost, whatever its size. */
const TOKENS_PER_IMAGE = 1_000;

/** Parts of an answer, by the names of the general release and of the beta; true: sound. */
const deltas: Readonly<Record<string, boolean>> = {
  'response.output_text.delta': false,
  'response.output_audio.delta': true,
  'response.output_audio_transcript.delta': false,
  'response.function_call_arguments.delta': false,
  'response.text.delta': false,
  'response.audio.delta': true,
  'response.audio_transcript.delta': false,
};

type OnClient = (frame: Frame) => ClientStep;
type OnServer = (event: JsonObject) => ServerStep;

/**
 * What a session's events tell about its turns: when one begins, what it may cost, what it used. Frames without a telling type
 * are not parsed. Pure: it holds no socket and no money. https://platform.openai.com/docs/api-reference/realtime
 */
export class Conversation {
  private readonly open: Turn[] = [];
  /** Ids of the last responses that ended: one that is told twice is not charged twice. */
  private readonly ended: string[] = [];
  /** Tokens of all that was said before, as the upstream last counted them. */
  private context = 0;
  /** What came since the last turn began. */
  private heard = { input: 0, audioIn: 0 };
  private hears = PCM16;
  private says = PCM16;
  private speaks = true;
  private maxOutput: number | undefined;
  private transcriber: string | undefined;

  constructor(private readonly options: ConversationOptions) {}

  fromClient(frame: Frame): ClientStep {
    const type = typeOf(frame);
    return own(this.onClient, type)?.(frame) ?? pass;
  }

  fromServer(frame: Frame): ServerStep {
    const type = typeOf(frame);
    const sound = own(deltas, type);
    if (sound !== undefined) return this.delivered(type as string, sound, frame);
    return own(this.onServer, type)?.(eventOf(frame.data)) ?? pass;
  }

  /** The turn will not be: it was not sent on, or not paid. */
  drop(turn: Turn): void {
    const at = this.open.indexOf(turn);
    if (at >= 0) this.open.splice(at, 1);
  }

  private readonly onClient: Readonly<Record<string, OnClient>> = {
    'response.create': ({ data }) => {
      const event = eventOf(data);
      const eventId = textAt(event, 'event_id');
      if (this.open.length >= MAX_OPEN_TURNS) {
        return {
          kind: 'refuse',
          error: new RelayError('rate_limit_exceeded', 'Too many responses at a time.'),
          eventId,
        };
      }
      const response = objectAt(event, 'response');
      for (const item of arrayAt(response, 'input')) this.hear(item);
      this.heard.input += tokensOfBytes(Buffer.byteLength(textAt(response, 'instructions') ?? ''));
      return { kind: 'begin', turn: this.begin(eventId, response) };
    },
    'session.update': ({ data }) => this.retune(data),
    'conversation.item.create': ({ data }) => this.hear(eventOf(data).item),
    'input_audio_buffer.append': ({ data }) => {
      this.heard.audioIn += heardTokens(data.length, this.hears);
      return pass;
    },
    'input_audio_buffer.clear': () => this.forgetSound(),
  };

  private readonly onServer: Readonly<Record<string, OnServer>> = {
    'session.created': ({ session }) => this.learn(session),
    'session.updated': ({ session }) => this.learn(session),
    'transcription_session.created': ({ session }) => this.learn(session),
    'transcription_session.updated': ({ session }) => this.learn(session),
    // With voice detection the silence before is never counted.
    'input_audio_buffer.speech_started': () => this.forgetSound(),
    'response.created': ({ response }) => this.created(response),
    'response.done': ({ response }) => this.done(response),
    'conversation.item.input_audio_transcription.completed': ({ usage }) => ({
      kind: 'transcribed',
      ...transcriptionUsage(usage),
      // The upstream's name of the session's own model is not what the caller is charged by.
      model: this.transcriber === this.options.upstreamModel ? this.options.model : this.transcriber,
    }),
    error: ({ error }) => this.failed(error),
  };

  private begin(eventId: string | undefined, response: unknown): Turn {
    const { usualOutput } = this.options;
    const turn = new Turn({
      ...(eventId === undefined ? {} : { eventId }),
      input: Math.ceil(this.context + this.heard.input),
      audioIn: Math.ceil(this.heard.audioIn),
      output: outputLimit(response) ?? this.maxOutput ?? usualOutput,
      speaks: speaksIn(response) ?? this.speaks,
    });
    this.heard = { input: 0, audioIn: 0 };
    this.open.push(turn);
    return turn;
  }

  /** The oldest turn that waits for its answer, or one nobody asked for. */
  private created(response: unknown): ServerStep {
    const id = textAt(response, 'id') ?? '';
    const waiting = this.open.find(({ responseId }) => responseId === undefined);
    const turn = waiting ?? this.begin(undefined, undefined);
    turn.responseId = id;
    return waiting ? pass : { kind: 'begin', turn };
  }

  private done(response: unknown): ServerStep {
    const id = textAt(response, 'id') ?? '';
    if (this.ended.includes(id)) return pass;
    const turn = this.turnOf(id) ?? this.begin(undefined, undefined);
    this.drop(turn);
    this.ended.push(id);
    if (this.ended.length > MAX_REMEMBERED) this.ended.shift();
    const usage = responseUsage(objectAt(response, 'usage'));
    const known = usage ?? turn.delivered;
    if (known) this.context = totalInput(known) + totalOutput(known);
    return { kind: 'end', turn, end: { usage, failure: failureOf(response) } };
  }

  private turnOf(responseId: string): Turn | undefined {
    const known = this.open.find((turn) => turn.responseId === responseId);
    return known ?? this.open.find((turn) => turn.responseId === undefined);
  }

  private delivered(type: string, sound: boolean, { data }: Frame): ServerStep {
    const running = this.open.filter(({ responseId }) => responseId !== undefined);
    const turn = running.length > 1 ? this.turnOf(textAt(eventOf(data), 'response_id') ?? '') : running[0];
    turn?.deliver(type, data.length, sound ? this.says : null, () =>
      Buffer.byteLength(textAt(eventOf(data), 'delta') ?? ''),
    );
    return pass;
  }

  /** An error names the event that caused it, if the caller gave that a name. */
  private failed(error: unknown): ServerStep {
    const code = textAt(error, 'code') ?? textAt(error, 'type') ?? 'upstream_error';
    const eventId = textAt(error, 'event_id');
    const waiting = this.open.filter(({ responseId }) => responseId === undefined);
    const named = eventId === undefined ? undefined : waiting.find(({ plan }) => plan.eventId === eventId);
    const turn = named ?? (code === 'conversation_already_has_active_response' ? waiting.at(-1) : undefined);
    if (turn) this.drop(turn);
    return { kind: 'error', turn, code };
  }

  /** A session keeps the model it was opened, chosen and priced with. */
  private retune(data: Buffer): ClientStep {
    const event = eventOf(data);
    const { session } = event;
    this.heard.input += tokensOfBytes(data.length);
    const { model, upstreamModel } = this.options;
    if (![undefined, model, upstreamModel].includes(textAt(session, 'model'))) {
      const error = badRequest('The model of a session cannot be changed; open another one.', 'session.model');
      return { kind: 'refuse', error, eventId: textAt(event, 'event_id') };
    }
    const named = nameModel(session, this.options);
    return named === session ? pass : { kind: 'pass', frame: frameOf({ ...event, session: named }) };
  }

  /** What the upstream says is in force, in the shape of the general release or of the beta. */
  private learn(session: unknown): ServerStep {
    const audio = objectAt(session, 'audio');
    const input = objectAt(audio, 'input');
    this.hears = formatOf(input?.format ?? field(session, 'input_audio_format')) ?? this.hears;
    this.says = formatOf(objectAt(audio, 'output')?.format ?? field(session, 'output_audio_format')) ?? this.says;
    this.speaks = speaksIn(session) ?? this.speaks;
    this.maxOutput = outputLimit(session) ?? this.maxOutput;
    const transcription = objectAt(input, 'transcription') ?? objectAt(session, 'input_audio_transcription');
    this.transcriber = textAt(transcription, 'model') ?? this.transcriber;
    return pass;
  }

  private hear(item: unknown): ClientStep {
    const bare = ['arguments', 'output'].map((name) => textAt(item, name) ?? '').join('');
    this.heard.input += tokensOfBytes(Buffer.byteLength(bare));
    for (const part of arrayAt(item, 'content')) {
      const text = textAt(part, 'text') ?? textAt(part, 'transcript') ?? '';
      this.heard.input += tokensOfBytes(Buffer.byteLength(text)) + (field(part, 'image_url') ? TOKENS_PER_IMAGE : 0);
      this.heard.audioIn += heardTokens(textAt(part, 'audio')?.length ?? 0, this.hears);
    }
    return pass;
  }

  private forgetSound(): typeof pass {
    this.heard.audioIn = 0;
    return pass;
  }
}

const own = <T>(table: Readonly<Record<string, T>>, type: string | undefined): T | undefined =>
  type !== undefined && Object.hasOwn(table, type) ? table[type] : undefined;

const field = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

/** A number; `"inf"` and absence name none. `max_response_output_tokens` is the beta's word. */
function outputLimit(settings: unknown): number | undefined {
  const limit = numberAt(settings, 'max_output_tokens') ?? numberAt(settings, 'max_response_output_tokens');
  return limit !== undefined && limit > 0 ? limit : undefined;
}

function speaksIn(settings: unknown): boolean | undefined {
  const modalities = field(settings, 'output_modalities') ?? field(settings, 'modalities');
  return Array.isArray(modalities) ? modalities.includes('audio') : undefined;
}

/** A cancelled or incomplete answer is an answer; `status_details` says what became of a failed one. */
function failureOf(response: unknown): string | null {
  if (textAt(response, 'status') !== 'failed') return null;
  const error = objectAt(objectAt(response, 'status_details'), 'error');
  return textAt(error, 'code') ?? textAt(error, 'type') ?? 'response_failed';
}
