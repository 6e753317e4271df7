import type { Block, Signature, ToolCallBlock } from '../../chat/blocks';
import type { Part } from '../../chat/parts';
import { Fold } from '../../chat/fold';
import { arrayAt, isObject, type JsonObject, objectAt, textAt } from '../../json';
import { madeUpId, readId } from './call-id';
import { thoughtSignature } from './call-reader';
import { decodeAnnotations } from './citations';
import { isCounted, type Placed, placedReasoning } from './client-reasoning';
import { decodeContent } from './decode-content';
import { DeltaReader } from './delta-reader';
import { sourceOf } from './media';
import { Numbering } from './numbering';
import { callFields, ownFields } from './own-fields';
import { issuerOf, signatureOf } from './reasoning-details';
import { invalidType, listField, missing, objectField, objectOf, stringField } from './request-fields';

/** An assistant message of the history. `before`: how many calls the conversation had already, for ids that clients left out. */
export function decodeAssistant(message: JsonObject, path: string, before: number): Block[] {
  const content = decodeContent(message.content, `${path}.content`);
  const refusal = textAt(message, 'refusal');
  const said: Block[] = [
    ...signedText(content, message),
    ...(refusal ? [{ kind: 'refusal', text: refusal } as const] : []),
    ...spoken(message),
    ...pictures(message),
  ];
  const details = arrayAt(message, 'reasoning_details').filter(isObject);
  const calls = signedCalls(decodeCalls(message, path, before), details);
  const thoughts = details.filter((entry) => callSignature(entry) === undefined);
  return isCounted(thoughts)
    ? woven(placedReasoning(message, thoughts), said, calls)
    : [...plainReasoning(message, thoughts), ...said, ...calls];
}

/** OpenRouter tells the signature of a Gemini call among the details, under the call's id. */
function callSignature(entry: JsonObject): Signature | undefined {
  return entry.type === 'reasoning.encrypted' && textAt(entry, 'id') && issuerOf(entry) === 'gemini'
    ? signatureOf(entry)
    : undefined;
}

function signedCalls(calls: ToolCallBlock[], details: readonly JsonObject[]): ToolCallBlock[] {
  return calls.map((call) => {
    const entry = call.signature ? undefined : details.find(({ id }) => id === call.id);
    const signature = entry && callSignature(entry);
    return signature ? { ...call, signature } : call;
  });
}

/** Thoughts in any vendor's spelling, read as from an upstream's answer. */
function plainReasoning(message: JsonObject, details: readonly JsonObject[]): Block[] {
  const { reasoning_content, reasoning } = message;
  if (details.length === 0 && !reasoning_content && !reasoning) return [];
  const fold = new Fold();
  const reader = new DeltaReader(0, new Numbering(), (part: Part) => fold.push(part));
  reader.read({ reasoning_details: details, reasoning_content, reasoning });
  reader.close();
  return [...(fold.reply().candidates[0]?.blocks ?? [])];
}

/** Puts thoughts where their `position` says, cutting the text there. */
function woven(placed: readonly Placed[], said: readonly Block[], calls: readonly ToolCallBlock[]): Block[] {
  const rest = [...said];
  const waiting = [...calls];
  const blocks: Block[] = [];
  let units = 0;
  for (const { block, position } of placed) {
    units += takeText(rest, position.content - units, blocks);
    while (calls.length - waiting.length < position.tool_calls && waiting.length > 0)
      blocks.push(...waiting.splice(0, 1));
    blocks.push(block);
  }
  return [...blocks, ...rest, ...waiting];
}

/** Moves `units` of text from one list to the other; returns how many there were. */
function takeText(from: Block[], units: number, to: Block[]): number {
  let taken = 0;
  while (taken < units && from[0]?.kind === 'text') {
    const block = from[0];
    const head = block.text.slice(0, units - taken);
    taken += head.length;
    if (head.length === block.text.length) to.push(...from.splice(0, 1));
    else {
      to.push({ ...block, text: head });
      from[0] = { ...block, text: block.text.slice(head.length) };
    }
  }
  return taken;
}

