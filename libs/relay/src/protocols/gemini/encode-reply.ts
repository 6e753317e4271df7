import type { Block, TextBlock, ToolCallBlock } from '../../chat/blocks';
import type { ReplyContext } from '../../chat/face';
import type { Candidate, ChatReply } from '../../chat/reply';
import { defined, type JsonObject } from '../../json';
import { endOf, wholePart } from './answer-parts';
import { argsOf } from './calls';
import { detailsOf } from './finish';
import { Grounding } from './grounding';
import { writeLogprobs } from './logprobs';
import { geminiTier } from './service-tier';
import { TextMeter } from './text-meter';
import { writeUsage } from './usage';

/** A `GenerateContentResponse`. https://ai.google.dev/api/generate-content#generatecontentresponse */
export function encodeReply(reply: ChatReply, { model, requestId }: ReplyContext): JsonObject {
  const feedback = reply.candidates.map(promptFeedbackOf).find(Boolean);
  const tier = reply.serviceTier === undefined ? undefined : geminiTier(reply.serviceTier);
  return defined<JsonObject>({
    candidates: feedback ? undefined : reply.candidates.map(encodeCandidate),
    promptFeedback: feedback,
    usageMetadata: reply.usage ? writeUsage(reply.usage, tier) : undefined,
    modelVersion: model,
    responseId: reply.id ?? requestId,
  });
}

/** A refused prompt has no candidate. */
export function promptFeedbackOf({ finish, blocks }: Pick<Candidate, 'finish' | 'blocks'>): unknown {
  return blocks.length === 0 ? detailsOf(finish).promptFeedback : undefined;
}

function encodeCandidate({ index, blocks, finish, logprobs }: Candidate): JsonObject {
  const { parts, grounding } = partsOf(blocks);
  const broken = blocks.filter((block): block is ToolCallBlock => block.kind === 'tool-call' && !argsOf(block));
  return defined<JsonObject>({
    content: { ...(parts.length > 0 ? { parts } : {}), role: 'model' },
    index,
    logprobsResult: writeLogprobs(logprobs),
    ...grounding.fields(),
    ...detailsOf(finish),
    ...endOf(finish, broken),
  });
}

interface Written {
  readonly parts: JsonObject[];
  readonly grounding: Grounding;
}

/**
 * Texts that follow each other become one part where sources are cited: other protocols cut a text at each citation, and Gemini's
 * callers look for the places in the text as a whole.
 */
function partsOf(blocks: readonly Block[]): Written {
  const written: Written = { parts: [], grounding: new Grounding() };
  let before: TextBlock | undefined;
  let offset = 0;
  for (const block of blocks) {
    const joins = block.kind === 'text' && before !== undefined && !before.signature && areCited(before, block);
    if (joins && before) extendText(written.parts, block);
    else {
      const part = wholePart(block);
      if (part) written.parts.push(part);
      offset = 0;
    }
    if (block.kind !== 'text') before = undefined;
    else {
      offset += ground(block, written, offset);
      before = { ...block, citations: [...(before?.citations ?? []), ...(block.citations ?? [])] };
    }
  }
  return written;
}

const areCited = (...blocks: readonly TextBlock[]): boolean =>
  blocks.some(({ citations }) => citations && citations.length > 0);

function extendText(parts: JsonObject[], { text, signature }: TextBlock): void {
  const last = parts.pop();
  const signed = wholePart({
    kind: 'text',
    text: `${String(last?.text ?? '')}${text}`,
    ...(signature ? { signature } : {}),
  });
  if (signed) parts.push(signed);
}

/** Notes what a text cites; gives its length in bytes. */
function ground({ text, citations }: TextBlock, { parts, grounding }: Written, offset: number): number {
  const meter = new TextMeter();
  meter.push(text);
  if (citations && citations.length > 0) grounding.add({ citations, meter, offset, partIndex: parts.length - 1 });
  return meter.bytes;
}
