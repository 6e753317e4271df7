import { sseFrame } from '@app/core';
import type { ClientFace, ReplyContext } from '../../chat/face';
import { endingDetails, named } from '../../chat/losses';
import type { Part, PartOf, Reducer } from '../../chat/parts';
import type { Candidate, ChatReply, Finish } from '../../chat/reply';
import type { ChatRequest, Extension } from '../../chat/request';
import type { Usage } from '../../chat/usage';
import { defined, type JsonObject } from '../../json';
import { badRequest } from '../../relay.errors';
import { failureFrame, openaiErrorBody } from '../openai-errors';
import { answerHead } from './answer-head';
import { legacyLogprobs, spelledLength } from './logprobs';
import { decodeSampling } from './decode-request';
import { encodeFinish } from './finish';
import { booleanField, missing, numberField, stringField } from './request-fields';
import { writeUsage } from './usage';

/**
 * Legacy text completions for upstreams that only chat: the prompt becomes the user's turn, the answer's text the completion.
 * https://platform.openai.com/docs/api-reference/completions
 */
export const completionsClient: ClientFace = {
  protocol: 'openai-chat',
  losses: {
    'reasoning-start': named('reasoning'),
    'tool-call-start': named('tool_calls'),
    block: ({ value }) => [value.kind === 'opaque' ? value.type : value.kind],
    citation: named('citations'),
    finish: endingDetails(null),
  },
  decodeRequest,
  encodeReply,
  encodeStream: (context) => new CompletionStreamEncoder(context),
  errorBody: openaiErrorBody,
};

const understood: ReadonlySet<string> = new Set([
  ...[
    'model',
    'prompt',
    'stream',
    'stream_options',
    'max_tokens',
    'temperature',
    'top_p',
    'n',
    'logprobs',
    'stop',
    'seed',
    'user',
  ],
  ...['presence_penalty', 'frequency_penalty', 'logit_bias', 'top_k'],
]);

/** OpenAI's own default; a completion is short unless asked otherwise. */
const DEFAULT_LIMIT = 16;

function decodeRequest(body: JsonObject, path: { readonly model?: string; readonly stream?: boolean }): ChatRequest {
  const model = stringField(body, 'model') ?? path.model;
  if (!model) throw missing('model');
  const logprobs = numberField(body, 'logprobs');
  const { logprobs: _, ...rest } = body;
  const user = stringField(body, 'user');
  return {
    model,
    stream: booleanField(body, 'stream') ?? path.stream ?? false,
    system: [],
    turns: [{ role: 'user', blocks: [{ kind: 'text', text: promptOf(body.prompt) }] }],
    tools: [],
    sampling: defined({
      maxOutputTokens: DEFAULT_LIMIT,
      ...decodeSampling(rest),
      logprobs: logprobs === undefined ? undefined : true,
      topLogprobs: logprobs === undefined || logprobs === 0 ? undefined : logprobs,
    }),
    meta: user ? { user } : {},
    extensions: Object.entries(body).flatMap(([name, value]) => extensionOf(name, value)),
  };
}

/** `echo: false` and `best_of: 1` ask for nothing. */
function extensionOf(name: string, value: unknown): Extension[] {
  if (understood.has(name) || value == null || value === false || (name === 'best_of' && value === 1)) return [];
  return [{ issuer: 'openai', path: name, value }];
}

function promptOf(prompt: unknown): string {
  const only = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof only === 'string' && only !== '') return only;
  if (only == null || only === '') throw missing('prompt');
  throw badRequest(`This model answers one prompt at a time, given as text: 'prompt' must be a string.`, 'prompt');
}

const headOf = (reply: Pick<ChatReply, 'id' | 'created' | 'fingerprint'>, context: ReplyContext) => {
  const { requestId } = context;
  return answerHead('text_completion', { ...reply, id: reply.id || `cmpl-${requestId.replace(/^req_/, '')}` }, context);
};

const words: Readonly<Record<string, string>> = { stop: 'stop', length: 'length', content_filter: 'content_filter' };

/** Text completions know no tool calls. */
const finishWord = (finish: Finish): string =>
  words[encodeFinish(finish, { calls: false, refusal: true }, false).finish_reason] ?? 'stop';

