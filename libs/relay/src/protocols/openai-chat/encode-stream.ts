import { sseFrame } from '@app/core';
import type { ReplyContext } from '../../chat/face';
import type { Part, PartOf, Reducer } from '../../chat/parts';
import type { Finish } from '../../chat/reply';
import type { Usage } from '../../chat/usage';
import { answerHead } from './answer-head';
import { ChoiceWriter } from './choice-writer';
import { failureFrame } from '../openai-errors';
import { chatLogprobs } from './logprobs';
import { writeUsage } from './usage';

/** Which choice a block belongs to, and what it is. */
interface Open {
  readonly choice: ChoiceWriter;
  readonly kind: 'text' | 'refusal' | 'reasoning' | 'call';
}

const DONE = sseFrame('[DONE]');
const ROLE = '{"role":"assistant","content":"","refusal":null}';
const UNFINISHED = ',"logprobs":null,"finish_reason":null';

/**
 * Parts → chunks of a chat completion. https://platform.openai.com/docs/api-reference/chat-streaming — the first chunk of a choice has
 * its role; usage comes in a chunk of its own and only where asked for. A stream that breaks off ends with an error, never `[DONE]`.
 */
export class ChatStreamEncoder implements Reducer<Part, string> {
  private out: string[] = [];
  private prefix = '';
  private readonly suffix: string;
  private over = false;
  private usage: Usage | undefined;
  private readonly legacy: boolean;
  private readonly choices = new Map<number, ChoiceWriter>();
  private readonly blocks = new Map<number, Open>();

  constructor(private readonly context: ReplyContext) {
    // Asked for usage, OpenAI writes `"usage":null` into every chunk but the one that has it.
    this.suffix = context.includeUsage ? '}],"usage":null}\n\n' : '}]}\n\n';
    this.legacy = context.request.meta.legacyFunctions === true;
  }

  push(part: Part): readonly string[] {
    this.out = [];
    // Each handler takes the part of its own kind; the table's type says so, the lookup cannot.
    if (!this.over) (this.on[part.kind] as (part: Part) => void)(part);
    return this.out;
  }

  end(): readonly string[] {
    this.out = [];
    if (this.over) return this.out;
    this.over = true;
    if (!this.isComplete())
      this.out.push(failureFrame({ message: 'The answer broke off.', code: 'upstream_incomplete' }));
    else this.close();
    return this.out;
  }

  private readonly on: { readonly [K in Part['kind']]: (part: PartOf<K>) => void } = {
    start: (part) => this.start(part),
    'text-start': (part) => this.open(part, 'text').beginText(),
    'refusal-start': (part) => void this.open(part, 'refusal'),
    'reasoning-start': (part) => this.open(part, 'reasoning').beginReasoning(part.id),
    'tool-call-start': (part) => this.open(part, 'call').beginCall(part),
    'text-delta': (part) => this.grow(part),
    'input-delta': ({ block, text }) =>
      this.with(block, ({ choice }) => this.deltas(choice, choice.input(block, text))),
    citation: ({ block, citation }) => this.with(block, ({ choice }) => choice.cite(citation)),
    signature: (part) => this.with(part.block, (open) => this.sign(open, part)),
    'block-end': ({ block }) => this.with(block, (open) => this.closeBlock(block, open)),
    block: ({ candidate, value }) => this.whole(this.choiceOf(candidate), value),
    logprobs: ({ candidate, value }) =>
      this.chunk(
        this.choiceOf(candidate),
        '{}',
        `,"logprobs":${JSON.stringify(chatLogprobs(value))},"finish_reason":null`,
      ),
    finish: ({ candidate, finish }) => this.finish(this.choiceOf(candidate), finish),
    usage: ({ usage }) => void (this.usage = usage),
    error: ({ error }) => this.fail(error),
  };

  private start(part: Omit<PartOf<'start'>, 'kind'>): void {
    if (this.prefix !== '') return;
    const head = JSON.stringify(answerHead('chat.completion.chunk', part, this.context));
    this.prefix = `data: ${head.slice(0, -1)},"choices":[`;
    this.choiceOf(0);
  }

  private choiceOf(index: number): ChoiceWriter {
    const known = this.choices.get(index);
    if (known) return known;
    if (this.prefix === '') this.start({});
    const choice = this.choices.get(index) ?? new ChoiceWriter(index, this.legacy);
    if (!this.choices.has(index)) {
      this.choices.set(index, choice);
      this.chunk(choice, ROLE, UNFINISHED);
    }
    return choice;
  }

  private chunk(choice: ChoiceWriter, delta: string, rest: string): void {
    this.out.push(`${this.prefix}{"index":${choice.index},"delta":${delta}${rest}${this.suffix}`);
  }

  private deltas(choice: ChoiceWriter, deltas: readonly string[]): void {
    for (const delta of deltas) this.chunk(choice, delta, UNFINISHED);
  }

  private open(
    { block, candidate }: { readonly block: number; readonly candidate: number },
    kind: Open['kind'],
  ): ChoiceWriter {
    const choice = this.choiceOf(candidate);
    this.blocks.set(block, { choice, kind });
    return choice;
  }

  private with(block: number, act: (open: Open) => void): void {
    const open = this.blocks.get(block);
    if (open) act(open);
  }

  private grow({ block, text, summary }: PartOf<'text-delta'>): void {
    const open = this.blocks.get(block);
    if (!open || text === '') return;
    const { choice, kind } = open;
    if (kind === 'text') this.chunk(choice, choice.text(text), UNFINISHED);
    else if (kind === 'reasoning') this.chunk(choice, choice.reasoning(text, summary), UNFINISHED);
    else if (kind === 'refusal') this.chunk(choice, choice.refusal(text), UNFINISHED);
  }

  private sign({ choice, kind }: Open, { block, signature, redacted }: PartOf<'signature'>): void {
    if (kind === 'text') choice.signText(signature);
    else if (kind === 'reasoning') choice.signReasoning(signature, redacted);
    else this.deltas(choice, choice.signCall(block, signature));
  }

  private closeBlock(block: number, { choice, kind }: Open): void {
    this.blocks.delete(block);
    if (kind === 'text') choice.endText();
    else if (kind === 'call') this.deltas(choice, choice.endCall(block));
  }

  private whole(choice: ChoiceWriter, value: PartOf<'block'>['value']): void {
    const delta = choice.whole(value);
    if (delta) this.chunk(choice, delta, UNFINISHED);
  }

  private finish(choice: ChoiceWriter, finish: Finish): void {
    if (choice.finished) return;
    this.deltas(choice, choice.rest());
    this.chunk(choice, '{}', `,"logprobs":null,${choice.finish(finish)}`);
  }

  private fail(error: unknown): void {
    this.over = true;
    this.out.push(failureFrame(error));
  }

  private isComplete(): boolean {
    return this.choices.size > 0 && [...this.choices.values()].every(({ finished }) => finished);
  }

  private close(): void {
    if (this.context.includeUsage && this.usage)
      this.out.push(`${this.prefix}],"usage":${JSON.stringify(writeUsage(this.usage))}}\n\n`);
    this.out.push(DONE);
  }
}
