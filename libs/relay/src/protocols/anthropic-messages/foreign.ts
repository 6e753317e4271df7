import { unseal } from '../../chat/signature';
import type { Foreign, ForeignScope } from '../../lanes/wire';
import { arrayAt, isObject, textAt } from '../../json';
import { applyEdits, dropMember, type Edit, setMember } from '../../request/edits';
import { Body } from '../../request/members';
import { abilitiesOf, isClaude } from '../claude-models';
import { lacksThoughts } from '../claude-thinking';
import { itemsOf, judged, judgedOrEmpty, kept, replaced, type Verdict } from '../foreign-blocks';
import { maybeUnsigned } from './unsigned';

/** Where a block holds what only its issuer can read. */
const places: Readonly<Record<string, string | undefined>> = { thinking: 'signature', redacted_thinking: 'data' };

/**
 * Thoughts that another vendor signed stood in an envelope before the caller, those that nobody signed with an empty signature
 * or, from imitators, with none. Anthropic refuses all of them ("Invalid `signature` in `thinking` block"); its imitators take the unsigned ones back.
 */
export const foreignThoughts: Foreign = {
  marks: ['"oneapi1.'],
  mayBeIn: maybeUnsigned,
  edits: (body, scope) => {
    const isReadable = (value: string): boolean => value !== '' || !isClaude(scope.model);
    return edited(body, scope, (block) => judge(block, isReadable));
  },
  withoutThoughts: (body, scope) => edited(body, scope, (block) => (placeIn(block) === undefined ? kept : null)),
};

function edited(body: Body, scope: ForeignScope, judgeBlock: (block: Body) => Verdict): readonly Edit[] {
  let lost = false;
  const edits = judgedOrEmpty(body, 'messages', (message) =>
    judged(message, itemsOf(message, 'content'), (block) => {
      const verdict = judgeBlock(block);
      lost ||= verdict === null;
      return verdict;
    }),
  );
  if (!lost) return edits;
  scope.dropped.add('turns.reasoning');
  return [...edits, ...allowMissing(body, edits, scope)];
}

function placeIn(block: Body): string | undefined {
  const type = block.value('type');
  return typeof type === 'string' && Object.hasOwn(places, type) ? places[type] : undefined;
}

function judge(block: Body, isReadable: (value: string) => boolean): Verdict {
  const name = placeIn(block);
  const place = name === undefined ? undefined : block.get(name);
  if (name === 'signature' && (place?.type ?? 'null') === 'null') return isReadable('') ? kept : null;
  if (place?.type !== 'string') return kept;
  const value = String(block.value(place.name));
  const { issuer, value: own } = unseal(value, 'anthropic');
  if (issuer !== 'anthropic' || !isReadable(own)) return null;
  return own === value ? kept : [replaced(place, own)];
}

/**
 * While it thinks by budget, Claude wants the turn whose tools are being answered to start with its thoughts. Where those are gone
 * it thinks as it likes (`adaptive` knows no such rule), or where the model cannot, not at all.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
function allowMissing(body: Body, edits: readonly Edit[], { model, dropped }: ForeignScope): readonly Edit[] {
  const thinking = body.value('thinking');
  if (textAt(thinking, 'type') !== 'enabled' || !isClaude(model)) return [];
  const messages = Body.parse(applyEdits(body, edits)).value('messages');
  if (!Array.isArray(messages) || !lacksThoughts(messages.filter(isObject))) return [];
  dropped.add('reasoning');
  if (abilitiesOf(model).thinking === 'either') {
    const display = textAt(thinking, 'display');
    return [setMember(body, 'thinking', { type: 'adaptive', ...(display ? { display } : {}) })];
  }
  return [setMember(body, 'thinking', { type: 'disabled' }), ...withoutClearing(body)];
}

/** "`clear_thinking_20251015` strategy requires `thinking` to be enabled" */
function withoutClearing(body: Body): readonly Edit[] {
  const management = body.value('context_management');
  const all = arrayAt(management, 'edits');
  const left = all.filter((edit) => !textAt(edit, 'type')?.startsWith('clear_thinking'));
  if (!isObject(management) || left.length === all.length) return [];
  return left.length === 0
    ? dropMember(body, 'context_management')
    : [setMember(body, 'context_management', { ...management, edits: left })];
}
