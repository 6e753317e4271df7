import type { Block, Extra, TextBlock, ToolResultBlock } from '../../chat/blocks';
import type { Turn } from '../../chat/request';
import { isObject, type JsonObject } from '../../json';
import { badRequest } from '../../relay.errors';
import { Calls } from './calls';
import { arrayField, camelOf, checkedObject, entryOf, field, invalidValue, otherFields, textField } from './fields';
import { readSignature, restoredThought } from './signatures';
import { fileSource, inlineSource, mediaBlock } from './sources';

/** `function` is what the first version of the API called the turn with function responses. */
const roles: Readonly<Record<string, Turn['role']>> = {
  user: 'user',
  model: 'assistant',
  function: 'user',
  system: 'system',
};

/**
 * `contents` → turns. The SDK's chats keep each event of a streamed answer as a content of its own: contents of the model that
 * follow each other are one turn, and their pieces of text one text again.
 */
export function decodeContents(body: JsonObject): Turn[] {
  const contents = contentsOf(body);
  const calls = new Calls();
  const turns: { role: Turn['role']; blocks: Block[] }[] = [];
  contents.forEach((content, at) => {
    const role = roleOf(content, at);
    const blocks = decodeParts(content, `contents[${at}]`, calls);
    const last = turns.at(-1);
    if (blocks.length === 0) return;
    if (role === 'assistant' && last?.role === role)
      blocks.forEach((block, index) => append(last.blocks, block, index === 0));
    else turns.push({ role, blocks });
  });
  return turns;
}

/** A text or a single content is taken as a list of one. */
function contentsOf(body: JsonObject): readonly unknown[] {
  const contents = field(body, 'contents');
  if (typeof contents === 'string' && contents !== '') return [{ role: 'user', parts: [{ text: contents }] }];
  if (isObject(contents)) return [contents];
  if (contents !== undefined && !Array.isArray(contents))
    throw badRequest("Invalid value at 'contents': expected a list.", 'contents');
  if (!contents || contents.length === 0)
    throw badRequest('GenerateContentRequest.contents: contents is not specified', 'contents');
  return contents;
}

function roleOf(content: unknown, at: number): Turn['role'] {
  const name = textField(content, 'role');
  const role = name ? entryOf(roles, name) : 'user';
  if (!role) throw badRequest('Please use a valid role: user, model.', `contents[${at}].role`);
  return role;
}

/** Two pieces of one streamed text, or its signature on an empty one after it, are put together. */
function append(blocks: Block[], next: Block, mayJoin: boolean): void {
  const last = blocks.at(-1);
  const joined = mayJoin && last ? joinedText(last, next) : undefined;
  if (joined) blocks[blocks.length - 1] = joined;
  else blocks.push(next);
}

function joinedText(last: Block, next: Block): Block | undefined {
  if (last.kind === 'text' && next.kind === 'text') {
    return last.signature || last.extra ? undefined : { ...next, text: last.text + next.text };
  }
  if (last.kind !== 'reasoning' || next.kind !== 'reasoning' || last.signature) return undefined;
  if (next.summary) return { ...next, summary: [last.text + next.summary.join('')] };
  return { ...next, text: last.text + next.text };
}

export function decodeParts(content: unknown, path: string, calls: Calls): Block[] {
  const parts = field(content, 'parts') ?? (typeof content === 'string' ? [{ text: content }] : []);
  const list = Array.isArray(parts) ? parts : [parts];
  return list.flatMap((part: unknown, at): Block | readonly Block[] => {
    if (typeof part === 'string') return { kind: 'text', text: part };
    const place = `${path}.parts[${at}]`;
    if (!isObject(part)) throw invalidValue(place, 'an object');
    return decodePart(part, place, calls) ?? [];
  });
}

/** `path` is that of the data. */
type PartReader = (data: JsonObject, part: JsonObject, path: string, calls: Calls) => Block;