/** Gemini's signature of the answer's text comes back on the message. */
function signedText(content: Block[], message: JsonObject): Block[] {
  const signature = thoughtSignature(message);
  const last = signature ? content.findLastIndex(({ kind }) => kind === 'text') : -1;
  return last < 0
    ? cited(content, message)
    : cited(content, message).map((block, index) => (index === last ? ({ ...block, signature } as Block) : block));
}

/** What an answer rested on comes back beside its text. Its places are those of the one text that it was. */
function cited(content: Block[], message: JsonObject): Block[] {
  const citations = decodeAnnotations(arrayAt(message, 'annotations'));
  if (citations.length === 0) return content;
  const last = content.findLastIndex(({ kind }) => kind === 'text');
  const placed = content.length === 1 ? citations : citations.map(({ start: _start, end: _end, ...source }) => source);
  return content.map((block, index) => (index === last ? ({ ...block, citations: placed } as Block) : block));
}

/** `images` that the model made, each perhaps with Gemini's signature. */
function pictures(message: JsonObject): Block[] {
  return arrayAt(message, 'images').flatMap((image): Block[] => {
    const url = textAt(objectAt(image, 'image_url'), 'url');
    const signature = thoughtSignature(image);
    return url ? [{ kind: 'image', source: sourceOf(url), ...(signature ? { signature } : {}) }] : [];
  });
}

/** `audio` of an earlier answer: its id. */
function spoken(message: JsonObject): Block[] {
  const audio = objectAt(message, 'audio');
  const id = textAt(audio, 'id');
  const transcript = textAt(audio, 'transcript');
  if (!id) return [];
  return [{ kind: 'audio', source: { kind: 'file', id, issuer: 'openai' }, id, ...(transcript ? { transcript } : {}) }];
}

function decodeCalls(message: JsonObject, path: string, before: number): ToolCallBlock[] {
  const calls = listField(message, 'tool_calls', `${path}.tool_calls`).map((call, index) => {
    const where = `${path}.tool_calls[${index}]`;
    return decodeCall(objectOf(call, where), where, before + index);
  });
  const legacy = objectField(message, 'function_call', `${path}.function_call`);
  if (calls.length > 0 || !textAt(legacy, 'name')) return signFirst(calls, message);
  const input = argumentsOf(legacy?.arguments, `${path}.function_call.arguments`);
  return [{ kind: 'tool-call', id: madeUpId('', before), name: textAt(legacy, 'name') ?? '', input, type: 'function' }];
}

function decodeCall(call: JsonObject, path: string, number: number): ToolCallBlock {
  const custom = objectAt(call, 'custom');
  const body = custom ?? objectAt(call, 'function') ?? {};
  const name = textAt(body, 'name');
  if (!name) throw missing(`${path}.${custom ? 'custom' : 'function'}.name`);
  const { id, signature: inId } = readId(textAt(call, 'id') ?? '');
  const signature = thoughtSignature(call) ?? inId;
  const signed = signature ? { signature } : {};
  const own = ownFields({ ...call, ...body }, callFields);
  const known = { kind: 'tool-call', id: id || madeUpId('', number), name, ...signed, ...own } as const;
  if (custom) return { ...known, type: 'custom', input: stringField(custom, 'input', `${path}.custom.input`) ?? '' };
  return { ...known, type: 'function', input: argumentsOf(body.arguments, `${path}.function.arguments`) };
}

/** A JSON text; some clients send the object itself. */
function argumentsOf(value: unknown, path: string): string {
  if (value == null || value === '') return '{}';
  if (typeof value === 'string') return value;
  if (!isObject(value)) throw invalidType(path, 'a string', value);
  return JSON.stringify(value);
}

/** A message that is signed but has no text means its first call. */
function signFirst(calls: ToolCallBlock[], message: JsonObject): ToolCallBlock[] {
  const signature = thoughtSignature(message);
  const [first, ...others] = calls;
  if (!signature || !first || first.signature || message.content) return calls;
  return [{ ...first, signature }, ...others];
}
