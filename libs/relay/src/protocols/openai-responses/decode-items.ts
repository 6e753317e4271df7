import type { Block, ImageBlock, ToolCallBlock, ToolResultBlock } from '../../chat/blocks';
import type { Turn } from '../../chat/request';
import { isObject, type JsonObject, parseJson, textAt } from '../../json';
import { contentOf, decodeReasoning, opaque } from './decode-content';
import { invalidType, invalidValue, missing, stringField, unknownFields } from './fields';
import { madeUpCallId } from './ids';

const roles: Readonly<Record<string, Turn['role']>> = {
  user: 'user',
  assistant: 'assistant',
  system: 'system',
  developer: 'system',
};

/** The `type` of an item; it may be left out where the item's other fields tell. */
export function typeOf(item: JsonObject): string {
  const type = textAt(item, 'type');
  if (type) return type;
  if (item.role != null) return 'message';
  if (item.call_id != null) return item.output !== undefined ? 'function_call_output' : 'function_call';
  return item.id != null ? 'item_reference' : '';
}

/** `input` → turns: items of the model join to one turn, so do results of tools that follow one another. */
export function decodeInput(input: unknown): readonly Turn[] {
  if (input == null) return [];
  if (typeof input === 'string') return [{ role: 'user', blocks: [{ kind: 'text', text: input }] }];
  if (!Array.isArray(input)) throw invalidType('input', 'a string or an array');
  const conversation = new Conversation();
  input.forEach((item, index) => conversation.add(item, `input[${index}]`, index));
  return conversation.turns;
}

interface GrowingTurn {
  readonly role: Turn['role'];
  readonly blocks: Block[];
}

class Conversation {
  readonly turns: GrowingTurn[] = [];
  private readonly calls = new Map<string, ToolCallBlock>();

  add(item: unknown, path: string, index: number): void {
    if (typeof item === 'string') return (this.open('user').push({ kind: 'text', text: item }), undefined);
    if (!isObject(item)) throw invalidType(path, 'an object');
    const type = typeOf(item);
    if (type === '') throw missing(`${path}.type`);
    const decode = Object.hasOwn(this.on, type) ? this.on[type] : undefined;
    if (decode) decode(item, path, index);
    else this.other(item, type);
  }

  private readonly on: Readonly<Record<string, (item: JsonObject, path: string, index: number) => void>> = {
    message: (item, path) => this.message(item, path),
    reasoning: (item, path) => this.reasoning(item, path),
    function_call: (item, path, index) => this.call(item, 'function', path, index),
    custom_tool_call: (item, path, index) => this.call(item, 'custom', path, index),
    function_call_output: (item, path) => this.result(item, 'function', path),
    custom_tool_call_output: (item, path) => this.result(item, 'custom', path),
    image_generation_call: (item) => this.model(decodeImageCall(item)),
    // Its tools are among the request's (decode-tools.ts).
    additional_tools: () => undefined,
  };

  private message(item: JsonObject, path: string): void {
    const name = textAt(item, 'role') ?? '';
    const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
    if (!role) throw invalidValue(`${path}.role`, name, Object.keys(roles));
    const blocks = contentOf(item.content, `${path}.content`);
    const phase = textAt(item, 'phase');
    const phased = phase ? blocks.map((block) => (block.kind === 'text' ? { ...block, phase } : block)) : blocks;
    const target = role === 'assistant' ? this.join(role) : this.open(role);
    target.push(...withItem(phased, item, name));
  }

  /** Thoughts; or a signature of something said before, which goes back to its place. */
  private reasoning(item: JsonObject, path: string): void {
    const { block, target } = decodeReasoning(item, path);
    const { signature } = block;
    if (!signature || target.kind === 'reasoning' || target.kind === 'redacted') return this.model(block);
    if (target.kind === 'opaque') {
      const { issuer, value } = signature;
      return this.model({ kind: 'opaque', issuer, type: target.type, value: parseJson(value) });
    }
    const blocks = this.turns.flatMap((turn) => (turn.role === 'assistant' ? [turn.blocks] : []));
    for (const list of blocks.reverse()) {
      const at = list.findLastIndex((known) =>
        target.kind === 'call' ? known.kind === 'tool-call' && known.id === target.id : known.kind === target.kind,
      );
      const signed = list[at];
      if (!signed) continue;
      list[at] = { ...signed, signature } as Block;
      return;
    }
  }

