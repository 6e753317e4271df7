import type { Block } from '../../chat/blocks';
import type { Turn } from '../../chat/request';
import type { JsonObject } from '../../json';
import type { Family } from './family';
import { encodeBlock, type Part, type PartContext } from './encode-parts';
import { NO_SIGNATURE } from './signatures';

/**
 * Turns → `contents`. All results of one turn's calls come in one content right after it, in the order of the calls; what else the
 * caller says follows in another. https://ai.google.dev/gemini-api/docs/function-calling#parallel_function_calling
 */
export function encodeContents(turns: readonly Turn[], family: Family, dropped: Set<string>): JsonObject[] {
  const calls = turns.flatMap(({ blocks }) => blocks).filter((block) => block.kind === 'tool-call');
  const context = { family, dropped, names: new Map(calls.map(({ id, name }) => [id, name])) };
  const order = new Map(calls.map(({ id }, index) => [id, index]));
  const contents: JsonObject[] = [];
  let group: Turn[] = [];
  const flush = (): void => {
    const role = group[0]?.role;
    if (role === 'assistant') contents.push(...modelContent(group, context));
    else if (role !== undefined) contents.push(...userContents(group, context, order));
    group = [];
  };
  for (const turn of turns) {
    if (turn.name) dropped.add('turns.name');
    if (turn.role === 'system') dropped.add('turns.system');
    if (group[0] && (group[0].role === 'assistant') !== (turn.role === 'assistant')) flush();
    group.push(turn);
  }
  flush();
  return contents;
}

/** Instructions in the middle of a conversation are said by the user: Gemini knows no other place for them there. */
function userContents(turns: readonly Turn[], context: PartContext, order: ReadonlyMap<string, number>): JsonObject[] {
  const results: { readonly at: number; readonly part: Part }[] = [];
  const rest: Part[] = [];
  for (const block of turns.flatMap(({ blocks }) => blocks)) {
    const parts = encodeBlock(block, context);
    if (block.kind !== 'tool-result') rest.push(...parts);
    else {
      const [response, ...media] = parts;
      if (response) results.push({ at: order.get(block.callId) ?? order.size, part: response });
      rest.push(...media);
    }
  }
  const ordered = results.sort((a, b) => a.at - b.at).map(({ part }) => part);
  return [ordered, rest].filter((parts) => parts.length > 0).map((parts) => ({ role: 'user', parts }));
}

function modelContent(turns: readonly Turn[], context: PartContext): JsonObject[] {
  const parts = modelParts(
    turns.flatMap(({ blocks }) => blocks),
    context,
  );
  if (parts.length === 0) return [];
  if (context.family.needsSignatures) signCalls(parts);
  return [{ role: 'model', parts }];
}

/**
 * Gemini signs the call, not the thought before it. A client protocol that has room for signatures on thoughts only brings the
 * call's back on one: it moves to the next call that has none.
 */
function modelParts(blocks: readonly Block[], context: PartContext): Part[] {
  const parts: Part[] = [];
  let carrier: Part | undefined;
  for (const block of blocks) {
    for (const part of encodeBlock(block, context)) {
      if (carrier && part.functionCall && !part.thoughtSignature) hand(carrier, part, parts);
      if (part.functionCall) carrier = undefined;
      else if (block.kind === 'reasoning' && part.thoughtSignature) carrier = part;
      parts.push(part);
    }
  }
  return parts;
}

function hand(carrier: Part, call: Part, parts: Part[]): void {
  call.thoughtSignature = carrier.thoughtSignature;
  delete carrier.thoughtSignature;
  if (carrier.text === '') parts.splice(parts.lastIndexOf(carrier), 1);
}

/** Of parallel calls Gemini signs the first; those before it, or all of them where none is signed, are from elsewhere. */
function signCalls(parts: readonly Part[]): void {
  for (const part of parts) {
    if (!part.functionCall) continue;
    if (part.thoughtSignature) return;
    part.thoughtSignature = NO_SIGNATURE;
  }
}
