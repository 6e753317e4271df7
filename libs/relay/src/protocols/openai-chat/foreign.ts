import type { Foreign } from '../../lanes/wire';
import type { Body } from '../../request/members';
import { itemsOf, judged, judgedOrEmpty, kept, replaced, type Verdict } from '../foreign-blocks';
import { readId, SEALED } from './call-id';

/** Ids of calls that carry a signature are cut back to what the upstream's own would be. */
export const signedIds: Foreign = {
  marks: [SEALED],
  edits: (body) =>
    judgedOrEmpty(body, 'messages', (message) => [
      ...(judged(message, itemsOf(message, 'tool_calls'), (call) => cut(call, 'id')) ?? []),
      ...(cut(message, 'tool_call_id') ?? []),
    ]),
};

function cut(holder: Body, name: string): Verdict {
  const place = holder.get(name);
  if (place?.type !== 'string') return kept;
  const value = String(holder.value(name));
  const { id } = readId(value);
  return id === value ? kept : [replaced(place, id)];
}