  private call(item: JsonObject, type: ToolCallBlock['type'], path: string, index: number): void {
    const name = textAt(item, 'name');
    if (!name) throw missing(`${path}.name`);
    const namespace = textAt(item, 'namespace');
    const input = (type === 'custom' ? stringField(item, 'input', `${path}.input`) : argumentsOf(item, path)) ?? '';
    const fields = unknownFields(item, callFields);
    const block: ToolCallBlock = {
      kind: 'tool-call',
      id: textAt(item, 'call_id') || textAt(item, 'id') || madeUpCallId('input', index),
      name,
      type,
      input: type === 'function' && input.trim() === '' ? '{}' : input,
      ...(namespace ? { namespace } : {}),
      ...(fields ? { extra: { issuer: 'openai', fields: { item: fields } } } : {}),
    };
    this.calls.set(block.id, block);
    this.model(block);
  }

  private result(item: JsonObject, type: ToolResultBlock['type'], path: string): void {
    const callId = textAt(item, 'call_id');
    if (!callId) throw missing(`${path}.call_id`);
    const name = this.calls.get(callId)?.name;
    const fields = unknownFields(item, resultFields);
    const last = this.turns.at(-1);
    const follows = last?.role === 'user' && last.blocks.every(({ kind }) => kind === 'tool-result');
    (follows ? last.blocks : this.open('user')).push({
      kind: 'tool-result',
      callId,
      type,
      content: contentOf(item.output, `${path}.output`),
      ...(name ? { name } : {}),
      ...(fields ? { extra: { issuer: 'openai', fields: { item: fields } } } : {}),
    });
  }

  /** Items only OpenAI knows: calls of its tools are the model's, what answers them (or approves) the caller's. */
  private other(item: JsonObject, type: string): void {
    const isAnswer = type.endsWith('_output') || type.endsWith('_response');
    const isServers = item.execution === 'server' || type === 'program_output';
    (isAnswer && !isServers ? this.open('user') : this.join('assistant')).push(opaque(type, item));
  }

  private model(block: Block): void {
    this.join('assistant').push(block);
  }

  private join(role: Turn['role']): Block[] {
    const last = this.turns.at(-1);
    return last?.role === role ? last.blocks : this.open(role);
  }

  private open(role: Turn['role']): Block[] {
    const blocks: Block[] = [];
    this.turns.push({ role, blocks });
    return blocks;
  }
}

const callFields: ReadonlySet<string> = new Set([
  'type',
  'call_id',
  'name',
  'namespace',
  'arguments',
  'input',
  'parsed_arguments',
]);
const resultFields: ReadonlySet<string> = new Set(['type', 'call_id', 'output']);
const messageFields: ReadonlySet<string> = new Set(['type', 'role', 'content', 'phase']);
const imageFields: ReadonlySet<string> = new Set(['type', 'result']);

/** `arguments` is a text; some clients send the object itself. */
function argumentsOf({ arguments: value }: JsonObject, path: string): string | undefined {
  if (typeof value === 'string') return value;
  if (value != null && !isObject(value)) throw invalidType(`${path}.arguments`, 'a string');
  return value == null ? undefined : JSON.stringify(value);
}

/** What a message says besides its content (`id`, `status`, the role `developer`), kept with its first block. */
function withItem(blocks: readonly Block[], item: JsonObject, role: string): readonly Block[] {
  const fields = { ...unknownFields(item, messageFields), ...(role === 'developer' ? { role } : {}) };
  const [first, ...rest] = blocks;
  if (!first || first.kind !== 'text' || Object.keys(fields).length === 0) return blocks;
  return [{ ...first, extra: { issuer: 'openai', fields: { item: fields } } }, ...rest];
}

const imageTypes: ReadonlyMap<string, string> = new Map([
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
]);

/** A picture OpenAI made; without one (still being made, or failed) only its own protocol can tell of it. */
export function decodeImageCall(item: JsonObject): Block {
  const data = textAt(item, 'result');
  if (!data) return opaque('image_generation_call', item);
  const fields = unknownFields(item, imageFields);
  const image: ImageBlock = {
    kind: 'image',
    source: { kind: 'data', mediaType: imageTypes.get(textAt(item, 'output_format') ?? '') ?? 'image/png', data },
    ...(fields ? { extra: { issuer: 'openai', fields: { item: fields } } } : {}),
  };
  return image;
}
