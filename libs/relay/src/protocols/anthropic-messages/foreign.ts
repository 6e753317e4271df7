import { unseal } from '../../chat/signature';
import type { Foreign } from '../../lanes/wire';
import type { Body } from '../../request/members';
import { itemsOf, judged, judgedOrEmpty, kept, replaced, type Verdict } from '../foreign-blocks';

/** Where a block holds what only its issuer can read. */
const places: Readonly<Record<string, string | undefined>> = { thinking: 'signature', redacted_thinking: 'data' };

/** Thoughts that another vendor signed stood in an envelope before the caller: Anthropic would refuse it as a signature. */
export const foreignThoughts: Foreign = {
  marks: ['"oneapi1.'],
  edits: (body) => judgedOrEmpty(body, 'messages', (message) => judged(message, itemsOf(message, 'content'), judge)),
};

function judge(block: Body): Verdict {
  const type = block.value('type');
  const place = typeof type === 'string' && Object.hasOwn(places, type) ? block.get(places[type] ?? '') : undefined;
  if (place?.type !== 'string') return kept;
  const value = String(block.value(place.name));
  const { issuer, value: own } = unseal(value, 'anthropic');
  if (issuer !== 'anthropic') return null;
  return own === value ? kept : [replaced(place, own)];
}
