// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { answerTo, tokens } from '../answer.mjs';
import { id } from '../ids.mjs';
import { messageOf } from '../play.mjs';
import { emptyRequest, list } from '../protocols/face.mjs';
import { KEPT_TEXT } from '../request-log.mjs';

/** @typedef {Record<string, any>} Json */

/** 100 ms of 16-bit sound at 24 kHz is a token of the user's; 50 ms are one of the assistant's. */
const BYTES_PER_HEARD_TOKEN = 4_800;
const SPOKEN_PER_PIECE = Buffer.alloc(4_800);
const TOKENS_PER_PIECE = 2;
/** With voice detection on, a turn ends after a second of sound. */
const BYTES_PER_UTTERANCE = 48_000;

/** The names of the general release, and of the beta. */
const NAMES = {
  general: {
    text: 'response.output_text',
    audio: 'response.output_audio',
    transcript: 'response.output_audio_transcript',
  },
  beta: { text: 'response.text', audio: 'response.audio', transcript: 'response.audio_transcript' },
};

/** One realtime conversation. */
export class RealtimeSession {
  /**
   * @param {import('ws').WebSocket} ws
   * @param {import('../request-log.mjs').Entry} entry
   * @param {import('../script.mjs').Script} script
   */
  constructor(ws, entry, script) {
    this.ws = ws;
    this.entry = entry;
    this.script = script;
    this.names = entry.headers['openai-beta'] ? NAMES.beta : NAMES.general;
    /** @type {Json} */
    this.session = { id: id('sess_'), object: 'realtime.session', type: 'realtime', model: entry.model };
    this.prompt = '';
    this.lastText = '';
    /** Bytes of sound in the conversation, and in the buffer. */
    this.heard = 0;
    this.buffered = 0;
    /** @type {{ id: string, cancelled: boolean } | null} */
    this.active = null;
    ws.on('message', (data, binary) => this.receive(data, binary));
    ws.on('error', () => undefined);
    ws.on('close', (code) => this.closed(code));
    this.send({ type: 'session.created', session: this.session });
  }

  /** @param {number} code */
  closed(code) {
    this.entry.closeCode = code;
    if (this.active) this.entry.abortedAt = Date.now();
    else this.entry.endedAt = Date.now();
  }

  /**
   * Resolves when the bytes are with the operating system, so that a slow reader slows the simulator.
   * @param {Json} event
   * @returns {Promise<void>}
   */
  send(event) {
    if (this.ws.readyState !== this.ws.OPEN) return Promise.resolve();
    const text = JSON.stringify({ ...event, event_id: id('event_') });
    if (this.entry.sent.length < KEPT_TEXT) this.entry.sent += `${text.slice(0, KEPT_TEXT)}\n`;
    return new Promise((resolve) => this.ws.send(text, () => resolve()));
  }

  /**
   * @param {any} data
   * @param {boolean} binary
   */
  receive(data, binary) {
    const text = data.toString();
    this.entry.bodyBytes += data.length;
    if (this.entry.body.length < KEPT_TEXT) this.entry.body += `${text.slice(0, KEPT_TEXT)}\n`;
    if (binary) return void this.ws.send(data, { binary: true });
    const event = JSON.parse(text);
    const handle = HANDLERS[event.type];
    if (handle) handle(this, event);
    else this.fail(event, 'invalid_value', messageOf(this.script, 400, this.entry));
  }

  /**
   * @param {Json} event
   * @param {string} code
   * @param {string} message
   */
  fail(event, code, message) {
    const error = { type: 'invalid_request_error', code, message, param: null, event_id: event.event_id ?? null };
    void this.send({ type: 'error', error });
  }

  /** @param {Json} item */
  add(item) {
    const texts = [...list(item.content).map((part) => part.text ?? ''), item.output ?? ''].filter(
      (text) => text !== '',
    );
    for (const part of list(item.content)) this.heard += Buffer.byteLength(part.audio ?? '', 'base64');
    this.prompt += texts.join('');
    this.lastText = texts.at(-1) ?? this.lastText;
    void this.send({ type: 'conversation.item.added', previous_item_id: null, item });
    void this.send({ type: 'conversation.item.done', previous_item_id: null, item });
  }

