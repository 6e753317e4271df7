import type { Foreign, ForeignScope } from '../../lanes/wire';
import type { Edit } from '../../request/edits';
import type { Body, Member } from '../../request/members';
import { itemsOf, judged, judgedOrEmpty, replaced } from '../foreign-blocks';
import { readId, SEALED } from './call-id';

/** Ids of calls that carry a signature are cut back to what the upstream's own would be. */
export const signedIds: Foreign = {
  marks: [SEALED],
  edits: (body, scope) => edited(body, scope, () => []),
  withoutThoughts: (body, scope) =>
    edited(body, scope, (holder) => signed.flatMap((name) => emptied(holder.get(name)))),
};

/** Members of a message or of a call. */
const signed = ['reasoning_details', 'extra_content'];

const emptied = (place: Member | undefined): readonly Edit[] =>
  place ? [{ start: place.start, end: place.end, text: 'null' }] : [];

function edited(body: Body, scope: ForeignScope, also: (holder: Body) => readonly Edit[]): readonly Edit[] {
  const ofCall = (call: Body): readonly Edit[] => [...cut(call, 'id', scope), ...also(call)];
  return judgedOrEmpty(body, 'messages', (message) => [
    ...(judged(message, itemsOf(message, 'tool_calls'), ofCall) ?? []),
    ...cut(message, 'tool_call_id', scope),
    ...also(message),
  ]);
}

function cut(holder: Body, name: string, { dropped }: ForeignScope): readonly Edit[] {
  const place = holder.get(name);
  if (place?.type !== 'string') return [];
  const value = String(holder.value(name));
  const { id } = readId(value);
  if (id === value) return [];
  dropped.add('turns.signature');
  return [replaced(place, id)];
}
