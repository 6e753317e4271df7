import type { PromptRule } from '@app/channels';
import type { Protocol } from '@app/providers';
import { type Edit, setMember } from '../request/edits';
import type { Body, Item, Member } from '../request/members';

/** The channel's system prompt written into the caller's own bytes, where its protocol keeps instructions. */
export const promptEdits = (body: Body, protocol: Protocol, rule: PromptRule | null): readonly Edit[] =>
  rule ? places[protocol](body, rule) : [];

type Place = (body: Body, rule: PromptRule) => readonly Edit[];

const places: Readonly<Record<Protocol, Place>> = {
  'openai-chat': inMessages,
  'openai-responses': inInstructions,
  'anthropic-messages': (body, rule) => inMember(body, 'system', rule, textPart('text')),
  gemini: inSystemInstruction,
};

/** How one more part of a list of instructions is spelled. */
type MakePart = (text: string) => object;

const textPart =
  (type: string): MakePart =>
  (text) => ({ type, text });

/** Models whose template knows one system message only are common, so an existing one grows rather than getting company. */
function inMessages(body: Body, rule: PromptRule): readonly Edit[] {
  const messages = body.get('messages');
  if (messages?.type !== 'array') return [];
  const items = body.items(messages);
  const given = leadingInstructions(body, items);
  const [first, last] = [given[0], given.at(-1)];
  if (!first || !last) return [insertFirst(messages, { role: 'system', content: rule.text }, items.length > 0)];
  if (rule.mode === 'default') return [];
  if (rule.mode === 'replace') {
    const role = body.inside(first).value('role');
    return [{ start: first.start, end: last.end, text: JSON.stringify({ role, content: rule.text }) }];
  }
  return inMember(body.inside(rule.mode === 'append' ? last : first), 'content', rule, textPart('text'));
}

/** Instructions stand in a field of their own, and perhaps in messages at the head of `input`. */
function inInstructions(body: Body, rule: PromptRule): readonly Edit[] {
  const input = body.get('input');
  const items = input?.type === 'array' ? body.items(input) : [];
  const given = leadingInstructions(body, items);
  const last = given.at(-1);
  if (!last || rule.mode === 'prepend') return inMember(body, 'instructions', rule, textPart('input_text'));
  if (rule.mode === 'default') return [];
  if (rule.mode === 'append') return inMember(body.inside(last), 'content', rule, textPart('input_text'));
  const end = items[given.length]?.start ?? last.end;
  return [{ start: given[0]!.start, end, text: '' }, setMember(body, 'instructions', rule.text)];
}

/** Google takes both spellings of the name. */
function inSystemInstruction(body: Body, rule: PromptRule): readonly Edit[] {
  const name = body.get('system_instruction') ? 'system_instruction' : 'systemInstruction';
  const member = body.get(name);
  const part = (text: string) => ({ text });
  if (member?.type === 'string' || member?.type === 'array') return inMember(body, name, rule, part);
  if (member?.type !== 'object' || rule.mode === 'replace')
    return [setMember(body, name, { parts: [part(rule.text)] })];
  return inMember(body.inside(member), 'parts', rule, part);
}

function leadingInstructions(body: Body, items: readonly Item[]): readonly Item[] {
  const end = items.findIndex((item) => !isInstruction(body, item));
  return end < 0 ? items : items.slice(0, end);
}

function isInstruction(body: Body, item: Item): boolean {
  if (item.type !== 'object') return false;
  const role = body.inside(item).value('role');
  return role === 'system' || role === 'developer';
}

/** A member that holds a text or a list of parts; of any other type it is the upstream's to refuse. */
function inMember(body: Body, name: string, { mode, text }: PromptRule, part: MakePart): readonly Edit[] {
  const member = body.get(name);
  if (member?.type === 'string') return inText(body, member, { mode, text });
  if (member?.type === 'array') return inList(member, body.items(member).length > 0, mode, part(text));
  if (member && member.type !== 'null') return [];
  return [setMember(body, name, name === 'parts' ? [part(text)] : text)];
}

function inText(body: Body, member: Member, { mode, text }: Pick<PromptRule, 'mode' | 'text'>): readonly Edit[] {
  const isEmpty = member.end - member.start === 2;
  if (isEmpty || mode === 'replace') return [setMember(body, member.name, text)];
  if (mode === 'prepend') return [insertAt(member.start + 1, escaped(`${text}\n\n`))];
  return mode === 'append' ? [insertAt(member.end - 1, escaped(`\n\n${text}`))] : [];
}

function inList(list: Item, hasMore: boolean, mode: PromptRule['mode'], part: object): readonly Edit[] {
  if (!hasMore || mode === 'replace') return [{ ...list, text: JSON.stringify([part]) }];
  if (mode === 'prepend') return [insertFirst(list, part, true)];
  return mode === 'append' ? [insertAt(list.end - 1, `,${JSON.stringify(part)}`)] : [];
}

const insertAt = (at: number, text: string): Edit => ({ start: at, end: at, text });

const insertFirst = (list: Item, value: object, hasMore: boolean): Edit =>
  insertAt(list.start + 1, `${JSON.stringify(value)}${hasMore ? ',' : ''}`);

/** As it stands between the quotes of a JSON text. */
const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
