import type { SseEvent } from '@app/core';
import type { Quirks } from '@app/providers';
import type { Part, Reducer } from '../../chat/parts';
import type { Usage } from '../../chat/usage';
import { defined, arrayAt, isObject, type JsonObject, numberAt, objectAt, parseJson, textAt } from '../../json';
import { CandidateReader, type Sink } from './candidate-reader';
import { blockedPrompt } from './finish';
import { neutralTier } from './service-tier';
import { usageOf } from './usage';

/** Reads the events of one answer: each is a `GenerateContentResponse` with the next piece. */
export class AnswerReader {
  private readonly sink: Sink = { out: [], blocks: 0, calls: 0, seed: '' };
  private readonly candidates = new Map<number, CandidateReader>();
  private promptFeedback: JsonObject | undefined;
  private usage: Usage | undefined;
  private started = false;
  private failed = false;

  constructor(
    private readonly quirks: Quirks,
    private readonly whole: boolean,
  ) {}

  read(answer: unknown): void {
    if (this.failed || !isObject(answer)) return;
    if (answer.error != null) return this.fail(answer.error);
    if (!this.started) this.start(answer);
    const candidates = arrayAt(answer, 'candidates');
    for (let position = 0; position < candidates.length; position += 1) this.candidate(candidates[position], position);
    this.promptFeedback = objectAt(answer, 'promptFeedback') ?? this.promptFeedback;
    const usage = usageOf(answer, this.quirks, this.usage);
    if (usage) this.sink.out.push({ kind: 'usage', usage: (this.usage = usage) });
  }

  fail(error: unknown): void {
    this.failed = true;
    this.sink.out.push({ kind: 'error', error });
  }

  end(): void {
    if (this.failed) return;
    for (const candidate of this.candidates.values()) candidate.end();
    const blockReason = textAt(this.promptFeedback, 'blockReason');
    if (this.candidates.size > 0 || !this.promptFeedback || !blockReason) return;
    this.sink.out.push({ kind: 'finish', candidate: 0, finish: blockedPrompt(this.promptFeedback, blockReason) });
  }

  /** The parts since the last time. */
  take(): readonly Part[] {
    const { out } = this.sink;
    this.sink.out = [];
    return out;
  }

  private start(answer: JsonObject): void {
    this.started = true;
    const usage = objectAt(answer, 'usageMetadata');
    const id = textAt(answer, 'responseId') || undefined;
    const createTime = textAt(answer, 'createTime');
    this.sink.seed = id ?? `${createTime ?? ''}|${numberAt(usage, 'promptTokenCount') ?? ''}`;
    const created = createTime === undefined ? NaN : Math.floor(Date.parse(createTime) / 1000);
    const start: Part = {
      kind: 'start',
      id,
      model: textAt(answer, 'modelVersion') || undefined,
      created: Number.isFinite(created) ? created : undefined,
      serviceTier: neutralTier(textAt(usage, 'serviceTier')),
    };
    this.sink.out.push(defined(start));
  }

  private candidate(piece: unknown, position: number): void {
    if (!isObject(piece)) return;
    const index = numberAt(piece, 'index') ?? position;
    let reader = this.candidates.get(index);
    if (!reader) {
      reader = new CandidateReader(index, this.sink, this.whole);
      this.candidates.set(index, reader);
    }
    reader.read(piece);
  }
}

/**
 * Events → parts. Without `alt=sse` Gemini sends one JSON array, which arrives as a single event; an error in the middle arrives
 * as JSON of its own. The reason of an answer's end is told when its stream is over, as more may follow it.
 */
export function decodeStream(quirks: Quirks): Reducer<SseEvent, Part> {
  const reader = new AnswerReader(quirks, false);
  return {
    push({ data }) {
      const answer = parseJson(data);
      if (Array.isArray(answer)) answer.forEach((element) => reader.read(element));
      else if (answer !== undefined) reader.read(answer);
      else if (!isFiller(data))
        reader.fail({ code: 'invalid_event', message: 'The upstream sent an event that is not JSON.' });
      return reader.take();
    },
    end() {
      reader.end();
      return reader.take();
    },
  };
}

/** Some proxies end their streams as OpenAI does. */
const isFiller = (data: string): boolean => data.trim() === '' || data.trim() === '[DONE]';
