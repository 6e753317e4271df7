import type { Quirks } from '@app/providers';
import type {
  Block,
  Extra,
  ImageBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../chat/blocks';
import { wrapFreeText } from '../../chat/free-text';
import type { Turn } from '../../chat/request';
import { defined, isObject, type JsonObject } from '../../json';
import { inputPart, isItem, type Lose, outputText } from './encode-content';
import { fittingCallId, itemId } from './ids';

/** Turns → `input`. */
export function encodeInput(turns: readonly Turn[], quirks: Quirks, dropped: Set<string>): readonly JsonObject[] {
  const writer = new InputWriter(quirks, dropped);
  for (const turn of turns) writer.turn(turn);
  return writer.items;
}

interface Message {
  readonly phase: string | undefined;
  readonly content: JsonObject[];
}

class InputWriter {
  readonly items: JsonObject[] = [];
  /** The model's message being written: text that follows text of the same phase belongs to it. */
  private message: Message | undefined;
  private readonly callTypes = new Map<string, ToolCallBlock['type']>();

  constructor(
    private readonly quirks: Quirks,
    private readonly dropped: Set<string>,
  ) {}

  turn({ role, blocks, name }: Turn): void {
    if (name) this.lose('name');
    this.message = undefined;
    if (role === 'assistant') for (const block of blocks) this.answered(block);
    else this.told(role, blocks);
  }

  private readonly lose: Lose = (what) => {
    this.dropped.add(`turns.${what}`);
    return undefined;
  };

  /** What the caller says; results of its tools are items of their own, in the order they stand. */
  private told(role: Turn['role'], blocks: readonly Block[]): void {
    let content: JsonObject[] = [];
    let fields: JsonObject = {};
    const flush = (): void => {
      if (content.length > 0) this.items.push({ type: 'message', role, content, ...fields });
      content = [];
      fields = {};
    };
    for (const block of blocks) {
      const item = this.itemOfCaller(block);
      if (item) {
        flush();
        this.items.push(item);
        continue;
      }
      const part = block.kind === 'reasoning' ? this.lose('reasoning') : inputPart(block, this.lose);
      if (part) content.push(part);
      if (block.kind === 'text') fields = { ...fields, ...itemFields(block) };
    }
    flush();
  }

  private itemOfCaller(block: Block): JsonObject | undefined {
    if (block.kind === 'tool-result') return this.result(block);
    const isOwn = block.kind === 'opaque' && block.issuer === 'openai' && isItem(block.type);
    return isOwn && isObject(block.value) ? block.value : undefined;
  }

  private result(block: ToolResultBlock): JsonObject {
    if (block.isError) this.lose('tool-result.isError');
    if (block.cache) this.lose('cache');
    const type = this.callTypes.get(block.callId) ?? this.typeFor(block.type);
    const parts = block.content.map((item) => inputPart(item, this.lose)).filter((part) => part !== undefined);
    const [only] = parts;
    const isText = parts.length === 0 || (parts.length === 1 && only?.type === 'input_text');
    return {
      type: type === 'custom' ? 'custom_tool_call_output' : 'function_call_output',
      call_id: fittingCallId(block.callId),
      output: isText ? (only?.text ?? '') : parts,
      ...itemFields(block),
    };
  }

  /** What the model said. */
  private answered(block: Block): void {
    if (block.kind === 'text') return this.text(block);
    if (block.kind === 'refusal') return this.part({ type: 'refusal', refusal: block.text }, undefined, {});
    const item = this.itemOfModel(block);
    if (!item) return;
    this.message = undefined;
    this.items.push(item);
  }

  private text(block: TextBlock): void {
    if (block.cache) this.lose('cache');
    if (block.signature) this.lose('signature');
    if (block.text !== '') this.part(outputText(block.text, block.citations), block.phase, itemFields(block));
  }

  private part(part: JsonObject, phase: string | undefined, fields: JsonObject): void {
    const { message } = this;
    if (message && (phase === undefined || message.phase === phase) && Object.keys(fields).length === 0) {
      message.content.push(part);
      return;
    }
    const content = [part];
    this.message = { phase, content };
    this.items.push({ type: 'message', role: 'assistant', content, ...(phase ? { phase } : {}), ...fields });
  }

  private itemOfModel(block: Block): JsonObject | undefined {
    switch (block.kind) {
      case 'tool-call':
        return this.call(block);
      case 'reasoning':
        return this.reasoning(block);
      case 'image':
        return this.picture(block);
      case 'tool-result':
        return this.result(block);
      case 'audio':
        this.lose('audio');
        if (block.transcript) this.part(outputText(block.transcript), undefined, {});
        return undefined;
      case 'opaque':
        return block.issuer === 'openai' && isItem(block.type) && isObject(block.value)
          ? block.value
          : this.lose(block.type);
      default:
        return this.lose(block.kind);
    }
  }

  private typeFor(type: ToolCallBlock['type']): ToolCallBlock['type'] {
    return this.quirks.customTools ? type : 'function';
  }

  private call(block: ToolCallBlock): JsonObject {
    if (block.signature) this.lose('signature');
    if (block.cache) this.lose('cache');
    const type = this.typeFor(block.type);
    this.callTypes.set(block.id, type);
    const head = defined({ call_id: fittingCallId(block.id), name: block.name, namespace: block.namespace });
    if (type === 'custom') return { type: 'custom_tool_call', ...head, input: block.input, ...itemFields(block) };
    const input = block.type === 'custom' ? wrapFreeText(block.input) : block.input;
    return { type: 'function_call', ...head, arguments: input === '' ? '{}' : input, ...itemFields(block) };
  }

  /**
   * OpenAI takes its own thoughts back, encrypted or by the id under which it stores them. Others' unsigned thoughts go only to
   * upstreams that want them.
   */
  private reasoning({ text, summary = [], signature, id, redacted }: ReasoningBlock): JsonObject | undefined {
    const isOwn = signature?.issuer === 'openai' && !redacted;
    const isKnown = isOwn || (id !== undefined && signature === undefined);
    if (!isKnown && (!this.quirks.needsReasoningBack || (text === '' && summary.length === 0)))
      return this.lose('reasoning');
    if (signature && !isOwn) this.lose('signature');
    return {
      type: 'reasoning',
      ...(id ? { id } : {}),
      summary: summary.map((part) => ({ type: 'summary_text', text: part })),
      ...(text ? { content: [{ type: 'reasoning_text', text }] } : {}),
      ...(isOwn ? { encrypted_content: signature.value } : {}),
    };
  }

  /** A picture the model made. */
  private picture(block: ImageBlock): JsonObject | undefined {
    if (block.signature) this.lose('signature');
    if (block.source.kind !== 'data') return this.lose('image');
    const id = itemId('image_generation_call', 'input', this.items.length);
    return { type: 'image_generation_call', id, status: 'completed', result: block.source.data, ...itemFields(block) };
  }
}

/** What an item said besides what the neutral form knows, in this protocol. */
function itemFields({ extra }: { readonly extra?: Extra }): JsonObject {
  const item = extra?.issuer === 'openai' ? extra.fields.item : undefined;
  return isObject(item) ? item : {};
}
