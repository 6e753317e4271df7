import type { Block } from '../../chat/blocks';
import type { ReplyContext } from '../../chat/face';
import type { Candidate, ChatReply } from '../../chat/reply';
import type { JsonObject } from '../../json';
import { answerHead } from './answer-head';
import { callOf } from './call-writer';
import { encodeFinish } from './finish';
import { chatLogprobs } from './logprobs';
import { encodeAudio, encodeImage } from './media';
import { MessageNotes } from './message-notes';
import { writeUsage } from './usage';

/** A chat completion. https://platform.openai.com/docs/api-reference/chat/object */
export function encodeReply(reply: ChatReply, context: ReplyContext): JsonObject {
  const { service_tier, system_fingerprint, ...head } = answerHead('chat.completion', reply, context);
  return {
    ...head,
    choices: reply.candidates.map((candidate) => choiceOf(candidate, context)),
    ...(reply.usage ? { usage: writeUsage(reply.usage) } : {}),
    ...(service_tier ? { service_tier } : {}),
    ...(system_fingerprint ? { system_fingerprint } : {}),
  };
}

function choiceOf({ index, blocks, finish, logprobs }: Candidate, context: ReplyContext): JsonObject {
  const legacy = context.request.meta.legacyFunctions === true;
  const message = new MessageWriter(legacy);
  for (const block of blocks) message.add(block);
  return {
    index,
    message: message.fields(),
    logprobs: chatLogprobs(logprobs),
    ...encodeFinish(finish, message.seen, legacy),
  };
}

/** Blocks, one after the other, into the fields of one message. */
class MessageWriter {
  private readonly notes = new MessageNotes();
  private content = '';
  private refusal: string | null = null;
  private reasoning = '';
  private readonly calls: JsonObject[] = [];
  private readonly images: JsonObject[] = [];
  private audio: JsonObject | undefined;
  private legacyCall: JsonObject | undefined;

  constructor(private readonly legacy: boolean) {}

  get seen() {
    return { calls: this.notes.calls > 0, refusal: this.refusal !== null };
  }

  add(block: Block): void {
    // Each handler takes the block of its own kind; the table's type says so, the lookup cannot. Requests have more kinds.
    (this.on[block.kind as keyof typeof this.on] as ((block: Block) => void) | undefined)?.(block);
  }

  fields(): JsonObject {
    const isSilent =
      this.calls.length > 0 || this.refusal !== null || this.audio !== undefined || this.legacyCall !== undefined;
    return {
      role: 'assistant',
      content: this.content === '' && isSilent ? null : this.content,
      refusal: this.refusal,
      ...(this.reasoning ? { reasoning_content: this.reasoning } : {}),
      ...this.notes.fields(),
      ...(this.images.length > 0 ? { images: this.images } : {}),
      ...(this.audio ? { audio: this.audio } : {}),
      ...(this.calls.length > 0 ? { tool_calls: this.calls } : {}),
      ...(this.legacyCall ? { function_call: this.legacyCall } : {}),
    };
  }

  private readonly on: { readonly [K in Block['kind']]?: (block: Extract<Block, { kind: K }>) => void } = {
    text: ({ text, citations, signature }) => {
      this.notes.beginText();
      this.content += text;
      this.notes.contentLength = this.content.length;
      citations?.forEach((citation) => this.notes.cite(citation));
      this.notes.endText();
      if (signature) this.notes.signText(signature);
    },
    refusal: ({ text }) => void (this.refusal = (this.refusal ?? '') + text),
    reasoning: ({ text, summary, signature, redacted, id }) => {
      this.notes.beginReasoning(id);
      this.reasoning += this.notes.reasoning.add(text);
      summary?.forEach((part, number) => (this.reasoning += this.notes.reasoning.add(part, number)));
      if (signature) this.notes.reasoning.sign(signature, redacted);
    },
    'tool-call': (block) => {
      this.notes.calls += 1;
      if (this.legacy) this.legacyCall ??= { name: block.name, arguments: block.input };
      else this.calls.push(callOf(block, block.input, block.signature));
    },
    image: (block) => void this.images.push({ index: this.images.length, ...encodeImage(block) }),
    audio: (block) => void (this.audio = encodeAudio(block)),
  };
}