const readers: Readonly<Record<string, PartReader>> = {
  inlineData: (blob, part, path) =>
    withSignature(
      mediaBlock(inlineSource(blob, path), textField(blob, 'displayName'), extraOf(part, 'inlineData')),
      part,
    ),
  fileData: (file, part, path) =>
    withSignature(mediaBlock(fileSource(file, path), textField(file, 'displayName'), extraOf(part, 'fileData')), part),
  functionCall: readCall,
  functionResponse: readResult,
};

/** Fields that stand beside a part's data. */
const flags: ReadonlySet<string> = new Set(['thought', 'thoughtSignature', 'text']);
const beside: ReadonlySet<string> = new Set([
  'videoMetadata',
  'mediaResolution',
  'partMetadata',
  'mediaProcessing',
  'speechMetadata',
]);

function decodePart(part: JsonObject, path: string, calls: Calls): Block | undefined {
  const text = textField(part, 'text');
  if (text !== undefined) return decodeText(text, part);
  const name = Object.keys(part).find(
    (key) => part[key] != null && !flags.has(camelOf(key)) && !beside.has(camelOf(key)),
  );
  if (name === undefined) return textField(part, 'thoughtSignature') ? decodeText('', part) : undefined;
  const type = camelOf(name);
  const data = part[name];
  const reader = Object.hasOwn(readers, type) && field(part, 'thought') !== true ? readers[type] : undefined;
  if (!reader) return opaque(type, part);
  if (!isObject(data)) throw invalidValue(`${path}.${type}`, 'an object');
  return reader(data, part, `${path}.${type}`, calls);
}

const opaque = (type: string, value: JsonObject): Block => ({ kind: 'opaque', issuer: 'gemini', type, value });

function decodeText(text: string, part: JsonObject): Block | undefined {
  const value = textField(part, 'thoughtSignature') || undefined;
  if (text === '' && value === undefined) return undefined;
  const extra = extraOf(part, 'text');
  if (field(part, 'thought') === true) return restoredThought(text, value);
  const block: TextBlock = { kind: 'text', text, ...(extra ? { extra } : {}) };
  return withSignature(block, part);
}

function readCall(call: JsonObject, part: JsonObject, path: string, calls: Calls): Block {
  const name = textField(call, 'name');
  if (!name) throw invalidValue(`${path}.name`, 'the name of a function');
  const args = checkedObject(call, 'args', path) ?? {};
  const id = calls.made(name, textField(call, 'id'));
  return withSignature({ kind: 'tool-call', id, name, input: JSON.stringify(args), type: 'function' }, part);
}

/** "Use "output" key to specify function output and "error" key to specify error details"; anything else is the output itself. */
function readResult(result: JsonObject, _part: JsonObject, path: string, calls: Calls): ToolResultBlock {
  const response = checkedObject(result, 'response', path) ?? {};
  const keys = Object.keys(response);
  const only = keys.length === 1 ? keys[0] : undefined;
  const value = only === 'output' || only === 'error' ? response[only] : response;
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  const media = arrayField(result, 'parts').flatMap((item, at) =>
    isObject(item) ? (decodePart(item, `${path}.parts[${at}]`, calls) ?? []) : [],
  );
  const text: Block[] = written === '{}' && media.length > 0 ? [] : [{ kind: 'text', text: written }];
  const fields = otherFields(result, resultFields);
  return {
    kind: 'tool-result',
    type: 'function',
    ...calls.answered(textField(result, 'name'), textField(result, 'id')),
    content: [...text, ...media],
    ...(only === 'error' ? { isError: true } : {}),
    ...(fields ? { extra: { issuer: 'gemini', fields: { functionResponse: fields } } } : {}),
  };
}

const resultFields: ReadonlySet<string> = new Set(['id', 'name', 'response', 'parts']);

function withSignature<B extends Block>(block: B, part: JsonObject): B {
  const value = textField(part, 'thoughtSignature');
  return value ? { ...block, signature: readSignature(value).signature } : block;
}

/** What else stands in the part: how a video is cut, how finely a picture is looked at. */
function extraOf(part: JsonObject, data: string): Extra | undefined {
  const fields = otherFields(part, new Set([...flags, data]));
  return fields ? { issuer: 'gemini', fields } : undefined;
}