function encodeReply(reply: ChatReply, context: ReplyContext): JsonObject {
  return {
    ...headOf(reply, context),
    choices: reply.candidates.map(choiceOf),
    ...(reply.usage ? { usage: writeUsage(reply.usage) } : {}),
  };
}

function choiceOf({ index, blocks, finish, logprobs }: Candidate): JsonObject {
  const text = blocks.map((block) => (block.kind === 'text' || block.kind === 'refusal' ? block.text : '')).join('');
  return { text, index, logprobs: legacyLogprobs(logprobs, 0), finish_reason: finishWord(finish) };
}

/** Parts → chunks of a text completion. A stream that breaks off ends with an error, never `[DONE]`. */
class CompletionStreamEncoder implements Reducer<Part, string> {
  private out: string[] = [];
  private prefix = '';
  private over = false;
  private usage: Usage | undefined;
  /** Candidates of open text blocks. */
  private readonly blocks = new Map<number, number>();
  private readonly offsets = new Map<number, number>();
  private readonly finished = new Map<number, boolean>();

  constructor(private readonly context: ReplyContext) {}

  push(part: Part): readonly string[] {
    this.out = [];
    // Each handler takes the part of its own kind; the table's type says so, the lookup cannot. What has no text has no place.
    if (!this.over) (this.on[part.kind as keyof typeof this.on] as ((part: Part) => void) | undefined)?.(part);
    return this.out;
  }

  end(): readonly string[] {
    this.out = [];
    if (this.over) return this.out;
    this.over = true;
    const isComplete = this.finished.size > 0 && [...this.finished.values()].every((finished) => finished);
    if (!isComplete) this.out.push(failureFrame({ message: 'The answer broke off.', code: 'upstream_incomplete' }));
    else this.close();
    return this.out;
  }

  private readonly on: { readonly [K in Part['kind']]?: (part: PartOf<K>) => void } = {
    start: (part) => this.start(part),
    'text-start': ({ block, candidate }) => this.open(block, candidate),
    'refusal-start': ({ block, candidate }) => this.open(block, candidate),
    'text-delta': ({ block, text }) => this.grow(block, text),
    'block-end': ({ block }) => void this.blocks.delete(block),
    logprobs: ({ candidate, value }) => this.tellLogprobs(candidate, value),
    finish: ({ candidate, finish }) => this.finish(candidate, finish),
    usage: ({ usage }) => void (this.usage = usage),
    error: ({ error }) => this.fail(error),
  };

  private start(part: Omit<PartOf<'start'>, 'kind'>): void {
    this.prefix ||= `data: ${JSON.stringify(headOf(part, this.context)).slice(0, -1)},"choices":[`;
  }

  private open(block: number, candidate: number): void {
    this.blocks.set(block, candidate);
    this.finished.set(candidate, false);
  }

  private grow(block: number, text: string): void {
    const candidate = this.blocks.get(block);
    if (candidate !== undefined && text !== '') this.chunk(candidate, JSON.stringify(text), 'null', 'null');
  }

  private tellLogprobs(candidate: number, value: unknown): void {
    const offset = this.offsets.get(candidate) ?? 0;
    this.offsets.set(candidate, offset + spelledLength(value));
    this.chunk(candidate, '""', JSON.stringify(legacyLogprobs(value, offset)), 'null');
  }

  private finish(candidate: number, finish: Finish): void {
    this.finished.set(candidate, true);
    this.chunk(candidate, '""', 'null', JSON.stringify(finishWord(finish)));
  }

  private chunk(index: number, text: string, logprobs: string, reason: string): void {
    this.start({});
    const usage = this.context.includeUsage ? ',"usage":null' : '';
    this.out.push(
      `${this.prefix}{"text":${text},"index":${index},"logprobs":${logprobs},"finish_reason":${reason}}]${usage}}\n\n`,
    );
  }

  private fail(error: unknown): void {
    this.over = true;
    this.out.push(failureFrame(error));
  }

  private close(): void {
    if (this.context.includeUsage && this.usage)
      this.out.push(`${this.prefix}],"usage":${JSON.stringify(writeUsage(this.usage))}}\n\n`);
    this.out.push(sseFrame('[DONE]'));
  }
}