  /** @param {number} bytes */
  append(bytes) {
    const hears = this.detectsVoice();
    if (hears && this.buffered === 0) void this.send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0 });
    this.buffered += bytes;
    if (!hears || this.buffered < BYTES_PER_UTTERANCE) return;
    void this.send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 1_000 });
    this.commit();
    if (this.session.type !== 'transcription') void this.respond({});
  }

  commit() {
    const item_id = id('item_');
    const bytes = this.buffered;
    this.heard += bytes;
    this.buffered = 0;
    void this.send({ type: 'input_audio_buffer.committed', previous_item_id: null, item_id });
    if (this.transcriber()) this.transcribe(item_id, bytes);
  }

  /**
   * @param {string} item_id
   * @param {number} bytes
   */
  transcribe(item_id, bytes) {
    const transcript = 'what was said';
    const audio_tokens = Math.ceil(bytes / BYTES_PER_HEARD_TOKEN);
    const output_tokens = tokens(transcript);
    const usage = {
      type: 'tokens',
      total_tokens: audio_tokens + output_tokens,
      input_tokens: audio_tokens,
      input_token_details: { text_tokens: 0, audio_tokens },
      output_tokens,
    };
    const type = 'conversation.item.input_audio_transcription.completed';
    void this.send({ type, item_id, content_index: 0, transcript, usage });
  }

  detectsVoice() {
    return Boolean(this.session.audio?.input?.turn_detection ?? this.session.turn_detection);
  }

  transcriber() {
    return this.session.audio?.input?.transcription ?? this.session.input_audio_transcription;
  }

  /** @param {Json} event */
  async respond(event) {
    if (this.active) {
      const message = `Conversation already has an active response in progress: ${this.active.id}.`;
      return this.fail(event, 'conversation_already_has_active_response', message);
    }
    const active = (this.active = { id: id('resp_'), cancelled: false });
    const modalities =
      event.response?.output_modalities ?? event.response?.modalities ?? this.session.output_modalities;
    const speaks = (modalities ?? ['audio']).includes('audio');
    await this.send({ type: 'response.created', response: { ...this.response(active.id), status: 'in_progress' } });
    const request = { ...emptyRequest(), model: this.entry.model ?? '', prompt: this.prompt, lastText: this.lastText };
    const answer = answerTo(request, this.script);
    const said = await this.say(active, answer.pieces, speaks);
    if (said === null) return;
    this.active = null;
    const done = { ...this.response(active.id), ...this.ending(active, said, answer.pieces.length) };
    await this.send({ type: 'response.done', response: { ...done, usage: this.usage(said, speaks) } });
    this.prompt += said.join('');
  }

  /** @param {string} responseId */
  response(responseId) {
    return { id: responseId, object: 'realtime.response', status_details: null, output: [], usage: null };
  }

  /**
   * @param {{ cancelled: boolean }} active
   * @param {readonly string[]} said
   * @param {number} planned
   */
  ending(active, said, planned) {
    if (active.cancelled)
      return { status: 'cancelled', status_details: { type: 'cancelled', reason: 'client_cancelled' } };
    if (said.length < planned)
      return {
        status: 'failed',
        status_details: { type: 'failed', error: { type: 'server_error', code: 'server_error' } },
      };
    return { status: 'completed' };
  }

  /**
   * The pieces that were said; null when the script broke the session.
   * @param {{ id: string, cancelled: boolean }} active
   * @param {readonly string[]} pieces
   * @param {boolean} speaks
   */
  async say(active, pieces, speaks) {
    const place = { response_id: active.id, item_id: id('item_'), output_index: 0, content_index: 0 };
    const said = [];
    for (const piece of pieces) {
      if (this.script.end && said.length >= this.script.end.after && !(await this.survives(this.script.end.kind)))
        return null;
      if (this.script.end?.kind === 'error' && said.length >= this.script.end.after) break;
      if (said.length > 0 && this.script.gapMs > 0) await sleep(this.script.gapMs);
      if (active.cancelled || this.ws.readyState !== this.ws.OPEN) break;
      await this.send({ type: `${speaks ? this.names.transcript : this.names.text}.delta`, ...place, delta: piece });
      if (speaks)
        await this.send({ type: `${this.names.audio}.delta`, ...place, delta: SPOKEN_PER_PIECE.toString('base64') });
      said.push(piece);
      this.entry.chunks++;
    }
    return said;
  }

  /** @param {'cut' | 'stall' | 'error'} kind */
  async survives(kind) {
    if (kind === 'error') return true;
    if (kind === 'cut') this.ws.terminate();
    return false;
  }

  /**
   * @param {readonly string[]} said
   * @param {boolean} speaks
   */
  usage(said, speaks) {
    if (this.script.usage === 'none') return null;
    const text = tokens(this.prompt);
    const audio = Math.ceil(this.heard / BYTES_PER_HEARD_TOKEN);
    const cached = Math.min(this.script.cachedTokens, text);
    const spoken = speaks ? said.length * TOKENS_PER_PIECE : 0;
    const written = tokens(said.join(''));
    return {
      total_tokens: text + audio + spoken + written,
      input_tokens: text + audio,
      input_token_details: {
        text_tokens: text,
        audio_tokens: audio,
        image_tokens: 0,
        cached_tokens: cached,
        cached_tokens_details: { text_tokens: cached, audio_tokens: 0, image_tokens: 0 },
      },
      output_tokens: spoken + written,
      output_token_details: { text_tokens: written, audio_tokens: spoken },
    };
  }
}

/** https://platform.openai.com/docs/api-reference/realtime-client-events @type {Record<string, (self: RealtimeSession, event: Json) => void>} */
const HANDLERS = {
  'session.update': (self, event) => {
    self.session = { ...self.session, ...event.session };
    void self.send({ type: 'session.updated', session: self.session });
  },
  'conversation.item.create': (self, event) => self.add({ id: id('item_'), ...event.item }),
  'input_audio_buffer.append': (self, event) => self.append(Buffer.byteLength(event.audio ?? '', 'base64')),
  'input_audio_buffer.commit': (self) => self.commit(),
  'input_audio_buffer.clear': (self) => {
    self.buffered = 0;
    void self.send({ type: 'input_audio_buffer.cleared' });
  },
  'response.create': (self, event) => void self.respond(event),
  'response.cancel': (self) => {
    if (self.active) self.active.cancelled = true;
  },
};
